"""What agents of INAMI type about the bank: what came back of the payments of a run, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bhod.enums import ReturnReason
from bhod.models import Settlement

PAID = ""


def _reasons() -> list[tuple[str, str]]:
    """Each with its code, in the language of the request."""
    return [(reason.value, f"{reason.label} ({reason.value})") for reason in ReturnReason]


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A payment, and the field for what the bank answers of it."""

    settlement: Settlement
    field: forms.BoundField


class BankAnswerForm(forms.Form):
    """For each of these payments, that it is paid or why it came back; `reasons` gives that by primary key."""

    def __init__(self, *args: Any, payments: Sequence[Settlement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payments = payments
        reasons = _reasons()
        for each in payments:
            self.fields[_name(each)] = forms.ChoiceField(
                label=f"{each.provider.person} : {_('réponse de la banque')}",
                choices=[(PAID, _("payé")), (_("retourné"), reasons)],
                required=False,
            )

    @property
    def rows(self) -> list[AnswerRow]:
        return [AnswerRow(each, self[_name(each)]) for each in self.payments]

    @property
    def reasons(self) -> dict[int, str]:
        return {each.pk: self.cleaned_data[_name(each)] for each in self.payments}

    @staticmethod
    def initial_of(reasons: dict[int, str]) -> dict[str, str]:
        """What the form shows of what was chosen before."""
        return {f"motif_{pk}": reason for pk, reason in reasons.items()}


class PaymentReturnForm(forms.Form):
    """Why a payment that was paid came back after all."""

    motif = forms.ChoiceField(
        label=_("Motif du retour"),
        help_text=_("Celui que la banque donne, avec son code."),
        choices=lambda: [("", _("Choisissez")), *_reasons()],
    )


def _name(settlement: Settlement) -> str:
    return f"motif_{settlement.pk}"
