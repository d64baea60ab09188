"""A circle with two units, « Ouest » and « Est », its manager and two doctors; a file sent, and confirmed."""

import pytest

from access_mgmt.enums import Function
from bhod.enums import PlanningOutcome
from bhod.services import planning_imports
from tests.bhod.factories import (
    AT,
    CircleDoctorFactory,
    GuardUnitFactory,
    manager_of,
)
from tests.bhod.planning.files import csv_file
from tests.csam.factories import WorldFactory

ADDED, CHANGED, REMOVED, UNCHANGED, REFUSED = PlanningOutcome


@pytest.fixture
def circle():
    unit = GuardUnitFactory(enterprise__world=WorldFactory(frozen_at=AT), name="Ouest")
    GuardUnitFactory(enterprise=unit.enterprise, name="Est")
    return unit.enterprise


@pytest.fixture
def west(circle):
    return circle.guard_units.get(name="Ouest")


@pytest.fixture
def by(circle):
    return manager_of(circle, function=Function.FILEMANAGER_CIRCLE)


@pytest.fixture
def doctor(circle):
    return CircleDoctorFactory(
        enterprise=circle,
        provider__person__last_name="Peeters",
        provider__person__first_name="Zoé",
        provider__person__email="zoe@exemple.invalid",
    ).provider


@pytest.fixture
def other(circle):
    return CircleDoctorFactory(enterprise=circle, provider__person__email="lou@exemple.invalid").provider


@pytest.fixture
def send(circle, by):
    def act(*lines, content=None, name="planning.csv", headings=None, at=AT):
        content = csv_file(*lines, headings=headings) if content is None else content
        return planning_imports.receive(
            enterprise=circle, file_name=name, content=content, size=len(content), by=by, at=at
        )

    return act


@pytest.fixture
def confirm(by):
    def act(one, *, without_refused=False, shown=None):
        shown = one.plan["fingerprint"] if shown is None else shown
        return planning_imports.confirm(
            planning_import=one, shown=shown, without_refused=without_refused, by=by, at=AT
        )

    return act
