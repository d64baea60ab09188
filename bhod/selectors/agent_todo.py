"""What waits for an agent of INAMI: guards without a tariff, answers of the bank, doctors without an account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Sum

from bhod.enums import SettlementOutcome
from bhod.models import PaymentRun, Settlement
from bhod.selectors.bank import Payments, waiting_doctors
from bhod.selectors.payment_runs import RunRow, latest_ledger_check, open_run_of, payment_runs
from bhod.selectors.payments import NOTHING, WaitingGuards
from bhod.selectors.tariff_table import guards_without_tariff
from bhod_portal.core.models import World


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many payments of a run wait, and what they come to in euros."""

    run: PaymentRun
    count: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class AgentTodo:
    """What is to be done in a world; `unanswered` the runs of which the bank hasn't answered every payment.

    `without_account`: how many doctors, and what is owed to them that no run can pay before they name an account.
    """

    open_run: RunRow | None
    unanswered: Sequence[Waiting]
    without_account: Payments
    without_tariff: WaitingGuards
    ledger_agrees: bool

    @property
    def is_empty(self) -> bool:
        waits = self.open_run or self.unanswered or self.without_account.count or self.without_tariff.guards
        return not waits and self.ledger_agrees


def agent_todo(world: World, *, on: date) -> AgentTodo:
    """What is to be done in a world, by the accounts of a day; at most eleven queries."""
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
        without_account=_without_account(world, on=on),
        without_tariff=guards_without_tariff(world),
        ledger_agrees=check is None or not check.faults,
    )


def _without_account(world: World, *, on: date) -> Payments:
    waiting = [each.owed for each in waiting_doctors(world, on=on) if not each.has_account]
    return Payments(len(waiting), sum(waiting, NOTHING))
