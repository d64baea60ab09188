"""A circle with two doctors, the guard of one of them, and its offers."""

import pytest

from bhod.services import swaps
from tests.bhod.factories import (
    AT,
    CircleDoctorFactory,
    CircleOrganisationFactory,
    GuardFactory,
    manager_of,
)
from tests.bhod.swaps.acts import END, START


@pytest.fixture
def circle(unit):
    return unit.enterprise


@pytest.fixture
def enrolled(circle):
    """A doctor of the circle with an address, and what he is called."""

    def act(name, **values):
        doctor = CircleDoctorFactory(
            enterprise=circle,
            provider__person__last_name=name,
            provider__person__email=f"{name.lower()}@example.be",
            **values,
        )
        return doctor.provider

    return act


@pytest.fixture
def giver(enrolled):
    return enrolled("Donneur")


@pytest.fixture
def taker(enrolled):
    return enrolled("Preneur")


@pytest.fixture
def guard(unit, giver):
    return GuardFactory(unit=unit, provider=giver, starts_at=START, ends_at=END)


@pytest.fixture
def manager(circle):
    return manager_of(circle)


@pytest.fixture
def deciding(circle):
    """The circle approves swaps."""
    CircleOrganisationFactory(enterprise=circle, swaps_need_manager=True)


@pytest.fixture
def offer(guard, giver):
    """Offer the guard, to all or to one."""

    def act(colleague=None, **values):
        given = {
            "guard": guard,
            "provider": giver,
            "message": "",
            "seen_version": guard.version,
            "mandate": None,
            "by": giver.person,
            "at": AT,
        }
        return swaps.offer_guard(colleague=colleague, **(given | values))

    return act
