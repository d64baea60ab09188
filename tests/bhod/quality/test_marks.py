from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bhod.rules.standing import unpaid_minutes
from bhod.selectors.quality import problems_of_guards
from bhod_portal.core.clock import BRUSSELS
from tests.bhod.factories import (
    AT,
    CircleDoctorFactory,
    CircleOrganisationFactory,
    GuardFactory,
)
from tests.prosante_login.factories import CareProviderFactory, inami_number

HOUR = timedelta(hours=1)


@pytest.fixture
def guard(unit):
    """A guard of an enrolled doctor of the circle; by default the night of 5 March 2026."""

    def make(**values):
        doctor = values.pop("doctor", None) or CircleDoctorFactory(enterprise=unit.enterprise)
        return GuardFactory(unit=values.pop("unit", unit), provider=doctor.provider, **values)

    return make


def codes(guard, at=AT):
    found = problems_of_guards([guard], guard.unit.enterprise_id, at)
    return [problem.code for problem in found.get(guard.pk, [])]


@pytest.mark.parametrize("values", [{}, {"weekend": True}, {"confirmed": True}, {"cancelled": True}])
def test_finds_nothing_wrong_with_a_guard_in_order(guard, values):
    made = guard(**values)
    assert problems_of_guards([made], made.unit.enterprise_id, AT) == {}


def test_asks_nothing_without_guards(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert problems_of_guards([], 1, AT) == {}


@pytest.mark.parametrize(
    ("enrolment", "expected"),
    [
        ({"valid_until": date(2026, 3, 5)}, ["not_enrolled"]),
        ({"valid_from": date(2026, 3, 6)}, ["not_enrolled"]),
        ({"valid_until": date(2026, 3, 6)}, []),
        ({"candidate": True, "supervisor": None}, ["supervisor_required"]),
    ],
)
def test_finds_what_became_wrong_with_an_enrolment(guard, unit, enrolment, expected):
    doctor = CircleDoctorFactory(enterprise=unit.enterprise, **enrolment)
    assert codes(guard(doctor=doctor)) == expected


@pytest.mark.parametrize(
    ("code", "expected"), [("009", "not_eligible_code"), ("001", "acquired_rights_required")]
)
def test_finds_a_code_that_is_not_paid(guard, unit, code, expected):
    provider = CareProviderFactory(
        person__world=unit.enterprise.world, inami_number=inami_number(170_999, code)
    )
    doctor = CircleDoctorFactory(enterprise=unit.enterprise, provider=provider)
    assert codes(guard(doctor=doctor)) == [expected]


def test_finds_the_candidate_and_the_supervisor_both(guard, unit):
    candidate = CircleDoctorFactory(enterprise=unit.enterprise, candidate=True)
    supervisor = CircleDoctorFactory(enterprise=unit.enterprise, provider=candidate.supervisor)
    pair = [guard(doctor=candidate), guard(doctor=supervisor)]
    found = problems_of_guards(pair, unit.enterprise_id, AT)
    assert [[each.code for each in found[made.pk]] for made in pair] == [["candidate_and_supervisor"]] * 2


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ((2026, 3, 5, 8), 8, ["outside_windows"]),
        ((2026, 3, 5, 17), 15, []),
        ((2026, 3, 7, 8), 49, ["guard_too_long"]),
    ],
)
def test_finds_hours_that_are_not_paid(guard, start, hours, expected):
    starts_at = datetime(*start, tzinfo=BRUSSELS).astimezone(UTC)
    assert codes(guard(starts_at=starts_at, ends_at=starts_at + hours * HOUR)) == expected


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        # Both nights on which the clock changes, as one guard by the clock on the wall, and as a weekend.
        ((2026, 3, 28, 8), (2026, 3, 30, 8), 0),
        ((2026, 10, 24, 8), (2026, 10, 26, 8), 0),
        ((2026, 10, 25, 1), (2026, 10, 25, 4), 0),
        ((2026, 3, 27, 18), (2026, 3, 30, 8), 60),
        ((2026, 12, 24, 18), (2026, 12, 26, 8), 60),
        ((2026, 12, 25, 8), (2026, 12, 26, 8), 0),
        ((2026, 3, 30, 8), (2026, 3, 30, 19), 660),
    ],
)
def test_counts_the_minutes_outside_to_the_minute(start, end, minutes):
    starts_at, ends_at = (datetime(*each, tzinfo=BRUSSELS).astimezone(UTC) for each in (start, end))
    assert unpaid_minutes(starts_at, ends_at) == minutes


def test_finds_a_weeknight_where_none_is_organised(guard, unit):
    CircleOrganisationFactory(enterprise=unit.enterprise, organises_weeknights=False)
    assert codes(guard()) == ["weeknight_not_organised"]
    assert codes(guard(weekend=True)) == []


@pytest.mark.parametrize(
    ("values", "day", "expected"),
    [
        ({}, (2027, 2, 3), []),
        ({}, (2027, 2, 4), ["deadline_near"]),
        ({}, (2027, 3, 6), ["deadline_near"]),
        ({}, (2027, 3, 7), ["deadline_passed"]),
        ({"draft": True}, (2026, 3, 6), ["draft_past"]),
        ({"draft": True}, (2026, 3, 5), []),
        ({"draft": True}, (2027, 3, 7), ["deadline_passed"]),
    ],
)
def test_finds_a_deadline_that_is_near_or_passed(guard, values, day, expected):
    assert codes(guard(**values), at=datetime(*day, 12, tzinfo=UTC)) == expected


def test_never_asks_the_age_of_a_confirmed_guard(guard):
    assert codes(guard(confirmed=True), at=AT + timedelta(days=800)) == []


def test_reads_the_same_however_many_guards_there_are(guard):
    made = [
        guard(
            starts_at=datetime(2026, 3, day, 18, tzinfo=UTC),
            ends_at=datetime(2026, 3, day + 1, 7, tzinfo=UTC),
        )
        for day in range(1, 9)
    ]
    with CaptureQueriesContext(connection) as captured:
        problems_of_guards(made, made[0].unit.enterprise_id, AT)
    assert len(captured) <= 6
