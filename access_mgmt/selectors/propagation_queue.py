"""What was asked in an enterprise and has still to reach the applications, or has reached them lately."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import (
    Avg,
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    Q,
    QuerySet,
    Value,
)

from access_mgmt.models import RoleAssignment, RoleChange
from access_mgmt.models.roles import RoleChangeQuerySet

LATELY = timedelta(hours=24)
# In minutes: the waits that are counted apart, up to one, from there to five…; and the longest that is promised.
_BOUNDS = (1, 5, 10, 15, 20, 60)
_PROMISED = 20


@dataclass(frozen=True, slots=True)
class QueueState:
    """How the queue of some functions stands; `late` is how much longer than it should the oldest has waited.

    What is held is not waiting, nor late.
    """

    waiting: int
    held: int
    late: timedelta


@dataclass(frozen=True, slots=True)
class WaitClass:
    """How many changes had waited for more than `above` minutes, and for no more than `up_to` (None: no limit)."""

    above: int
    up_to: int | None
    total: int

    @property
    def in_time(self) -> bool:
        return self.up_to is not None and self.up_to <= _PROMISED


@dataclass(frozen=True, slots=True)
class Waits:
    """How long the changes of a day had waited, from the request to the applications."""

    total: int
    mean: timedelta
    longest: timedelta
    classes: list[WaitClass]

    @property
    def in_time(self) -> int:
        return sum(each.total for each in self.classes if each.in_time)


def waiting_changes_of(asked: QuerySet[RoleAssignment]) -> QuerySet[RoleChange]:
    """What is on its way, the next one first."""
    return _rows(changes_of(asked).pending().filter(held_until=None)).order_by("due_at", "pk")


def held_changes_of(asked: QuerySet[RoleAssignment]) -> QuerySet[RoleChange]:
    """What the database refused, the oldest request first."""
    return _rows(changes_of(asked).held()).order_by("requested_at", "pk")


def applied_changes_of(asked: QuerySet[RoleAssignment], *, at: datetime) -> QuerySet[RoleChange]:
    """What reached the applications in the 24 hours up to an instant of the world, the last one first."""
    return _rows(_applied(asked, at)).order_by("-applied_at", "-pk")


def queue_state(asked: QuerySet[RoleAssignment], *, at: datetime) -> QueueState:
    overdue = ExpressionWrapper(Value(at, DateTimeField()) - F("due_at"), DurationField())
    sums = (
        changes_of(asked)
        .pending()
        .aggregate(
            waiting=Count("pk", filter=Q(held_until=None)),
            held=Count("pk", filter=Q(held_until__isnull=False)),
            oldest=Max(overdue, filter=Q(held_until=None)),
        )
    )
    return QueueState(sums["waiting"], sums["held"], max(sums["oldest"] or timedelta(0), timedelta(0)))


def waits_of(asked: QuerySet[RoleAssignment], *, at: datetime) -> Waits:
    """The same changes by how long they had waited."""
    waited = F("applied_at") - F("requested_at")
    bounds = [*_BOUNDS, None]
    counts = {
        f"up_to_{place}": Count("pk", filter=Q(waited__lte=timedelta(minutes=bound)))
        for place, bound in enumerate(_BOUNDS)
    }
    sums = (
        _applied(asked, at)
        .annotate(waited=waited)
        .aggregate(total=Count("pk"), mean=Avg("waited"), longest=Max("waited"), **counts)
    )
    up_to = [*(sums[name] for name in counts), sums["total"]]
    classes = [
        WaitClass(above, bound, total - before)
        for above, bound, total, before in zip((0, *_BOUNDS), bounds, up_to, (0, *up_to), strict=False)
    ]
    nothing = timedelta(0)
    return Waits(sums["total"], sums["mean"] or nothing, sums["longest"] or nothing, classes)


def changes_of(asked: QuerySet[RoleAssignment]) -> RoleChangeQuerySet:
    """All that was ever asked about some functions."""
    # Two look-ups, each by its index: an OR over both columns would read every change there is.
    granting = RoleChange.objects.filter(grants__in=asked.values("pk")).values("pk")
    withdrawing = RoleChange.objects.filter(withdraws__in=asked.values("pk")).values("pk")
    return RoleChange.objects.filter(pk__in=granting.union(withdrawing))


def _applied(asked: QuerySet[RoleAssignment], at: datetime) -> QuerySet[RoleChange]:
    # The clock of the machine that applied one may be ahead of ours: no end, lest it be seen nowhere.
    return changes_of(asked).filter(applied_at__gt=at - LATELY)


def _rows(changes: QuerySet[RoleChange]) -> QuerySet[RoleChange]:
    return changes.select_related(
        "requested_by",
        "grants__member__person",
        "grants__member__quality",
        "withdraws__member__person",
        "withdraws__member__quality",
    )
