"""Series of guards, by the clock on the wall and by the usual shifts of the circle."""

from datetime import date, time, timedelta

import pytest

from bhod.enums import GuardCategory, GuardState
from bhod.selectors.circles import organisation_of
from bhod.services.series import SeriesOrder, series_of
from bhod_portal.core.clock import BRUSSELS
from bhod_portal.core.periods import Period
from tests.bhod.factories import (
    CircleDoctorFactory,
    CircleOrganisationFactory,
    ShiftFactory,
)

NIGHT, DAY = (GuardCategory.WEEKNIGHT, time(19)), (GuardCategory.WEEKEND, time(8))
HOLIDAY = (GuardCategory.HOLIDAY, time(8))


@pytest.fixture
def doctors(unit):
    return [CircleDoctorFactory(enterprise=unit.enterprise).provider for _number in range(3)]


@pytest.fixture
def series(unit, doctors):
    def make(start, end, *shifts, turns=1, **kwargs):
        order = SeriesOrder(
            unit=unit,
            providers=doctors[:turns],
            period=Period(start, end),
            shifts=frozenset(shifts),
            **kwargs,
        )
        return series_of(order=order, organisation=organisation_of(unit.enterprise_id))

    return make


def starts(proposal):
    return [each.starts_at.astimezone(BRUSSELS).strftime("%d/%m %H:%M") for each in proposal.plan.entries]


def test_has_the_nights_of_weekdays_only(series):
    proposal = series(date(2026, 4, 13), date(2026, 4, 19), NIGHT)
    assert starts(proposal) == ["13/04 19:00", "14/04 19:00", "15/04 19:00", "16/04 19:00", "17/04 19:00"]


def test_has_weekends_and_holidays(series):
    proposal = series(date(2026, 4, 4), date(2026, 4, 6), DAY, HOLIDAY)
    assert starts(proposal) == ["04/04 08:00", "05/04 08:00", "06/04 08:00"]
    assert starts(series(date(2026, 4, 4), date(2026, 4, 6), DAY)) == ["04/04 08:00", "05/04 08:00"]


def test_has_the_shifts_of_the_circle(series, unit):
    ShiftFactory(enterprise=unit.enterprise)
    ShiftFactory(enterprise=unit.enterprise, name="Nuit", starts=time(20), ends=time(8))
    every = series(date(2026, 4, 11), date(2026, 4, 11), DAY, (GuardCategory.WEEKEND, time(20)))
    assert starts(every) == ["11/04 08:00", "11/04 20:00"]
    assert starts(series(date(2026, 4, 11), date(2026, 4, 11), DAY)) == ["11/04 08:00"]


def test_has_no_weeknights_where_none_are_organised(series, unit):
    CircleOrganisationFactory(enterprise=unit.enterprise, organises_weeknights=False)
    assert starts(series(date(2026, 4, 13), date(2026, 4, 19), NIGHT)) == []


def test_takes_turns_by_guard(series, doctors):
    proposal = series(date(2026, 4, 13), date(2026, 4, 17), NIGHT, turns=2)
    assert [each.provider_id for each in proposal.plan.entries] == [
        doctors[number].pk for number in (0, 1, 0, 1, 0)
    ]


def test_takes_turns_by_week(series, doctors):
    proposal = series(date(2026, 4, 11), date(2026, 4, 26), DAY, turns=3, turns_by_week=True)
    assert [each.provider_id for each in proposal.plan.entries] == [
        doctors[number].pk for number in (0, 0, 1, 1, 2, 2)
    ]


def test_counts_weeks_and_turns_from_the_first(series, doctors):
    """The period begins on a Wednesday: its week counts from its Monday."""
    proposal = series(
        date(2026, 4, 15),
        date(2026, 5, 3),
        NIGHT,
        turns=2,
        turns_by_week=True,
        every=2,
        weekdays=frozenset({0, 3}),
    )
    assert starts(proposal) == ["16/04 19:00", "27/04 19:00", "30/04 19:00"]
    assert [each.provider_id for each in proposal.plan.entries] == [doctors[n].pk for n in (0, 1, 1)]


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 28), 23), (date(2026, 10, 24), 25), (date(2026, 4, 11), 24)]
)
def test_lasts_by_the_clock_on_the_wall(series, day, hours):
    [entry] = series(day, day, DAY).plan.entries
    assert entry.ends_at - entry.starts_at == timedelta(hours=hours)
    assert entry.ends_at.astimezone(BRUSSELS).time() == time(8)


def test_may_be_drafts(series):
    proposal = series(date(2026, 4, 13), date(2026, 4, 13), NIGHT, state=GuardState.DRAFT)
    assert [each.state for each in proposal.plan.entries] == [GuardState.DRAFT]


def test_says_in_its_name_who_when_and_where(series, doctors):
    proposal = series(date(2026, 4, 13), date(2026, 4, 19), NIGHT, turns=2)
    names = ", ".join(f"Dr {each.person.last_name}" for each in doctors[:2])
    assert proposal.label == f"{names}, du 13/04/2026 au 19/04/2026, unité Ouest"
