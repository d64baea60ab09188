"""Series of guards: the usual shifts of some days, for one doctor or for several in turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, time

from django.utils.translation import gettext_noop

from bhod.eligibility import category_of
from bhod.enums import BatchKind, GuardCategory, GuardState
from bhod.models import GuardUnit
from bhod.selectors.circles import Organisation
from bhod.selectors.guards import DAYS_OF_A_WEEK, days_of, week_of
from bhod.selectors.plans import Entry, Plan
from bhod.services.confirmations import label_of
from bhod.services.proposals import Proposal
from bhod_portal.core.kept_texts import keep
from bhod_portal.core.periods import Period
from prosante_login.models import CareProvider


@dataclass(frozen=True, slots=True)
class SeriesOrder:
    """Which guards a series has.

    `shifts` are the category of the days and the start of each usual shift; `weekdays` (0 is Monday) keeps to some days,
    none means all; `every` counts weeks from the one in which the period begins; doctors take turns by guard or by week.
    """

    unit: GuardUnit
    providers: Sequence[CareProvider]
    period: Period
    shifts: frozenset[tuple[GuardCategory, time]]
    weekdays: frozenset[int] = frozenset()
    every: int = 1
    turns_by_week: bool = False
    state: GuardState = GuardState.REGISTERED


def series_of(*, order: SeriesOrder, organisation: Organisation) -> Proposal:
    """The guards of a series, by the clock on the wall in Brussels."""
    entries: list[Entry] = []
    for day in days_of(order.period):
        week = _week(day, order.period.start)
        if week % order.every or (order.weekdays and day.weekday() not in order.weekdays):
            continue
        for shift in organisation.shifts_on(day):
            if (category_of(day), shift.starts) not in order.shifts:
                continue
            turn = week // order.every if order.turns_by_week else len(entries)
            starts_at, ends_at = (each.astimezone(UTC) for each in shift.on(day))
            entries.append(
                Entry(
                    unit_id=order.unit.pk,
                    provider_id=order.providers[turn % len(order.providers)].pk,
                    starts_at=starts_at,
                    ends_at=ends_at,
                    state=order.state,
                )
            )
    names = ", ".join(f"Dr {each.person.last_name}" for each in order.providers)
    label = keep(
        gettext_noop("%(doctors)s, %(period)s"), doctors=names, period=label_of(order.period, order.unit)
    )
    return Proposal(BatchKind.SERIES, label, Plan(order.unit.enterprise_id, entries))


def _week(day: date, start: date) -> int:
    return (day - week_of(start).start).days // DAYS_OF_A_WEEK
