"""What INAMI's agents ask of the ledger."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _


class AccountSearchForm(forms.Form):
    """Whose accounts are shown."""

    q = forms.CharField(
        label=_("Nom du médecin"), required=False, max_length=150, help_text=_("Une partie suffit")
    )

    def __init__(self, data: Mapping[str, str]) -> None:
        super().__init__(data, auto_id="filtre_%s")
