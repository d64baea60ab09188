from django import forms
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.identifiers import read_phone


class ItsmeLoginForm(forms.Form):
    phone = forms.CharField(
        label=_("Numéro de téléphone mobile"),
        help_text=_("Celui de votre compte itsme, par exemple 0470 00 00 01 ou +32 470 00 00 01."),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def clean_phone(self) -> str:
        return read_phone(self.cleaned_data["phone"])
