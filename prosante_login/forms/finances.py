from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.fields import BceNumberField, DayField, IbanField
from prosante_login.enums import FeeType

OWN, ENTERPRISE = "moi", "entreprise"


class AccountForm(forms.Form):
    """An account of a provider: for which type of fee, and from which day on it is used."""

    fee_type = forms.TypedChoiceField(label=_("Type d'honoraires"), choices=FeeType, coerce=FeeType)
    iban = IbanField(
        label=_("Numéro de compte (IBAN)"),
        help_text=_("Un compte de la zone SEPA, par exemple BE71 0961 2345 6769."),
    )
    used_from = DayField(label=_("Utilisé à partir du"), help_text=_("jj-mm-aaaa, aujourd'hui ou plus tard"))


class BeneficiaryForm(forms.Form):
    """For whose taxes a type of fee of a year counts; gives `enterprise`, a number, empty for the provider himself."""

    who = forms.ChoiceField(
        label=_("Bénéficiaire fiscal"),
        choices=[(OWN, _("Le dispensateur de soins lui-même")), (ENTERPRISE, _("Une entreprise"))],
        widget=forms.RadioSelect,
    )
    enterprise = BceNumberField(
        label=_("Numéro d'entreprise"),
        required=False,
        help_text=_("Seulement pour une entreprise, par exemple 0999.999.328."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("who") == ENTERPRISE and "enterprise" not in self.errors and not data.get("enterprise"):
            self.add_error(
                "enterprise",
                forms.ValidationError(_("Indiquez le numéro de l'entreprise."), code="required"),
            )
        if data.get("who") == OWN:
            data["enterprise"] = ""
        return data
