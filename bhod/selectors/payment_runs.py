"""The payment runs of a world, as the agents of INAMI see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from bhod.eligibility import ONE_DAY
from bhod.enums import RunState
from bhod.models import LedgerCheck, PaymentLine, PaymentRun
from bhod.selectors.payments import NOTHING
from bhod_portal.core.models import World
from bhod_portal.core.periods import months_later

# Payments are of January and February, of March and April and so on.
MONTHS = 2


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What a run comes to, in euros: how many lines of guards, how many of them take something back, and their sum."""

    lines: int
    reversals: int
    total: Decimal


_EMPTY = RunFigures(0, 0, NOTHING)


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run with its figures, as lists show it."""

    run: PaymentRun
    figures: RunFigures


@dataclass(frozen=True, slots=True)
class NextPayment:
    """The payment that nobody has opened yet: its two months, and the day on which it opens by itself."""

    first_day: date
    last_day: date
    opens_on: date


def last_period_over(day: date) -> tuple[date, date]:
    """First and last day of the latest two months, January and February and so on, that ended before a day."""
    first_of_pair = day.replace(month=day.month - (day.month - 1) % MONTHS, day=1)
    return months_later(first_of_pair, -MONTHS), first_of_pair - ONE_DAY


def payment_runs(world: World) -> QuerySet[PaymentRun]:
    """Every run of a world, the latest first."""
    runs = PaymentRun.objects.filter(world=world).select_related("asked_by", "checked_by", "closed_by")
    return runs.order_by("-number")


def figures_of(run: PaymentRun) -> RunFigures:
    """What the lines of a run come to; one query."""
    counted = run.lines.aggregate(
        lines=Count("pk"), reversals=Count("pk", filter=Q(is_reversal=True)), total=Sum("amount")
    )
    return RunFigures(counted["lines"], counted["reversals"], counted["total"] or NOTHING)


def rows_of(runs: Sequence[PaymentRun]) -> list[RunRow]:
    """These runs with their figures; one query."""
    counted = (
        PaymentLine.objects.filter(run__in=runs)
        .values("run")
        .annotate(lines=Count("pk"), reversals=Count("pk", filter=Q(is_reversal=True)), total=Sum("amount"))
    )
    found = {each["run"]: RunFigures(each["lines"], each["reversals"], each["total"]) for each in counted}
    return [RunRow(run, found.get(run.pk, _EMPTY)) for run in runs]


def open_run_of(world: World) -> RunRow | None:
    """The run that isn't closed; a world has one at most."""
    run = payment_runs(world).exclude(state=RunState.CLOSED).first()
    return RunRow(run, figures_of(run)) if run else None


def next_payment(world: World, day: date) -> NextPayment:
    """The two months that are paid next, as a day knows it; due at once when they are over already."""
    first_day, last_day = last_period_over(day)
    if payment_runs(world).filter(last_day__gte=last_day).exists():
        first_day = last_day + ONE_DAY
        last_day = months_later(first_day, MONTHS) - ONE_DAY
    return NextPayment(first_day, last_day, last_day + ONE_DAY)


def latest_ledger_check(world: World) -> LedgerCheck | None:
    """The last time that the ledger of a world was added up anew."""
    return LedgerCheck.objects.filter(world=world).order_by("-checked_at", "-pk").first()
