from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from bhod.models import DoctorUnit
from bhod.selectors import doctor_units as selectors
from bhod.services.doctor_units import set_units
from bhod.services.guards import register_guard
from bhod_portal.core.models import AuditEntry
from bhod_portal.core.refusals import refusal_codes
from tests.bhod.factories import (
    AT,
    CircleDoctorFactory,
    DoctorUnitFactory,
    GuardFactory,
    GuardUnitFactory,
)
from tests.csam.factories import PersonFactory
from tests.threads import at_once

# The night from Thursday 12 to Friday 13 March 2026.
NIGHT = {"starts_at": datetime(2026, 3, 12, 18, tzinfo=UTC), "ends_at": datetime(2026, 3, 13, 7, tzinfo=UTC)}


@pytest.fixture
def other(unit):
    return GuardUnitFactory(enterprise=unit.enterprise, name="Est")


@pytest.fixture
def doctor(unit):
    return CircleDoctorFactory(enterprise=unit.enterprise)


@pytest.fixture
def choose(doctor, manager):
    def act(*units, **values):
        given = {"doctor": doctor, "seen": selectors.unit_values(doctor), "by": manager, "at": AT} | values
        return set_units(units=units, **given)

    return act


def codes_of(act, *units, **values):
    with pytest.raises(ValidationError) as refusal:
        act(*units, **values)
    return refusal_codes(refusal.value)


def test_names_the_units_and_takes_them_back(choose, doctor, unit, other):
    assert choose(unit)
    assert not choose(unit)
    assert AuditEntry.objects.get().details == {"units": [unit.pk]}
    assert choose(other, unit)
    assert choose()
    assert not DoctorUnit.objects.exists()


def test_a_guard_elsewhere_is_then_refused(choose, doctor, manager, unit, other):
    choose(other)
    refused = codes_of(
        lambda: register_guard(unit=unit, provider=doctor.provider, **NIGHT, by=manager, at=AT)
    )
    assert refused == {"unit_not_allowed"}
    assert register_guard(unit=other, provider=doctor.provider, **NIGHT, by=manager, at=AT)


def test_refuses_while_guards_to_come_are_elsewhere(choose, doctor, unit, other):
    """A past guard, a cancelled one and one in another circle hold nothing back."""
    GuardFactory(unit=unit, provider=doctor.provider)
    GuardFactory(unit=unit, provider=doctor.provider, cancelled=True, **NIGHT)
    assert choose(other)
    assert choose()
    GuardFactory(unit=unit, provider=doctor.provider, draft=True, **NIGHT)
    assert codes_of(choose, other) == {"guards_elsewhere"}
    assert selectors.guards_by_unit(doctor, at=AT) == {unit.pk: 1}
    assert choose(unit)


def test_looks_at_the_guards_of_the_enrolment_only(choose, doctor, unit, other):
    doctor.valid_until = date(2026, 3, 11)
    doctor.save()
    later = CircleDoctorFactory(
        enterprise=doctor.enterprise, provider=doctor.provider, valid_from=date(2026, 3, 12)
    )
    GuardFactory(unit=unit, provider=doctor.provider, **NIGHT)
    assert choose(other)
    assert codes_of(choose, other, doctor=later, seen={"units": []}) == {"guards_elsewhere"}


def test_refuses_units_of_another_circle_and_enrolments_that_are_over(choose, unit):
    assert codes_of(choose, GuardUnitFactory()) == {"unit_of_another_circle"}
    over = CircleDoctorFactory(enterprise=unit.enterprise, ended=True)
    assert codes_of(choose, unit, doctor=over) == {"already_ended"}


def test_does_not_write_over_what_another_wrote(choose, doctor, unit, other):
    DoctorUnitFactory(doctor=doctor, unit=other)
    assert codes_of(choose, unit, seen={"units": []}) == {"changed_meanwhile"}


def test_asks_for_the_right(choose, unit):
    with pytest.raises(PermissionDenied):
        choose(unit, by=PersonFactory())


def test_offers_closed_units_only_where_they_are_his(doctor, unit, other):
    closed = GuardUnitFactory(enterprise=unit.enterprise, name="Ancienne", closed_from=date(2026, 1, 1))
    assert selectors.units_to_choose(doctor, at=AT) == [other, unit]
    DoctorUnitFactory(doctor=doctor, unit=closed)
    assert selectors.units_to_choose(doctor, at=AT) == [closed, other, unit]


@pytest.mark.django_db(transaction=True)
def test_of_two_choices_at_once_one_is_told(choose, unit, other):
    units = [unit, other]
    outcome = at_once(lambda number: choose(units[number], seen={"units": []}), times=2)
    assert sorted(outcome) == ["changed_meanwhile", "done"]
    assert DoctorUnit.objects.count() == 1
