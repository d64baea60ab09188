"""The guards of a circle, one by one; as a grid, in `selectors.grid`."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from bhod.eligibility import ONE_DAY, Eligible, eligible
from bhod.enums import GuardState
from bhod.models import Guard, GuardChange, GuardQuerySet, GuardUnit
from bhod.selectors.tariffs import Pay, TariffBook
from bhod_portal.core import clock
from bhod_portal.core.periods import Period
from bhod_portal.core.prepared import Prepared
from prosante_login.models import CareProvider

DAYS_OF_A_WEEK = 7
WEEK = ONE_DAY * DAYS_OF_A_WEEK


@dataclass(frozen=True, slots=True)
class GuardLine:
    """A guard as a reader sees it; `pay` is None for who may not see amounts, and for a cancelled guard."""

    guard: Guard
    eligible: Eligible
    pay: Pay | None

    @property
    def first_day(self) -> date:
        return clock.day_of(self.guard.starts_at)

    @property
    def is_cancelled(self) -> bool:
        return self.guard.state == GuardState.CANCELLED


def units_of(enterprise_id: int | None) -> QuerySet[GuardUnit]:
    """The units of a circle, by name."""
    units = GuardUnit.objects.filter(enterprise=enterprise_id).select_related("enterprise")
    return units.order_by("name", "pk")


def units_with_circle(enterprise_id: int) -> list[GuardUnit]:
    """The same, each with its circle and how that is organised."""
    return _units_with_circle.rows(enterprise=enterprise_id)


@Prepared
def _units_with_circle(*, enterprise: int) -> QuerySet[GuardUnit]:
    return units_of(enterprise).select_related("enterprise__circle_organisation")


def units_open_on(enterprise_id: int | None, day: date) -> QuerySet[GuardUnit]:
    """The units of a circle that are not closed on a day: those to offer for new guards; by name."""
    return units_of(enterprise_id).filter(Q(closed_from=None) | Q(closed_from__gt=day))


def guards_of(enterprise_id: int | None) -> GuardQuerySet:
    """Every guard of a circle, cancelled ones too, with its unit and its doctor; in order of time."""
    guards = Guard.objects.filter(unit__enterprise=enterprise_id)
    return guards.select_related("unit", "provider__person").order_by("starts_at", "unit__name", "pk")


def guards_of_provider(provider: CareProvider) -> GuardQuerySet:
    """Every guard of a doctor in whatever circle, cancelled ones too; the latest first."""
    guards = Guard.objects.filter(provider=provider).select_related("unit__enterprise")
    return guards.order_by("-starts_at", "-pk")


def last_change(guard: Guard) -> GuardChange | None:
    """The latest act upon a guard, with who did it; none for one that began without a history."""
    return guard.changes.select_related("done_by").order_by("-number").first()


def beginning_in(guards: GuardQuerySet, period: Period) -> GuardQuerySet:
    """Those of the guards that begin on a day of the period, in Brussels."""
    guards = guards.filter(starts_at__gte=midnight(period.start))
    return guards if period.end is None else guards.filter(starts_at__lt=midnight(period.end + ONE_DAY))


def guard_line(guard: Guard, tariffs: TariffBook | None) -> GuardLine:
    """A guard with what is computed from it; without tariffs there is no amount in it at all."""
    if guard.state == GuardState.CANCELLED:
        return GuardLine(guard, Eligible(), None)
    counted = eligible(guard.starts_at, guard.ends_at)
    pay = tariffs.pay(counted, day=clock.day_of(guard.starts_at)) if tariffs is not None else None
    return GuardLine(guard, counted, pay)


def week_of(day: date) -> Period:
    """The week from Monday to Sunday in which a day falls."""
    monday = day - ONE_DAY * day.weekday()
    return Period(monday, monday + WEEK - ONE_DAY)


def month_of(day: date) -> Period:
    """The calendar month in which a day falls."""
    return Period(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))


def days_of(period: Period) -> list[date]:
    """Every day of a period that has an end."""
    end = period.end or period.start
    return [period.start + ONE_DAY * number for number in range((end - period.start).days + 1)]


def days_of_guard(starts_at: datetime, ends_at: datetime) -> list[date]:
    """The days in Brussels on which any minute of a guard falls."""
    return days_of(Period(clock.day_of(starts_at), clock.day_of(ends_at - timedelta(minutes=1))))


def midnight(day: date) -> datetime:
    """The instant at which a day begins in Brussels."""
    return datetime.combine(day, time(), tzinfo=clock.BRUSSELS)
