import pytest

from tests.bhod.factories import (
    CalendarFeedFactory,
    CircleDoctorFactory,
    GuardFactory,
    GuardUnitFactory,
    manager_of,
)
from tests.bhod.payments import inami_agent


@pytest.fixture
def unit():
    """« Ouest », a unit of the circle that the others are of."""
    return GuardUnitFactory(name="Ouest", enterprise__name="CMG du Test ASBL")


@pytest.fixture
def manager(unit):
    return manager_of(unit.enterprise)


@pytest.fixture
def doctor(unit):
    return CircleDoctorFactory(enterprise=unit.enterprise, provider__person__email="a@example.be").provider


@pytest.fixture
def colleague(unit):
    return CircleDoctorFactory(enterprise=unit.enterprise, provider__person__email="b@example.be").provider


@pytest.fixture
def guard(unit):
    """The night from Thursday 5 to Friday 6 March 2026."""
    return GuardFactory(unit=unit)


@pytest.fixture
def world(guard):
    return guard.unit.enterprise.world


@pytest.fixture
def agent(world):
    """An agent of INAMI in the world of the guard."""
    return inami_agent(world)


@pytest.fixture
def doctor_feed(guard):
    return CalendarFeedFactory(of_doctor=True, provider=guard.provider)


@pytest.fixture
def unit_feed(unit):
    return CalendarFeedFactory(of_unit=True, unit=unit)


@pytest.fixture
def circle_feed(unit):
    return CalendarFeedFactory(enterprise=unit.enterprise)
