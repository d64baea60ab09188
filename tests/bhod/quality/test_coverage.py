from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bhod.rules.coverage import Stretch, gaps, merged, windows_of_days
from bhod.selectors.guards import days_of
from bhod_portal.core.clock import BRUSSELS
from bhod_portal.core.periods import Period

MINUTE = timedelta(minutes=1)


def stretch(start, end):
    return Stretch(*(datetime(*each, tzinfo=BRUSSELS).astimezone(UTC) for each in (start, end)))


def shown(found):
    """Each gap from when to when by the clock in Brussels, with its hours."""
    instants = [(gap.whole.starts_at, gap.whole.ends_at, gap.minutes) for gap in found]
    return [
        (f"{start.astimezone(BRUSSELS):%d/%m %H:%M}", f"{end.astimezone(BRUSSELS):%d/%m %H:%M}", minutes / 60)
        for start, end, minutes in instants
    ]


def windows(first, last, *, weeknights=True):
    return windows_of_days(days_of(Period(date(*first), date(*last))), weeknights=weeknights)


NOBODY = ()


@pytest.mark.parametrize(
    ("first", "last", "weeknights", "guards", "expected"),
    [
        # Wednesday to Wednesday with nobody: one gap, for what lies between is not paid.
        ((2026, 3, 4), (2026, 3, 5), True, NOBODY, [("04/03 19:00", "06/03 08:00", 26)]),
        ((2026, 3, 2), (2026, 3, 8), False, NOBODY, [("07/03 08:00", "09/03 08:00", 48)]),
        ((2026, 3, 2), (2026, 3, 6), False, NOBODY, []),
        # A guard over all of it, a longer one, one beside it.
        ((2026, 3, 5), (2026, 3, 5), True, [((2026, 3, 5, 19), (2026, 3, 6, 8))], []),
        ((2026, 3, 5), (2026, 3, 5), True, [((2026, 3, 5, 12), (2026, 3, 6, 12))], []),
        (
            (2026, 3, 5),
            (2026, 3, 5),
            True,
            [((2026, 3, 5, 8), (2026, 3, 5, 19))],
            [("05/03 19:00", "06/03 08:00", 13)],
        ),
        # A night that is parted from the next by one that is covered.
        (
            (2026, 3, 3),
            (2026, 3, 5),
            True,
            [((2026, 3, 4, 19), (2026, 3, 5, 8))],
            [("03/03 19:00", "04/03 08:00", 13), ("05/03 19:00", "06/03 08:00", 13)],
        ),
        # To the minute, before, between and after.
        (
            (2026, 3, 7),
            (2026, 3, 8),
            True,
            [((2026, 3, 7, 8, 30), (2026, 3, 7, 20)), ((2026, 3, 7, 20, 1), (2026, 3, 9, 7, 59))],
            [
                ("07/03 08:00", "07/03 08:30", 0.5),
                ("07/03 20:00", "07/03 20:01", 1 / 60),
                ("09/03 07:59", "09/03 08:00", 1 / 60),
            ],
        ),
        # Friday night, weekend and Monday night are one after the other.
        ((2026, 3, 6), (2026, 3, 9), True, NOBODY, [("06/03 19:00", "10/03 08:00", 13 + 48 + 13)]),
        # Two at once cover no more than one.
        (
            (2026, 3, 7),
            (2026, 3, 7),
            True,
            [((2026, 3, 7, 8), (2026, 3, 7, 20)), ((2026, 3, 7, 10), (2026, 3, 7, 12))],
            [("07/03 20:00", "08/03 08:00", 12)],
        ),
        # The night that skips an hour, and the one that repeats it, which is paid once.
        ((2026, 3, 28), (2026, 3, 29), True, NOBODY, [("28/03 08:00", "30/03 08:00", 47)]),
        ((2026, 10, 24), (2026, 10, 25), True, NOBODY, [("24/10 08:00", "26/10 08:00", 48)]),
        (
            (2026, 3, 28),
            (2026, 3, 28),
            True,
            [((2026, 3, 28, 8), (2026, 3, 28, 20))],
            [("28/03 20:00", "29/03 08:00", 11)],
        ),
        # Holidays: in the week, next to a weekend, in a weekend.
        ((2026, 5, 14), (2026, 5, 14), True, NOBODY, [("14/05 08:00", "15/05 08:00", 24)]),
        ((2026, 5, 14), (2026, 5, 14), False, NOBODY, [("14/05 08:00", "15/05 08:00", 24)]),
        ((2026, 5, 23), (2026, 5, 25), False, NOBODY, [("23/05 08:00", "26/05 08:00", 72)]),
        ((2026, 8, 15), (2026, 8, 15), False, NOBODY, [("15/08 08:00", "16/08 08:00", 24)]),
        ((2026, 12, 31), (2027, 1, 1), True, NOBODY, [("31/12 19:00", "02/01 08:00", 13 + 24)]),
    ],
)
def test_finds_the_paid_hours_without_a_guard(first, last, weeknights, guards, expected):
    found = gaps(windows(first, last, weeknights=weeknights), [stretch(*each) for each in guards])
    assert shown(found) == expected


