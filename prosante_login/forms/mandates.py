from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.fields import BceNumberField, DayField, NissField, join_days
from prosante_login.enums import MandateKind


class HolderKind(models.TextChoices):
    """To whom a mandate is given."""

    PERSON = "personne", _("Une personne")
    ENTERPRISE = "entreprise", _("Une entreprise ou une organisation")


class HolderForm(forms.Form):
    """To whom: a person by NISS, or an enterprise by its number; what was typed of the other one doesn't matter."""

    holder = forms.ChoiceField(label=_("Mandataire"), widget=forms.RadioSelect, choices=HolderKind)
    niss = NissField(
        label=_("Numéro de registre national (NISS) de la personne"),
        help_text=_("11 chiffres, au verso de sa carte d'identité ; demandez-le-lui."),
        required=False,
    )
    bce_number = BceNumberField(
        label=_("Numéro de l'entreprise (BCE)"),
        help_text=_("10 chiffres, par exemple 0999.999.922."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        wanted = {HolderKind.PERSON: "niss", HolderKind.ENTERPRISE: "bce_number"}
        for kind, name in wanted.items():
            if data.get("holder") != kind:
                self.errors.pop(name, None)
            elif not data.get(name) and name not in self.errors:
                self.add_error(name, forms.ValidationError(_("Ce champ est obligatoire."), "required"))
        return data


class MandateGiveForm(HolderForm):
    """What a mandate is for, to whom it is given, and its days, both included."""

    kind = forms.TypedChoiceField(
        label=_("Type de mandat"), widget=forms.RadioSelect, choices=MandateKind, coerce=MandateKind
    )
    valid_from = DayField(
        label=_("Date de début"), help_text=_("Au plus tôt aujourd'hui. Format date: (jj-mm-aaaa)")
    )
    valid_until = DayField(
        label=_("Date de fin"),
        help_text=_("Laissez vide pour un mandat sans fin : vous pourrez l'arrêter à tout moment."),
        required=False,
    )
    field_order = ["kind", "holder", "niss", "bce_number", "valid_from", "valid_until"]

    def __init__(self, *args: Any, kind_hints: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What each kind opens, under its choice.
        self.fields["kind"].choice_hints = kind_hints  # type: ignore[attr-defined]  # read by the component

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        join_days(self, "valid_from", "valid_until")
        return data


class SignForm(forms.Form):
    """« Signer »: nothing to fill in; what refuses the signature is told above the button."""


class DelegateForm(forms.Form):
    niss = NissField(
        label=_("Numéro de registre national (NISS)"),
        help_text=_("D'un travailleur ou d'un représentant légal de l'entreprise."),
    )
