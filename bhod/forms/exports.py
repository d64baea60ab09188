"""Which guards a file shall have."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bhod.forms import LONGEST_STATEMENT
from bhod.forms.guards import GuardFilterForm
from bhod_portal.core.fields import DayField, join_days


class GuardExportForm(GuardFilterForm):
    """The filters of the list over a period of at most a year. Gives `period` besides, and `montants` to the manager."""

    du = DayField(label=_("Du"), help_text=_("jj-mm-aaaa"))
    au = DayField(label=_("Au"), help_text=_("jj-mm-aaaa, ce jour compris"))
    montants = forms.BooleanField(
        label=_("Avec les montants"),
        help_text=_("Dans le fichier CSV seulement : heures honorées, tarif et montant de chaque garde."),
        required=False,
    )
    field_order = ("du", "au", "unite", "medecin", "etat", "categorie", "problemes", "annulees", "montants")

    def __init__(self, *args: Any, may_see_amounts: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_see_amounts:
            del self.fields["montants"]

    def clean(self) -> dict[str, Any]:
        join_days(self, "du", "au")
        data = self.cleaned_data
        if "period" in data and data["au"] - data["du"] >= LONGEST_STATEMENT:
            text = _("Choisissez une période d'un an au plus.")
            self.add_error("au", ValidationError(text, code="period_too_long"))
        return data
