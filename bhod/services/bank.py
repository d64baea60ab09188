"""INAMI's bank, simulated: the file of a run that it gets, and what it answers of each payment (design.md 4, BHOD 3).

Raises PermissionDenied for who is no agent of INAMI; every other refusal is a ValidationError with a code. Nothing here
changes an amount: what comes back is owed again by the next run (`services.ledger`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bhod.enums import ReturnReason, RunState, SettlementOutcome
from bhod.models import PaymentRun, Settlement
from bhod.selectors.bank import payments_of
from bhod.services import payment_notices, transfers
from bhod.services.rights import check_inami_agent
from bhod_portal.core import audit
from csam.models import Person


@dataclass(frozen=True, slots=True)
class BankAnswer:
    """How many payments of a run reached their doctors, and how many came back."""

    paid: int
    returned: int


@transaction.atomic
def payment_file(*, run: PaymentRun, by: Person, at: datetime) -> bytes:
    """The file for the bank, with the trace of who took it; it has account numbers. The same whenever it is asked for.

    Refuses with `run_not_closed`, and with `nothing_to_pay` a run of which nothing is paid.
    """
    check_inami_agent(by)
    _check_closed(run)
    payments = list(payments_of(run).order_by("pk"))
    if not payments:
        raise ValidationError(
            _("Ce paiement ne verse rien à personne : il n'a pas de fichier pour la banque."),
            code="nothing_to_pay",
        )
    content = transfers.credit_transfers(run, payments)
    audit.record(
        "bhod.payment_file.taken",
        run,
        world=run.world,
        by=by,
        at=at,
        number=run.number,
        payments=len(payments),
    )
    return content


@transaction.atomic
def answer_run(
    *, run: PaymentRun, returned: Mapping[int, ReturnReason], by: Person, at: datetime
) -> BankAnswer:
    """Record what the bank answers of a closed run: all its payments are paid but those, by primary key, that came back.

    Refuses with `run_not_closed`, `already_answered` when none waits for an answer any more, and `not_sent` when one that
    is said to have come back isn't among those that wait.
    """
    check_inami_agent(by)
    _check_closed(run)
    # In order, and two agents at once: the second finds none that waits.
    waiting = Settlement.objects.filter(run=run, outcome=SettlementOutcome.SENT).order_by("pk")
    keys = set(waiting.select_for_update(no_key=True).values_list("pk", flat=True))
    if not keys:
        raise ValidationError(
            _("La réponse de la banque est déjà enregistrée pour ce paiement."), code="already_answered"
        )
    if returned.keys() - keys:
        raise ValidationError(
            _("Un des retours n'attend pas de réponse de la banque : reprenez la liste."), code="not_sent"
        )
    came_back = list(Settlement.objects.filter(pk__in=returned).select_related("provider__person"))
    for settlement in came_back:
        settlement.outcome = SettlementOutcome.RETURNED
        settlement.return_reason, settlement.answered_at = returned[settlement.pk], at
    Settlement.objects.bulk_update(came_back, ["outcome", "return_reason", "answered_at"], batch_size=1000)
    paid = waiting.update(outcome=SettlementOutcome.PAID, answered_at=at)
    answer = BankAnswer(paid, len(came_back))
    audit.record(
        "bhod.payment_run.answered",
        run,
        world=run.world,
        by=by,
        at=at,
        number=run.number,
        paid=answer.paid,
        returned=answer.returned,
    )
    _tell_returns(run, came_back, by=by, at=at)
    return answer


@transaction.atomic
def return_payment(*, settlement: Settlement, reason: ReturnReason, by: Person, at: datetime) -> bool:
    """Record that a payment came back after all, days after the bank had said that it was paid. A second click does nothing.

    True when it is this call that recorded it. Refuses with `not_paid` what the bank hasn't answered, or was never a
    payment.
    """
    check_inami_agent(by)
    locked = (
        Settlement.objects.select_related("run__world", "provider__person")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=settlement.pk)
    )
    if locked.outcome == SettlementOutcome.RETURNED:
        return False
    if locked.outcome != SettlementOutcome.PAID:
        raise ValidationError(
            _("La banque n'a pas encore dit que ce versement était payé : enregistrez d'abord sa réponse."),
            code="not_paid",
        )
    locked.outcome, locked.return_reason, locked.answered_at = SettlementOutcome.RETURNED, reason, at
    locked.save(update_fields=["outcome", "return_reason", "answered_at"])
    _tell_returns(locked.run, [locked], by=by, at=at)
    return True


def _check_closed(run: PaymentRun) -> None:
    if run.state != RunState.CLOSED:
        raise ValidationError(
            _("La banque ne connaît que les paiements clôturés : clôturez d'abord celui-ci."),
            code="run_not_closed",
        )


def _tell_returns(run: PaymentRun, came_back: list[Settlement], *, by: Person, at: datetime) -> None:
    traces = [
        (each, {"number": run.number, "reason": each.return_reason, "provider": each.provider_id})
        for each in came_back
    ]
    audit.record_all("bhod.settlement.returned", traces, world=run.world, by=by, at=at)
    payment_notices.tell_returned(run, came_back, at=at)
