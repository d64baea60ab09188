"""What doctors and their circle type about swaps of guards."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.fields import OUT_OF_SIGHT
from prosante_login.models import CareProvider

EVERYBODY = "tous"
APPROVE, REFUSE = "approuver", "refuser"
LONGEST_TEXT = 200


class SwapOfferForm(forms.Form):
    """To whom a guard is offered; gives `colleague`, None for all of the circle, and `message`."""

    colleague = forms.ChoiceField(
        label=_("À qui proposer cette garde ?"),
        help_text=_("À un confrère, qui reçoit un e-mail, ou à tous : le premier qui accepte la reprend."),
    )
    message = forms.CharField(
        label=_("Message"),
        help_text=_("Ceux à qui vous la proposez et le cercle le lisent ; 200 caractères au plus."),
        max_length=LONGEST_TEXT,
        required=False,
    )

    def __init__(self, *args: Any, colleagues: Iterable[CareProvider], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {str(each.pk): each for each in colleagues}
        field = self.fields["colleague"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (tells mypy which field it is)
        names = [
            (pk, f"{each.person.last_name} {each.person.first_name}") for pk, each in self.colleagues.items()
        ]
        field.choices = [
            ("", _("Choisissez")),
            (EVERYBODY, _("Tous les médecins inscrits du cercle")),
            *names,
        ]

    def clean_colleague(self) -> CareProvider | None:
        return self.colleagues.get(self.cleaned_data["colleague"])


class SwapAcceptForm(forms.Form):
    """The version of the guard whose hours the page showed."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput, error_messages=OUT_OF_SIGHT)


class SwapRefuseForm(forms.Form):
    reason = forms.CharField(
        label=_("Motif"),
        help_text=_("Facultatif ; votre confrère le lit."),
        max_length=LONGEST_TEXT,
        required=False,
    )


class SwapDecideForm(forms.Form):
    """What the circle says of a swap; gives `approve` and `reason`, which a refusal needs."""

    decision = forms.ChoiceField(
        label=_("Décision"),
        choices=[(APPROVE, _("Approuver l'échange")), (REFUSE, _("Refuser l'échange"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Motif du refus"),
        help_text=_("Nécessaire pour un refus : les deux médecins le reçoivent."),
        max_length=LONGEST_TEXT,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["approve"] = data.get("decision") == APPROVE
        if data.get("decision") == REFUSE and not data.get("reason"):
            text = _("Indiquez pourquoi l'échange est refusé.")
            self.add_error("reason", ValidationError(text, code="reason_required"))
        return data
