"""Whose guards are paid, which minutes of them, and what they come to (domain.md 1.2, 1.3, 6; design.md 4, BHOD 4).

Pure: no database and no clock. Instants are aware and stand on whole minutes; windows are those of the clock in
Europe/Brussels. Every window begins and ends at 08:00 or 19:00, so a day counts here from 08:00 to 08:00.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from types import MappingProxyType

import holidays
from django.utils.translation import get_language

from bhod.enums import GuardCategory, Qualification
from bhod_portal.core.clock import BRUSSELS
from prosante_login.enums import Profession
from prosante_login.models import CareProvider

DAY_STARTS = time(8)
NIGHT_STARTS = time(19)
# The hour that the clock goes through twice, on the last Sunday of October, ends at this time.
REPEATED_HOUR_ENDS = time(3)
ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)
SATURDAY = 5
CENT = Decimal("0.01")
MINUTES_OF_AN_HOUR = 60

# The package lists these two as well; they are no legal holidays, and always a Sunday (domain.md 6.1).
NOT_LEGAL = frozenset({"Pâques", "Pentecôte"})
# The package has American English only.
_LANGUAGES = {"en": "en_US"}
_BRITISH = {"Labor Day": "Labour Day"}


@dataclass(frozen=True, slots=True)
class Window:
    """Minutes that one rule makes eligible, from `start` to `end` (excluded)."""

    category: GuardCategory
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Eligible:
    """The paid minutes of one guard or of several, by category; each minute of the clock counts once."""

    weekend: int = 0
    holiday: int = 0
    weeknight: int = 0

    def __add__(self, other: "Eligible") -> "Eligible":
        return Eligible(
            self.weekend + other.weekend, self.holiday + other.holiday, self.weeknight + other.weeknight
        )

    @property
    def minutes(self) -> int:
        return self.weekend + self.holiday + self.weeknight

    @property
    def hours(self) -> Decimal:
        return Decimal(self.minutes) / MINUTES_OF_AN_HOUR

    @property
    def by_category(self) -> dict[GuardCategory, int]:
        """The categories that count any minute, in their order of priority."""
        every = {
            GuardCategory.WEEKEND: self.weekend,
            GuardCategory.HOLIDAY: self.holiday,
            GuardCategory.WEEKNIGHT: self.weeknight,
        }
        return {category: minutes for category, minutes in every.items() if minutes}


def qualification_of(provider: CareProvider) -> Qualification | None:
    """The qualification for which guards are paid; none for every other code and profession."""
    code = provider.qualification_code
    if provider.profession != Profession.PHYSICIAN or code not in Qualification.values:
        return None
    return Qualification(code)


def legal_holidays(year: int) -> Mapping[date, str]:
    """The ten legal holidays of a year with their names in the reader's language."""
    return _legal_holidays(year, get_language() or "fr")


@lru_cache(maxsize=400)
def _legal_holidays(year: int, language: str) -> Mapping[date, str]:
    french = holidays.country_holidays("BE", years=year, language="fr")
    named = holidays.country_holidays("BE", years=year, language=_LANGUAGES.get(language, language))
    return MappingProxyType(
        {day: _BRITISH.get(named[day], named[day]) for day in sorted(french) if french[day] not in NOT_LEGAL}
    )


def is_weekend(day: date) -> bool:
    return day.weekday() >= SATURDAY


def category_of(day: date) -> GuardCategory:
    """Which rule pays the night that begins on this day; a holiday in a weekend is a weekend."""
    if is_weekend(day):
        return GuardCategory.WEEKEND
    return GuardCategory.HOLIDAY if day in legal_holidays(day.year) else GuardCategory.WEEKNIGHT


@lru_cache(maxsize=4096)
def windows_of(day: date) -> tuple[Window, ...]:
    """What is eligible between 08:00 of a day and 08:00 of the next."""
    category = category_of(day)
    opens = NIGHT_STARTS if category == GuardCategory.WEEKNIGHT else DAY_STARTS
    start, end = _at(day, opens), _at(day + ONE_DAY, DAY_STARTS)
    clock_time = end.replace(tzinfo=None) - start.replace(tzinfo=None)
    repeated = (end.timestamp() - start.timestamp()) - clock_time.total_seconds()
    if repeated <= 0:
        return (Window(category, _utc(start), _utc(end)),)
    resumes = _utc(_at(day + ONE_DAY, REPEATED_HOUR_ENDS))
    pause = resumes - timedelta(seconds=repeated)
    return (Window(category, _utc(start), pause), Window(category, resumes, _utc(end)))


def eligible(starts_at: datetime, ends_at: datetime) -> Eligible:
    """The paid minutes of a guard from `starts_at` to `ends_at` (excluded)."""
    minutes = dict.fromkeys(GuardCategory, 0)
    for window in _windows_between(starts_at, ends_at):
        overlap = min(window.end, ends_at) - max(window.start, starts_at)
        if overlap > timedelta(0):
            minutes[window.category] += overlap // ONE_MINUTE
    return Eligible(
        minutes[GuardCategory.WEEKEND], minutes[GuardCategory.HOLIDAY], minutes[GuardCategory.WEEKNIGHT]
    )


def amount(minutes: int, hourly: Decimal) -> Decimal:
    """What eligible minutes come to at an hourly tariff, in euros, half a cent rounded up."""
    return (Decimal(minutes) * hourly / MINUTES_OF_AN_HOUR).quantize(CENT, rounding=ROUND_HALF_UP)


def clock_hours(starts_at: datetime, ends_at: datetime) -> timedelta:
    """How long a guard lasts by the clock on the wall in Brussels, whatever the change of hour does in between."""
    wall = [instant.astimezone(BRUSSELS).replace(tzinfo=None) for instant in (starts_at, ends_at)]
    return wall[1] - wall[0]


def _windows_between(starts_at: datetime, ends_at: datetime) -> Iterator[Window]:
    # Before 08:00 it is still the night of the day before.
    day = starts_at.astimezone(BRUSSELS).date() - ONE_DAY
    last = ends_at.astimezone(BRUSSELS).date()
    while day <= last:
        yield from windows_of(day)
        day += ONE_DAY


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=BRUSSELS)


def _utc(moment: datetime) -> datetime:
    # Two times of one zone are compared by their clock: only UTC tells how long it really is between them.
    return moment.astimezone(UTC)
