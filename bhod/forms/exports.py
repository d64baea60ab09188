"""Which guards a file shall have."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bhod.forms import join_year
from bhod.forms.guards import GuardFilterForm
from bhod_portal.core.fields import DayField


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
        join_year(self, "du", "au")
        return self.cleaned_data
