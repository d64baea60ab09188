import pytest

from tests.access_mgmt.factories import QualityMemberFactory


@pytest.fixture
def manager():
    """The local manager of a quality « eHealth Soins de Santé »."""
    return QualityMemberFactory(local_manager=True)


@pytest.fixture
def member(manager):
    """A user of the manager's quality."""
    return QualityMemberFactory(quality=manager.quality)
