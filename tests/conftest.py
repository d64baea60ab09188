import pytest
from django.test import Client, TestCase

from tests.html_guard import assert_clean

pytest_plugins = ["tests.personas"]


class GuardedClient(Client):
    """The test client, but every page that it gets is checked, and what waits for the commit is done."""

    def request(self, **request):
        with TestCase.captureOnCommitCallbacks(execute=True):
            response = super().request(**request)
        if response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming:
            assert_clean(response.content.decode())
        return response


@pytest.fixture(autouse=True)
def _database(db):
    """Every test may use the database; it is rolled back after each."""


@pytest.fixture
def client():
    return GuardedClient()
