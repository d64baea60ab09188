"""Mails to doctors about payments: one each per act, in his language; never an account number.

Who is paid as he expects isn't told: his bank does. Told is who gets less than guards of his were paid before, who has no
account, and whose payment came back.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from bhod.enums import ReturnReason, SettlementOutcome
from bhod.models import GuardCheck, PaymentLine, PaymentRun, Settlement
from bhod.selectors.payments import NOTHING
from bhod_portal.core.messages import Email, absolute, send_emails


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A guard of which a doctor was paid more than is due: as it was when it was paid, and both amounts in euros."""

    check: GuardCheck
    paid: Decimal
    due: Decimal

    @property
    def difference(self) -> Decimal:
        return self.paid - self.due


def tell_of_closing(run: PaymentRun, *, at: datetime) -> int:
    """Mail each doctor of whom a closed run takes something back or who has no account for it; returns how many."""
    taken_back = _taken_back(run)
    concerned = Settlement.objects.filter(run=run).filter(
        Q(outcome=SettlementOutcome.NO_ACCOUNT) | Q(provider__in=taken_back)
    )
    return _send(
        run,
        concerned.exclude(provider__person__email="").select_related("provider__person").order_by("pk"),
        "bhod/emails/payment_closed",
        at=at,
        told=lambda settlement: {
            "taken_back": (found := taken_back.get(settlement.provider_id, [])),
            "total": sum((each.difference for each in found), NOTHING),
            "waits": settlement.outcome == SettlementOutcome.NO_ACCOUNT,
            "left": -settlement.closing,
        },
    )


def tell_returned(run: PaymentRun, came_back: Sequence[Settlement], *, at: datetime) -> int:
    """Mail each doctor whose payment the bank sent back, with the reason and what he can do; returns how many."""
    return _send(
        run,
        came_back,
        "bhod/emails/payment_returned",
        at=at,
        told=lambda settlement: {
            "reason": ReturnReason(settlement.return_reason).label,
            "is_closed": settlement.return_reason == ReturnReason.CLOSED_ACCOUNT,
            "is_blocked": settlement.return_reason == ReturnReason.BLOCKED_ACCOUNT,
        },
    )


def _taken_back(run: PaymentRun) -> dict[int, list[TakenBack]]:
    """By doctor, the guards of which this run leaves him less than he was paid; two queries."""
    lines = PaymentLine.objects.filter(run=run)
    # Apart: as a subquery it is looked through for each line wherever the server has no figures yet of such new rows.
    corrected = set(lines.filter(is_reversal=True).values_list("guard_check__guard", flat=True))
    lines = lines.filter(guard_check__guard__in=corrected)
    by_guard: dict[tuple[int, int], list[PaymentLine]] = defaultdict(list)
    for line in lines.select_related("guard_check__guard__unit__enterprise").order_by(
        "guard_check__starts_at", "pk"
    ):
        by_guard[line.guard_check.provider_id, line.guard_check.guard_id].append(line)
    found: dict[int, list[TakenBack]] = defaultdict(list)
    for (provider_id, _guard_id), of_guard in by_guard.items():
        paid = -sum((each.amount for each in of_guard if each.is_reversal), NOTHING)
        due = sum((each.amount for each in of_guard if not each.is_reversal), NOTHING)
        if paid > due:
            check = next(each.guard_check for each in of_guard if each.is_reversal)
            found[provider_id].append(TakenBack(check, paid, due))
    return found


def _send(run: PaymentRun, settlements: Iterable[Settlement], notice: str, *, at: datetime, told: Any) -> int:
    # By language: to change it costs more than to write a mail.
    by_language: dict[str, list[Settlement]] = defaultdict(list)
    for each in settlements:
        if each.provider.person.email:
            by_language[each.provider.person.language].append(each)
    emails: list[Email] = []
    pages = {
        "accounts_url": absolute(reverse("prosante_login:financial_data")),
        "payments_url": absolute(reverse("bhod:own_payments")),
    }
    for language, of_language in by_language.items():
        with translation.override(language):
            emails += [_email(run, each, notice, pages | told(each)) for each in of_language]
    return send_emails(emails, world=run.world, at=at)


def _email(run: PaymentRun, settlement: Settlement, notice: str, told: dict[str, Any]) -> Email:
    person = settlement.provider.person
    context = told | {
        "person": person,
        "run": run,
        "settlement": settlement,
    }
    subject = render_to_string(f"{notice}_subject.txt", context).strip()
    return Email(person.email, subject, render_to_string(f"{notice}_body.txt", context), person)
