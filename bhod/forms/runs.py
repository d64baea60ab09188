from django import forms
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.fields import OUT_OF_SIGHT, NameInput


class RunSeenForm(forms.Form):
    """What an agent had before his eyes when he said that he had checked a payment; both fields are hidden."""

    lines = forms.IntegerField(widget=forms.HiddenInput, error_messages=OUT_OF_SIGHT)
    total = forms.DecimalField(decimal_places=2, widget=forms.HiddenInput, error_messages=OUT_OF_SIGHT)


class SettledSearchForm(forms.Form):
    """Doctors whom a payment settles, by name or number."""

    nom = forms.CharField(
        label=_("Nom ou numéro INAMI"),
        help_text=_("Une partie suffit"),
        max_length=100,
        required=False,
        widget=NameInput,
    )
