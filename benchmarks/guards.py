"""The guards of a circle in a year: each eligible night and day of each unit has its doctor, by turns."""

import random
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bhod.eligibility import category_of
from bhod.enums import GuardCategory, GuardState
from bhod_portal.core.clock import BRUSSELS

ONE_DAY = timedelta(days=1)
# From when to when, by the clock in Brussels; each ends at the next hour named after it.
NIGHT_OF_A_WEEKDAY = ((time(19), time(8)),)
DAY_AND_NIGHT = ((time(8), time(20)), (time(20), time(8)))
CANCELLED = 1 / 50
REASON = "Remplacé par un confrère."


@dataclass(frozen=True, slots=True)
class Doctor:
    """A doctor on the list of a circle, from day to day, both included; a candidate has a supervisor."""

    key: int
    since: date
    until: date | None
    supervisor: int | None

    def is_listed(self, starts_at: datetime, ends_at: datetime) -> bool:
        first, last = (instant.astimezone(BRUSSELS).date() for instant in (starts_at, ends_at))
        return self.since <= first and (self.until is None or last <= self.until)


def shifts(year: int) -> list[tuple[datetime, datetime]]:
    """The nights of weekdays, and the halves of the days of weekends and legal holidays."""
    found = []
    day = date(year, 1, 1)
    while day.year == year:
        halves = NIGHT_OF_A_WEEKDAY if category_of(day) == GuardCategory.WEEKNIGHT else DAY_AND_NIGHT
        for start, end in halves:
            last = day + ONE_DAY if end < start else day
            found.append((_instant(day, start), _instant(last, end)))
        day += ONE_DAY
    return found


def guards_of(
    units: Sequence[int],
    doctors: Sequence[Doctor],
    *,
    year: int,
    per_unit: int,
    by: int,
    draw: random.Random,
) -> Iterator[tuple[Any, ...]]:
    """So many guards for each unit, each shift one, the busiest two; no doctor has two at once, nor with his supervisor.

    A guard in fifty is cancelled. Raises ValueError where the doctors are too few.
    """
    every = shifts(year)
    planned = []
    for unit in units:
        twice = [draw.choice(every) for _ in range(per_unit - len(every))]
        planned += [(*shift, unit) for shift in sorted([*every, *twice])[:per_unit]]
    order = list(doctors)
    draw.shuffle(order)
    turns = deque(order)
    free_from: dict[int, datetime] = {}
    for starts_at, ends_at, unit in sorted(planned):
        doctor = _next(turns, free_from, starts_at, ends_at)
        for key in {doctor.key, doctor.supervisor or doctor.key}:
            free_from[key] = ends_at
        registered_at = starts_at - timedelta(days=draw.randint(5, 60), minutes=draw.randrange(600))
        cancelled_at = registered_at + timedelta(days=2) if draw.random() < CANCELLED else None
        yield (
            unit,
            doctor.key,
            starts_at,
            ends_at,
            GuardState.CANCELLED if cancelled_at else GuardState.REGISTERED,
            registered_at,
            by,
            cancelled_at,
            by if cancelled_at else None,
            REASON if cancelled_at else "",
        )


def _next(
    turns: deque[Doctor], free_from: dict[int, datetime], starts_at: datetime, ends_at: datetime
) -> Doctor:
    for _ in range(len(turns)):
        doctor = turns[0]
        turns.rotate(-1)
        partners = {doctor.key, doctor.supervisor or doctor.key}
        if doctor.is_listed(starts_at, ends_at) and all(
            free_from.get(key, starts_at) <= starts_at for key in partners
        ):
            return doctor
    raise ValueError(f"no doctor is free at {starts_at:%Y-%m-%d %H:%M}")


def _instant(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=BRUSSELS).astimezone(UTC)
