from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

phone_number = RegexValidator(
    r"^\+?(?:[ ./()-]*\d){8,15}[ ./()-]*$",
    _("Écrivez un numéro de téléphone de 8 à 15 chiffres, par exemple +32 470 00 00 01."),
    code="malformed",
)


class PhoneField(forms.CharField):
    """A telephone number as people write it; kept as typed."""

    default_validators = [phone_number]

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}))
        super().__init__(**kwargs)
