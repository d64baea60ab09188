"""The payment runs of a world, as the agents of INAMI see them."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from bhod.models import PaymentRun
from bhod_portal.core.models import World


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What a run comes to, in euros: how many lines of guards, how many of them take something back, and their sum."""

    lines: int
    reversals: int
    total: Decimal


def payment_runs(world: World) -> QuerySet[PaymentRun]:
    """Every run of a world, the latest first."""
    runs = PaymentRun.objects.filter(world=world).select_related("asked_by", "checked_by", "closed_by")
    return runs.order_by("-number")


def figures_of(run: PaymentRun) -> RunFigures:
    """What the lines of a run come to; one query."""
    counted = run.lines.aggregate(
        lines=Count("pk"), reversals=Count("pk", filter=Q(is_reversal=True)), total=Sum("amount")
    )
    return RunFigures(counted["lines"], counted["reversals"], counted["total"] or Decimal("0.00"))
