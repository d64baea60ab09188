"""The guards of the demo circles: a rotation that anyone can recompute, without chance and without the clock."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import holidays

from bhod_portal.core.clock import BRUSSELS
from training.demo.circles import CIRCLES, Circle

MORNING, EVENING, NIGHT = time(8), time(20), time(19)
ONE_DAY = timedelta(days=1)
REST = timedelta(hours=11)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class PlannedGuard:
    """A doctor (a slug) on duty for a unit of a circle; instants in UTC, the end is excluded."""

    company: str
    unit: str
    doctor: str
    starts_at: datetime
    ends_at: datetime


class _Rotation:
    """Whose turn it is: the doctors of a circle one after the other, leaving out who is not rested."""

    def __init__(self, duties: dict[str, list[tuple[datetime, datetime]]], doctors: tuple[str, ...]) -> None:
        self.duties = duties
        self.queue = list(doctors)

    def next_for(self, starts_at: datetime, ends_at: datetime) -> str:
        doctor = next(each for each in self.queue if self._is_rested(each, starts_at, ends_at))
        self.queue.remove(doctor)
        self.queue.append(doctor)
        self.duties[doctor].append((starts_at, ends_at))
        return doctor

    def _is_rested(self, doctor: str, starts_at: datetime, ends_at: datetime) -> bool:
        return all(end + REST <= starts_at or ends_at + REST <= start for start, end in self.duties[doctor])


def planned_guards(*, first: date, last: date) -> list[PlannedGuard]:
    """The guards of all circles that begin on these days, both included; no doctor is in two places at once."""
    duties: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    return [guard for circle in CIRCLES for guard in _guards_of(circle, duties, first, last)]


def _guards_of(
    circle: Circle, duties: dict[str, list[tuple[datetime, datetime]]], first: date, last: date
) -> Iterator[PlannedGuard]:
    rotation = _Rotation(duties, circle.doctors)
    for day in _days(first, last):
        for starts_at, ends_at in _slots(day, weeknights=circle.weeknights):
            for unit in circle.units:
                doctor = rotation.next_for(starts_at, ends_at)
                yield PlannedGuard(circle.company, unit, doctor, starts_at, ends_at)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + n * ONE_DAY for n in range((last - first).days + 1))


def _slots(day: date, *, weeknights: bool) -> Iterator[tuple[datetime, datetime]]:
    """Two halves on a day of a weekend or a holiday, the night on a weekday (domain.md 1.2)."""
    if day.weekday() >= SATURDAY or day in _holidays(day.year):
        yield _at(day, MORNING), _at(day, EVENING)
        yield _at(day, EVENING), _at(day + ONE_DAY, MORNING)
    elif weeknights:
        yield _at(day, NIGHT), _at(day + ONE_DAY, MORNING)


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("BE", years=year))


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=BRUSSELS).astimezone(UTC)
