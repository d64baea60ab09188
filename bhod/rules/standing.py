"""What is wrong with a guard that stands in the planning, beside the rules by which it was entered."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bhod.eligibility import ONE_DAY, ONE_MINUTE, eligible, windows_of
from bhod.enums import GuardState
from bhod.rules.checks import last_day_to_communicate
from bhod.rules.problems import Problem
from bhod_portal.core import clock
from bhod_portal.core.shown import shown_day, shown_hours

# How long before the last day a circle is warned: our guess.
WARNED_FOR = timedelta(days=30)


def window_problems(starts_at: datetime, ends_at: datetime, *, weeknights: bool) -> Iterator[Problem]:
    """That a guard lies outside of the hours that are paid; `weeknights` says whether its circle organises those."""
    outside = unpaid_minutes(starts_at, ends_at)
    counted = eligible(starts_at, ends_at)
    if not counted.minutes:
        yield Problem("outside_windows")
    elif outside:
        yield Problem("partly_outside_windows", {"hours": shown_hours(outside)})
    if counted.weeknight and not weeknights:
        yield Problem("weeknight_not_organised", {"hours": shown_hours(counted.weeknight)})


def deadline_problem(ends_at: datetime, state: GuardState, *, at: datetime) -> Problem | None:
    """What a past guard waits for that isn't confirmed; that it is confirmed to be paid is our guess (domain.md 1.7)."""
    if state not in {GuardState.DRAFT, GuardState.REGISTERED} or ends_at > at:
        return None
    last_day = last_day_to_communicate(ends_at)
    today = clock.day_of(at)
    if today > last_day:
        return Problem("deadline_passed", {"day": shown_day(last_day)})
    if state == GuardState.DRAFT:
        return Problem("draft_past")
    if today + WARNED_FOR >= last_day:
        return Problem("deadline_near", {"day": shown_day(last_day)})
    return None


def unpaid_minutes(starts_at: datetime, ends_at: datetime) -> int:
    """Minutes of a guard outside of every window; the hour that October repeats is nobody's mistake and isn't one."""
    day = clock.day_of(starts_at) - ONE_DAY
    last = clock.day_of(ends_at)
    inside = timedelta(0)
    while day <= last:
        windows = windows_of(day)
        inside += max(min(windows[-1].end, ends_at) - max(windows[0].start, starts_at), timedelta(0))
        day += ONE_DAY
    return (ends_at - starts_at - inside) // ONE_MINUTE
