from datetime import UTC, date, datetime

import pytest

from bhod.rules.coverage import Stretch, windows_of_days
from bhod.rules.norms import doctors_needed, shortages
from bhod_portal.core.clock import BRUSSELS

TODAY = date(2026, 3, 7)


@pytest.mark.parametrize(
    ("population", "day", "by_day", "in_deep_night"),
    [
        (1, TODAY, 1, 1),
        (84_000, TODAY, 1, 1),
        (100_000, TODAY, 1, 1),
        (100_001, TODAY, 2, 1),
        (300_000, TODAY, 3, 1),
        (300_001, TODAY, 4, 2),
        (84_000, date(2013, 8, 31), 3, 3),
        (84_000, date(2013, 9, 1), 1, 1),
    ],
)
def test_asks_for_so_many_doctors(population, day, by_day, in_deep_night):
    assert doctors_needed(population, day=day, in_deep_night=False) == by_day
    assert doctors_needed(population, day=day, in_deep_night=True) == in_deep_night


def stretch(start, end):
    return Stretch(*(datetime(*each, tzinfo=BRUSSELS).astimezone(UTC) for each in (start, end)))


def shown(found):
    return [
        (
            f"{each.stretch.starts_at.astimezone(BRUSSELS):%d/%m %H:%M}",
            f"{each.stretch.ends_at.astimezone(BRUSSELS):%d/%m %H:%M}",
            each.present,
            each.needed,
        )
        for each in found
    ]


SATURDAY = [date(2026, 3, 7)]
WEEKEND = [date(2026, 3, 7), date(2026, 3, 8)]
ALL_WEEKEND = ((2026, 3, 7, 8), (2026, 3, 9, 8))


@pytest.mark.parametrize(
    ("population", "days", "guards", "expected"),
    [
        (80_000, WEEKEND, [ALL_WEEKEND], []),
        (80_000, WEEKEND, [], [("07/03 08:00", "09/03 08:00", 0, 1)]),
        # Two by day, one in deep night.
        (150_000, SATURDAY, [ALL_WEEKEND], [("07/03 08:00", "07/03 23:00", 1, 2)]),
        (150_000, SATURDAY, [ALL_WEEKEND, ((2026, 3, 7, 8), (2026, 3, 7, 23))], []),
        (
            150_000, SATURDAY, [ALL_WEEKEND, ((2026, 3, 7, 12), (2026, 3, 7, 20))],
            [("07/03 08:00", "07/03 12:00", 1, 2), ("07/03 20:00", "07/03 23:00", 1, 2)],
        ),
        (150_000, SATURDAY, [((2026, 3, 7, 8), (2026, 3, 7, 23))] * 2, [("07/03 23:00", "08/03 08:00", 0, 1)]),
        (
            150_000, SATURDAY, [],
            [("07/03 08:00", "07/03 23:00", 0, 2), ("07/03 23:00", "08/03 08:00", 0, 1)],
        ),
        # A guard that is over, one that is still to come, one that reaches into the night.
        (80_000, SATURDAY, [((2026, 3, 6, 19), (2026, 3, 7, 8)), ((2026, 3, 8, 8), (2026, 3, 9, 8))],
         [("07/03 08:00", "08/03 08:00", 0, 1)]),
        # Both nights on which the clock changes.
        (80_000, [date(2026, 3, 28)], [], [("28/03 08:00", "29/03 08:00", 0, 1)]),
        (150_000, [date(2026, 10, 24)], [((2026, 10, 24, 8), (2026, 10, 25, 8))], [("24/10 08:00", "24/10 23:00", 1, 2)]),
        # A weeknight begins in the evening.
        (150_000, [date(2026, 3, 5)], [((2026, 3, 5, 19), (2026, 3, 6, 8))], [("05/03 19:00", "05/03 23:00", 1, 2)]),
    ],
)  # fmt: skip
def test_finds_when_a_zone_lacks_doctors(population, days, guards, expected):
    found = shortages(population, windows_of_days(days, weeknights=True), [stretch(*each) for each in guards])
    assert shown(found) == expected