def test_the_hour_that_october_repeats_is_nobodys():
    whole = windows((2026, 10, 24), (2026, 10, 25))
    around = [stretch((2026, 10, 24, 8), (2026, 10, 25, 2)), stretch((2026, 10, 25, 3), (2026, 10, 26, 8))]
    # From 02:00, the first time, to 03:00, the second time: two real hours, one of which is paid.
    assert shown(gaps(whole, around)) == [("25/10 02:00", "25/10 03:00", 1)]


def test_the_second_time_that_october_shows_an_hour_is_no_gap():
    (whole,) = windows((2026, 10, 24), (2026, 10, 24))
    again = datetime(2026, 10, 25, 2, fold=1, tzinfo=BRUSSELS).astimezone(UTC)
    around = [Stretch(whole.starts_at, again), Stretch(again + 60 * MINUTE, whole.ends_at)]
    assert gaps([whole], around) == []


def test_a_gap_names_what_one_guard_may_fill():
    (gap,) = gaps(windows((2026, 3, 6), (2026, 3, 8)), [])
    assert gap.first == stretch((2026, 3, 6, 19), (2026, 3, 7, 8))
    assert len(gap.pieces) == 3


def test_merges_what_touches():
    one, two, three = (datetime(2026, 3, 7, hour, tzinfo=UTC) for hour in (8, 9, 10))
    assert merged([Stretch(two, three), Stretch(one, two)]) == [Stretch(one, three)]
    assert merged([]) == []


# Around both changes of the clock, and around New Year.
SPANS = [date(2026, 3, 26), date(2026, 10, 22), date(2026, 12, 30)]


@given(
    first=st.sampled_from(SPANS),
    length=st.integers(1, 6),
    weeknights=st.booleans(),
    drawn=st.lists(st.tuples(st.integers(-600, 9_000), st.integers(1, 3_000)), max_size=8),
)
def test_covered_and_uncovered_minutes_are_all_that_are_paid(first, length, weeknights, drawn):
    days = days_of(Period(first, first + timedelta(days=length)))
    midnight = datetime.combine(first, datetime.min.time(), tzinfo=BRUSSELS).astimezone(UTC)
    guards = [
        Stretch(midnight + start * MINUTE, midnight + (start + minutes) * MINUTE) for start, minutes in drawn
    ]
    paid = windows_of_days(days, weeknights=weeknights)

    uncovered = gaps(paid, guards)

    covered = sum(
        Stretch(max(guard.starts_at, window.starts_at), min(guard.ends_at, window.ends_at)).minutes
        for guard in merged(guards)
        for window in paid
        if guard.starts_at < window.ends_at and window.starts_at < guard.ends_at
    )
    assert covered + sum(gap.minutes for gap in uncovered) == sum(window.minutes for window in paid)
    # No gap has a guard in it, and none has nothing to pay.
    pieces = [piece for gap in uncovered for piece in gap.pieces]
    assert not any(
        piece.starts_at < guard.ends_at and guard.starts_at < piece.ends_at
        for piece in pieces
        for guard in guards
    )
    assert all(gap.minutes for gap in uncovered)
