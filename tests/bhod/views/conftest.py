import pytest

from access_mgmt.enums import Function
from csam.enums import DigitalKey
from prosante_login.enums import ProfileKind
from prosante_login.http import SESSION_KEY
from tests.access_mgmt.factories import RoleAssignmentFactory
from tests.bhod.factories import AT, GuardUnitFactory
from tests.bhod.payments import inami_agent
from tests.csam.factories import WorldFactory
from tests.csam.login import log_in


@pytest.fixture
def world():
    """The demo world, whose clock stands still on Tuesday 10 March 2026 at 10:00 in Brussels."""
    return WorldFactory(frozen_at=AT)


@pytest.fixture
def unit(world):
    """« Ouest », a unit of the circle for which the others come."""
    return GuardUnitFactory(enterprise__world=world, enterprise__name="CMG du Test ASBL", name="Ouest")


@pytest.fixture
def circle(unit):
    return unit.enterprise


@pytest.fixture
def enter(client, circle):
    """Let a person of the circle in, with a function; gives the person."""

    def act(function, **role):
        assignment = RoleAssignmentFactory(
            member__quality__enterprise=circle, function=function, effective=True, **role
        )
        person = assignment.member.person
        log_in(client, person)
        choose(client, person, circle)
        return person

    return act


@pytest.fixture
def manager(enter):
    """Logged in for the circle as its manager."""
    return enter(Function.FILEMANAGER_CIRCLE)


@pytest.fixture
def administrative(enter):
    """Logged in for the circle as administrative user."""
    return enter(Function.GUARDPOST_CIRCLE)


@pytest.fixture
def agent(client, world):
    """An agent of INAMI in the world of the circle, logged in."""
    agent = inami_agent(world)
    log_in(client, agent, DigitalKey.PASSWORD)
    return agent


def choose(client, person, enterprise):
    """The choice that the profile chooser keeps."""
    session = client.session
    session[SESSION_KEY] = {
        "person": person.pk,
        "kind": ProfileKind.CITIZEN.value,
        "enterprise_id": enterprise.pk if enterprise else None,
    }
    session.save()
