"""How propagation is: what waits, what is set aside, how late it is, and when it last ran."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from math import ceil

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, DateTimeField, DurationField, ExpressionWrapper, F, Max, Q, Value
from django.db.models.functions import Coalesce

from access_mgmt.models import RoleChange
from access_mgmt.selectors.effective import pending_changes
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.health import CACHE_ERRORS
from bhod_portal.core.models import World

SWEEP_KEY = "access_mgmt.last-sweep"
# In real time: how old the last sweep may be, and how much longer than it should a change may wait.
SWEEP_AGE, OVERDUE = timedelta(seconds=30), timedelta(minutes=1)
# Pages look again after so many seconds.
LOOK_AGAIN = 3.0


@dataclass(frozen=True, slots=True)
class Sweep:
    """The last sweep that ended well: when it began (real time), how long it took, how many changes it applied."""

    began_at: datetime
    seconds: float
    applied: int


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits in a world; `overdue` is how much longer than it should the oldest waits, in real time.

    What is set aside does not count as overdue, nor does anything in a world that is stuck.
    """

    pending: int = 0
    held: int = 0
    overdue: timedelta = timedelta(0)


class Trouble(Enum):
    """Why a change may take longer than 20 minutes."""

    STUCK = auto()
    SLOW = auto()
    OVERDUE = auto()
    STOPPED = auto()


@dataclass(frozen=True, slots=True)
class Notice:
    """What pages say of it: for how many minutes, and how many changes of the world wait."""

    trouble: Trouble
    minutes: int
    pending: int


def last_sweep() -> Sweep | None:
    """None when nobody knows: the cache was emptied, or does not answer."""
    try:
        kept = cache.get(SWEEP_KEY)
    except CACHE_ERRORS:
        return None
    return Sweep(*kept) if kept else None


def queues(*, real_now: datetime, sweep: Sweep | None) -> dict[int, Queue]:
    """What waits in each world, by its key; a world where nothing waits is missing.

    A clock that is put forward makes changes due at once: they wait no longer than since the last sweep began, which
    left nothing due behind.
    """
    world_now = Coalesce(
        F("requested_by__world__frozen_at"),
        ExpressionWrapper(Value(real_now) + F("requested_by__world__clock_offset"), DateTimeField()),
    )
    late = Q(held_until=None, due_at__lte=F("world_now")) & ~Q(
        requested_by__world__mode=PropagationMode.STUCK
    )
    rows = (
        RoleChange.objects.pending()
        .annotate(world_now=world_now)
        .values("requested_by__world")
        .annotate(
            pending=Count("pk"),
            held=Count("pk", filter=Q(held_until__isnull=False)),
            overdue=Max(
                ExpressionWrapper(F("world_now") - F("due_at"), output_field=DurationField()), filter=late
            ),
        )
        .order_by()
    )
    longest = max(real_now - sweep.began_at, timedelta(0)) if sweep else timedelta.max
    return {
        row["requested_by__world"]: Queue(
            row["pending"], row["held"], min(row["overdue"] or timedelta(0), longest)
        )
        for row in rows
    }


def is_stopped(sweep: Sweep | None, real_now: datetime) -> bool:
    """Whether the last sweep is known to be too long ago."""
    return sweep is not None and real_now - sweep.began_at > SWEEP_AGE


def notice_for(world: World, *, real_now: datetime) -> Notice | None:
    """What a page of this world has to say; None as long as propagation keeps its promise.

    Each process looks once in a few seconds, for all worlds.
    """
    if not settings.PROPAGATION_NOTICE:
        return None
    sweep, waiting = _seen(real_now)
    queue = waiting.get(world.pk, Queue())
    if world.mode == PropagationMode.STUCK:
        return Notice(Trouble.STUCK, 0, queue.pending) if queue.pending else None
    if queue.overdue > OVERDUE:
        return Notice(Trouble.OVERDUE, queue.overdue // timedelta(minutes=1), queue.pending)
    if sweep and is_stopped(sweep, real_now):
        minutes = max(1, (real_now - sweep.began_at) // timedelta(minutes=1))
        return Notice(Trouble.STOPPED, minutes, queue.pending)
    if world.mode == PropagationMode.SLOW and queue.pending:
        return Notice(Trouble.SLOW, 0, queue.pending)
    return None


@dataclass(frozen=True, slots=True)
class WaitingChange:
    """A change of role that the applications don't see yet, in words; minutes are rounded up (0: due)."""

    act: str
    person: str
    enterprise: str
    function: str
    minutes_left: int
    is_held: bool


def waiting_changes(*, world: World, at: datetime) -> list[WaitingChange]:
    """What still has to propagate in a world, the next one first."""
    return [_waiting(change, at) for change in pending_changes(world)]


def _waiting(change: RoleChange, at: datetime) -> WaitingChange:
    assignment = change.grants or change.withdraws
    assert assignment is not None  # noqa: S101  (the constraint role_change_kind_says_what)
    return WaitingChange(
        act=change.get_kind_display(),
        person=str(assignment.member.person),
        enterprise=assignment.member.quality.enterprise.name,
        function=assignment.get_function_display(),
        minutes_left=max(0, ceil((change.due_at - at) / timedelta(minutes=1))),
        is_held=change.held_until is not None,
    )


_Seen = tuple[Sweep | None, Mapping[int, Queue]]
_last_look: tuple[float, _Seen] | None = None


def _seen(real_now: datetime) -> _Seen:
    global _last_look  # noqa: PLW0603  (a memory of the process, replaced whole)
    now = time.monotonic()
    if _last_look is None or now - _last_look[0] > LOOK_AGAIN:
        sweep = last_sweep()
        _last_look = now, (sweep, queues(real_now=real_now, sweep=sweep))
    return _last_look[1]


def forget_look() -> None:
    """Have the next page look anew."""
    global _last_look  # noqa: PLW0603  (see above)
    _last_look = None
