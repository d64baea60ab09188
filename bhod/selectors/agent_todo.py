"""What waits for an agent of INAMI: guards without a tariff, answers of the bank, doctors without an account."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum

from bhod.enums import RunState, SettlementOutcome
from bhod.models import PaymentRun, Settlement
from bhod.selectors.payment_runs import RunRow, latest_ledger_check, open_run_of, payment_runs
from bhod.selectors.payments import NOTHING
from bhod.selectors.tariff_table import WaitingGuards, guards_without_tariff
from bhod_portal.core.models import World


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many payments or doctors of a run wait, and what they come to in euros."""

    run: PaymentRun
    count: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class AgentTodo:
    """What is to be done in a world; `unanswered` the runs of which the bank hasn't answered every payment."""

    open_run: RunRow | None
    unanswered: Sequence[Waiting]
    without_account: Waiting | None
    without_tariff: WaitingGuards
    ledger_agrees: bool

    @property
    def is_empty(self) -> bool:
        waits = self.open_run or self.unanswered or self.without_account or self.without_tariff.guards
        return not waits and self.ledger_agrees


def agent_todo(world: World) -> AgentTodo:
    """What is to be done in a world; at most seven queries."""
    runs = {
        run.pk: run
        for run in payment_runs(world).filter(settlements__outcome=SettlementOutcome.SENT).distinct()
    }
    sent = Settlement.objects.filter(run__in=runs, outcome=SettlementOutcome.SENT)
    counted = sent.values("run").annotate(count=Count("pk"), total=Sum("paid")).order_by("run")
    check = latest_ledger_check(world)
    return AgentTodo(
        open_run=open_run_of(world),
        unanswered=[Waiting(runs[each["run"]], each["count"], each["total"]) for each in counted],
        without_account=_without_account(world),
        without_tariff=guards_without_tariff(world),
        ledger_agrees=check is None or not check.faults,
    )


def _without_account(world: World) -> Waiting | None:
    """What the last payment could not pay: what stays owed is carried on to the next."""
    last = payment_runs(world).filter(state=RunState.CLOSED).first()
    if last is None:
        return None
    found = last.settlements.filter(outcome=SettlementOutcome.NO_ACCOUNT).aggregate(
        count=Count("pk"), total=Sum("closing")
    )
    return Waiting(last, found["count"], found["total"] or NOTHING) if found["count"] else None
