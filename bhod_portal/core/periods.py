import calendar
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeBoundary
from django.core.exceptions import ValidationError
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Period:
    """The days from start to end in Europe/Brussels, both included; no end means that it stays open.

    Raises ValidationError `period_out_of_order` when the end comes before the start, so that no later code, and no
    range in the database, ever meets a reversed pair.
    """

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValidationError(
                _("La date de fin ne peut pas précéder la date de début."), code="period_out_of_order"
            )

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)

    def overlaps(self, other: "Period") -> bool:
        return self.covers(other.start) or other.covers(self.start)


def months_later(day: date, months: int) -> date:
    """The same day of another month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def covering(day: date) -> Q:
    """The rows of whose period, `valid_from` to `valid_until`, a day is part; as `Period.covers`."""
    return Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gte=day))


class DateRange(Func):
    """SQL daterange(), so that two plain date columns can feed a range constraint."""

    function = "daterange"
    output_field = DateRangeField()


class InstantRange(Func):
    """SQL tstzrange(), so that two plain instants can feed a range constraint."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


BOTH_ENDS_INCLUDED = RangeBoundary(inclusive_lower=True, inclusive_upper=True)
END_EXCLUDED = RangeBoundary(inclusive_lower=True, inclusive_upper=False)
