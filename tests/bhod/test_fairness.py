from datetime import UTC, date, datetime, timedelta

import pytest

from bhod.eligibility import Eligible
from bhod.selectors.fairness import SORTS, deep_night_minutes, fairness, in_order
from bhod_portal.core.periods import Period
from tests.bhod.factories import CircleDoctorFactory, GuardFactory, GuardUnitFactory

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
HOUR = 60


@pytest.fixture
def unit():
    return GuardUnitFactory()


def enrolled(unit, name, **values):
    return CircleDoctorFactory(enterprise=unit.enterprise, provider__person__last_name=name, **values)


def night(day):
    start = datetime(2026, 3, day, 18, tzinfo=UTC)
    return {"starts_at": start, "ends_at": start + timedelta(hours=13)}


def by_name(found):
    return {share.provider.person.last_name: share for share in found.shares}


def test_counts_hours_by_doctor_and_category(unit):
    one, other = enrolled(unit, "Arnould"), enrolled(unit, "Benali")
    enrolled(unit, "Colson")
    GuardFactory(unit=unit, provider=one.provider, weekend=True)
    GuardFactory(unit=unit, provider=one.provider, confirmed=True, **night(3))
    GuardFactory(unit=unit, provider=other.provider, **night(4))

    found = fairness(unit.enterprise_id, MARCH)

    shares = by_name(found)
    assert list(shares) == ["Arnould", "Benali", "Colson"]
    assert shares["Arnould"].eligible == Eligible(weekend=48 * HOUR, weeknight=13 * HOUR)
    assert (shares["Arnould"].guards, shares["Arnould"].deep_night) == (2, 27 * HOUR)
    assert shares["Colson"].eligible == Eligible()
    assert (found.guards, found.eligible.minutes, found.deep_night) == (3, 74 * HOUR, 36 * HOUR)
    assert found.mean == round(74 * HOUR / 3)
    assert round(sum(share.percent for share in found.shares)) == 100
    assert [share.gap for share in found.shares] == [147, -47, -100]


def test_leaves_out_what_does_not_stand_or_is_elsewhere(unit):
    doctor = enrolled(unit, "Arnould")
    GuardFactory(unit=unit, provider=doctor.provider, draft=True, **night(3))
    GuardFactory(unit=unit, provider=doctor.provider, cancelled=True, **night(4))
    GuardFactory(provider=doctor.provider, **night(5))
    before = {
        "starts_at": datetime(2026, 2, 28, 18, tzinfo=UTC),
        "ends_at": datetime(2026, 3, 1, 7, tzinfo=UTC),
    }
    GuardFactory(unit=unit, provider=doctor.provider, **before)
    found = fairness(unit.enterprise_id, MARCH)
    assert (found.guards, found.shares[0].gap, found.shares[0].percent) == (0, None, 0.0)


def test_expects_less_of_who_is_on_the_list_for_less(unit):
    """Of a month of 31 days, one is there for all, the other, in two enrolments, for 10 + 5."""
    one = enrolled(unit, "Arnould")
    other = enrolled(unit, "Benali", valid_until=date(2026, 3, 10))
    CircleDoctorFactory(enterprise=unit.enterprise, provider=other.provider, valid_from=date(2026, 3, 27))
    for day, doctor in ((3, one), (4, other)):
        GuardFactory(unit=unit, provider=doctor.provider, **night(day))
    shares = by_name(fairness(unit.enterprise_id, MARCH))
    assert [share.days for share in shares.values()] == [31, 15]
    assert shares["Benali"].expected == pytest.approx(26 * HOUR * 15 / 46)
    assert (shares["Arnould"].gap, shares["Benali"].gap) == (-26, 53)


def test_lists_who_did_guards_without_being_on_the_list(unit):
    GuardFactory(unit=unit, provider__person__last_name="Dupont", **night(3))
    enrolled(unit, "Arnould", valid_until=date(2026, 2, 28))
    share = by_name(fairness(unit.enterprise_id, MARCH))["Dupont"]
    assert (share.days, share.gap, share.guards) == (0, None, 1)


def test_marks_candidates(unit):
    candidate = CircleDoctorFactory(enterprise=unit.enterprise, candidate=True)
    enrolled(unit, "Arnould")
    marked = {share.provider: share.is_candidate for share in fairness(unit.enterprise_id, MARCH).shares}
    assert marked.pop(candidate.provider)
    assert not any(marked.values())


def test_nobody_has_no_mean(unit):
    assert fairness(unit.enterprise_id, MARCH).mean == 0


def test_sorts_by_each_column(unit):
    one, other = enrolled(unit, "Arnould"), enrolled(unit, "Benali")
    enrolled(unit, "Colson", valid_from=date(2026, 4, 1))
    GuardFactory(unit=unit, provider=other.provider, weekend=True)
    GuardFactory(unit=unit, provider=one.provider, **night(3))
    GuardFactory(unit=unit, provider__person__last_name="Dupont", **night(4))
    shares = fairness(unit.enterprise_id, MARCH).shares
    for sort in SORTS:
        assert in_order(shares, f"-{sort}") == sorted(shares, key=SORTS[sort], reverse=True)
    assert next(share.provider.person.last_name for share in in_order(shares, "-heures")) == "Benali"
    assert next(share.provider.person.last_name for share in in_order(shares, "ecart")) == "Dupont"


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        pytest.param("2026-03-05T18:00", "2026-03-06T07:00", 9 * HOUR, id="a night"),
        pytest.param("2026-03-07T07:00", "2026-03-09T07:00", 18 * HOUR, id="a weekend"),
        pytest.param("2026-03-05T18:00", "2026-03-05T22:00", 0, id="an evening"),
        pytest.param("2026-03-06T01:00", "2026-03-06T05:30", 270, id="the small hours"),
        pytest.param("2026-03-10T09:00", "2026-03-10T15:00", 0, id="an unpaid day"),
        pytest.param("2026-03-28T18:00", "2026-03-29T06:00", 8 * HOUR, id="the night of March"),
        pytest.param("2026-10-24T17:00", "2026-10-25T07:00", 9 * HOUR, id="the night of October"),
    ],
)
def test_counts_deep_night(start, end, minutes):
    starts_at, ends_at = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (start, end))
    assert deep_night_minutes(starts_at, ends_at) == minutes


def test_asks_the_same_of_few_and_of_many(unit, django_assert_num_queries):
    for number in range(6):
        doctor = enrolled(unit, f"Arnould {number}")
        GuardFactory(unit=unit, provider=doctor.provider, **night(3 + number))
    GuardFactory(unit=unit, **night(20))
    with django_assert_num_queries(3):
        fairness(unit.enterprise_id, MARCH)
