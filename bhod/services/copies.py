"""Copies of the guards of a week or of a month onto others, by the clock on the wall in Brussels.

A week goes day by day, a month by the place of a weekday: its second Saturday onto the second Saturday. Where one of the two
days is a legal holiday and the other is not, the hours to cover differ, and nothing is copied there.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bhod.eligibility import category_of
from bhod.enums import BatchKind, GuardState
from bhod.models import Guard, GuardUnit
from bhod.rules.problems import Problem
from bhod.selectors.guards import DAYS_OF_A_WEEK, WEEK, beginning_in, guards_of, month_of, week_of
from bhod.selectors.plans import Entry, Plan
from bhod.services.proposals import LeftOut, Proposal
from bhod_portal.core import clock
from bhod_portal.core.kept_texts import Month, keep
from bhod_portal.core.periods import Period, months_later
from bhod_portal.core.shown import shown_day

# Where a guard of a day goes: a day, or why nowhere.
Placing = Callable[[date], date | Problem]


def copied_weeks(
    *,
    enterprise_id: int,
    source: date,
    target: date,
    times: int = 1,
    unit: GuardUnit | None = None,
    is_draft: bool = False,
) -> Proposal:
    """The guards that begin in the week of `source`, put into as many weeks in a row, the week of `target` the first."""
    week, first = week_of(source), week_of(target)
    placings = [_shifted_by(first.start + number * WEEK - week.start) for number in range(times)]
    days = {"source": week.start, "target": first.start}
    label = keep(gettext_noop("semaine du %(source)s vers celle du %(target)s"), **days)
    if times > 1:
        last = first.start + (times - 1) * WEEK
        label = keep(
            gettext_noop("semaine du %(source)s vers celles du %(target)s au %(last)s"), last=last, **days
        )
    return _copied(enterprise_id, week, placings, _with_unit(label, unit), unit=unit, is_draft=is_draft)


def copied_months(
    *,
    enterprise_id: int,
    source: date,
    target: date,
    times: int = 1,
    unit: GuardUnit | None = None,
    is_draft: bool = False,
) -> Proposal:
    """The same with months: the one of `source` into that of `target` and those after it."""
    month, first = month_of(source), month_of(target).start
    targets = [months_later(first, number) for number in range(times)]
    months = {"source": Month(month.start), "target": Month(first)}
    label = keep(gettext_noop("%(source)s vers %(target)s"), **months)
    if times > 1:
        label = keep(gettext_noop("%(source)s vers %(target)s à %(last)s"), last=Month(targets[-1]), **months)
    placings = [_same_place_in(each) for each in targets]
    return _copied(enterprise_id, month, placings, _with_unit(label, unit), unit=unit, is_draft=is_draft)


def _copied(
    enterprise_id: int,
    period: Period,
    placings: Sequence[Placing],
    label: str,
    *,
    unit: GuardUnit | None,
    is_draft: bool,
) -> Proposal:
    guards = beginning_in(guards_of(enterprise_id).select_related(None), period).standing()
    if unit:
        guards = guards.filter(unit=unit)
    state = GuardState.DRAFT if is_draft else GuardState.REGISTERED
    entries: list[Entry] = []
    left_out: list[LeftOut] = []
    sources = list(guards)
    for placing in placings:
        for guard in sources:
            placed = _placed(guard, placing, state)
            if isinstance(placed, Entry):
                entries.append(placed)
            else:
                left_out.append(placed)
    return Proposal(BatchKind.COPY, label, Plan(enterprise_id, entries), left_out)


def _placed(guard: Guard, placing: Placing, state: GuardState) -> Entry | LeftOut:
    source = clock.day_of(guard.starts_at)
    target = placing(source)
    if isinstance(target, Problem):
        return LeftOut(guard, target)
    days = {"source": shown_day(source), "target": shown_day(target)}
    if category_of(source) != category_of(target):
        return LeftOut(guard, Problem("holiday_differs", days), target)
    starts_at, ends_at = (_moved(each, target - source) for each in (guard.starts_at, guard.ends_at))
    if starts_at is None or ends_at is None:
        return LeftOut(guard, Problem("no_such_time", days), target)
    return Entry(
        unit_id=guard.unit_id,
        provider_id=guard.provider_id,
        starts_at=starts_at,
        ends_at=ends_at,
        state=state,
    )


def _moved(instant: datetime, by: timedelta) -> datetime | None:
    """The same time on the wall so many days later, the first of the two in the night of October; None in March's gap."""
    there = instant.astimezone(clock.BRUSSELS)
    found = clock.instants_at(there.date() + by, there.time())
    return found[0] if found else None


def _shifted_by(delta: timedelta) -> Placing:
    return lambda day: day + delta


def _same_place_in(month: date) -> Placing:
    def place(day: date) -> date | Problem:
        number = (day.day - 1) // DAYS_OF_A_WEEK
        first = month + timedelta(days=(day.weekday() - month.weekday()) % DAYS_OF_A_WEEK)
        target = first + number * WEEK
        if target.month == month.month:
            return target
        facts = {
            "target": shown_day(month, "YEAR_MONTH_FORMAT").capitalize(),
            "number": _("cinquième"),
            "weekday": shown_day(day, "l"),
        }
        return Problem("no_such_day", facts)

    return place


def _with_unit(label: str, unit: GuardUnit | None) -> str:
    return keep(gettext_noop("%(label)s, unité %(unit)s"), label=label, unit=unit.name) if unit else label
