import pytest

from tests.csam.login import log_in


@pytest.fixture
def manager(client, manager):
    """The local manager, logged in."""
    log_in(client, manager.person)
    return manager
