import pytest


@pytest.fixture(autouse=True)
def _database(db):
    """Every test may use the database; it is rolled back after each."""
