"""Copies of weeks and months, by the clock on the wall and by the place of a weekday in its month."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bhod.enums import GuardState
from bhod.services.copies import copied_months, copied_weeks
from bhod_portal.core.clock import BRUSSELS
from tests.bhod.factories import CircleDoctorFactory, GuardFactory, GuardUnitFactory


@pytest.fixture
def doctor(unit):
    return CircleDoctorFactory(enterprise=unit.enterprise).provider


@pytest.fixture
def guard(unit, doctor):
    """A guard from a time on the wall to another, of the next day where that isn't later."""

    def make(day, start=time(19), end=time(8), **kwargs):
        last = day if end > start else day + timedelta(days=1)
        values = {
            "unit": unit,
            "provider": doctor,
            "starts_at": datetime.combine(day, start, tzinfo=BRUSSELS),
            "ends_at": datetime.combine(last, end, tzinfo=BRUSSELS),
        }
        return GuardFactory(**(values | kwargs))

    return make


def weeks(unit, source, target, *, only=None, **kwargs):
    return copied_weeks(enterprise_id=unit.enterprise_id, source=source, target=target, unit=only, **kwargs)


def months(unit, source, target, **kwargs):
    return copied_months(enterprise_id=unit.enterprise_id, source=source, target=target, **kwargs)


def spans(proposal):
    return [
        " – ".join(f"{each.astimezone(BRUSSELS):%d/%m %H:%M}" for each in (entry.starts_at, entry.ends_at))
        for entry in proposal.plan.entries
    ]


def left(proposal):
    return [(each.problem.code, each.day) for each in proposal.left_out]


class TestWeeks:
    def test_keeps_weekday_hours_unit_and_doctor(self, unit, doctor, guard):
        guard(date(2026, 4, 16))
        guard(date(2026, 4, 20))
        proposal = weeks(unit, date(2026, 4, 15), date(2026, 4, 26))
        [entry] = proposal.plan.entries
        assert (entry.unit_id, entry.provider_id, entry.guard) == (unit.pk, doctor.pk, None)
        assert entry.state == GuardState.REGISTERED
        assert spans(proposal) == ["23/04 19:00 – 24/04 08:00"]
        assert proposal.label == "semaine du 13/04/2026 vers celle du 20/04/2026"

    def test_goes_into_several_weeks(self, unit, guard):
        guard(date(2026, 4, 16))
        proposal = weeks(unit, date(2026, 4, 13), date(2026, 4, 20), times=3, is_draft=True, only=unit)
        assert spans(proposal) == [
            "23/04 19:00 – 24/04 08:00",
            "30/04 19:00 – 01/05 08:00",
            "07/05 19:00 – 08/05 08:00",
        ]
        assert {each.state for each in proposal.plan.entries} == {GuardState.DRAFT}
        assert proposal.label == "semaine du 13/04/2026 vers celles du 20/04/2026 au 04/05/2026, unité Ouest"

    def test_copies_drafts_but_nothing_cancelled_nor_of_another_unit_or_circle(self, unit, guard):
        east = GuardUnitFactory(enterprise=unit.enterprise, name="Est")
        guard(date(2026, 4, 13), draft=True)
        guard(date(2026, 4, 14), cancelled=True)
        guard(date(2026, 4, 15), unit=east)
        GuardFactory(
            starts_at=datetime(2026, 4, 16, 17, tzinfo=UTC), ends_at=datetime(2026, 4, 17, 6, tzinfo=UTC)
        )
        proposal = weeks(unit, date(2026, 4, 13), date(2026, 4, 20), only=unit)
        assert spans(proposal) == ["20/04 19:00 – 21/04 08:00"]

    @pytest.mark.parametrize(
        ("source", "target", "before", "after"),
        [
            pytest.param(date(2026, 3, 21), date(2026, 3, 28), 24, 23, id="into the night of March"),
            pytest.param(date(2026, 3, 28), date(2026, 4, 11), 23, 24, id="out of the night of March"),
            pytest.param(date(2026, 10, 17), date(2026, 10, 24), 24, 25, id="into the night of October"),
            pytest.param(date(2026, 10, 24), date(2026, 11, 7), 25, 24, id="out of the night of October"),
        ],
    )
    def test_goes_by_the_clock_on_the_wall(self, unit, guard, source, target, before, after):
        copied = guard(source, start=time(8))
        assert copied.ends_at.timestamp() - copied.starts_at.timestamp() == before * 3600
        [entry] = weeks(unit, source, target).plan.entries
        assert entry.ends_at - entry.starts_at == timedelta(hours=after)
        assert (
            entry.starts_at.astimezone(BRUSSELS).time()
            == entry.ends_at.astimezone(BRUSSELS).time()
            == time(8)
        )

    def test_leaves_out_a_time_that_the_night_of_march_skips(self, unit, guard):
        guard(date(2026, 3, 21), start=time(19), end=time(2, 30))
        proposal = weeks(unit, date(2026, 3, 21), date(2026, 3, 28))
        assert (spans(proposal), left(proposal)) == ([], [("no_such_time", date(2026, 3, 28))])

    def test_leaves_out_days_of_which_one_is_a_holiday(self, unit, guard):
        """Easter Monday is 6 April 2026; 1 May is a Friday."""
        guard(date(2026, 4, 6), start=time(8))
        guard(date(2026, 4, 7))
        onward = weeks(unit, date(2026, 4, 6), date(2026, 4, 13))
        assert spans(onward) == ["14/04 19:00 – 15/04 08:00"]
        assert left(onward) == [("holiday_differs", date(2026, 4, 13))]
        guard(date(2026, 4, 24))
        assert left(weeks(unit, date(2026, 4, 24), date(2026, 5, 1))) == [
            ("holiday_differs", date(2026, 5, 1))
        ]


class TestMonths:
    def test_goes_by_the_place_of_the_weekday(self, unit, guard):
        """The second Saturday: 14 March and 11 April 2026; the first Wednesday: 4 March and 1 April."""
        guard(date(2026, 3, 4))
        guard(date(2026, 3, 14), start=time(8), end=time(20))
        proposal = months(unit, date(2026, 3, 20), date(2026, 4, 2))
        assert spans(proposal) == ["01/04 19:00 – 02/04 08:00", "11/04 08:00 – 11/04 20:00"]
        assert proposal.label == "mars 2026 vers avril 2026"

    def test_leaves_out_a_fifth_weekday_that_the_other_month_lacks(self, unit, guard):
        """March 2026 has five Sundays, April has four."""
        copied = guard(date(2026, 3, 29), start=time(8))
        proposal = months(unit, date(2026, 3, 1), date(2026, 4, 1))
        assert left(proposal) == [("no_such_day", None)]
        assert proposal.left_out[0].guard == copied
        text = proposal.left_out[0].problem.text
        assert text == "Avril 2026 n'a pas de cinquième dimanche : cette garde n'a pas de jour où aller."

    def test_leaves_out_days_of_which_one_is_a_holiday(self, unit, guard):
        """The first Monday of April 2026 is Easter Monday."""
        guard(date(2026, 3, 2))
        assert left(months(unit, date(2026, 3, 1), date(2026, 4, 1))) == [
            ("holiday_differs", date(2026, 4, 6))
        ]

    def test_goes_into_several_months_over_the_year(self, unit, guard):
        guard(date(2026, 11, 10))
        proposal = months(unit, date(2026, 11, 1), date(2026, 12, 1), times=2)
        assert spans(proposal) == ["08/12 19:00 – 09/12 08:00", "12/01 19:00 – 13/01 08:00"]
        assert proposal.label == "novembre 2026 vers décembre 2026 à janvier 2027"
