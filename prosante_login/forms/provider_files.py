from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.fields import DayField


class AddressForm(forms.Form):
    """Where a care provider works, and since when."""

    name = forms.CharField(
        label=_("Nom du lieu"), max_length=80, required=False, help_text=_("Par exemple « Cabinet du Parc ».")
    )
    street = forms.CharField(
        label=_("Rue et numéro"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    postal_code = forms.CharField(
        label=_("Code postal"),
        max_length=4,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "numeric"}),
        validators=[
            RegexValidator(
                r"^[1-9][0-9]{3}$",
                _("Un code postal belge a quatre chiffres, par exemple 5500."),
                code="malformed",
            )
        ],
    )
    town = forms.CharField(
        label=_("Localité"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "address-level2"})
    )
    valid_from = DayField(label=_("Depuis"), help_text=_("jj-mm-aaaa"))


class ContractForm(forms.Form):
    """The insurance contract for which the social status is asked."""

    insurer = forms.CharField(label=_("Assureur"), max_length=80)
    number = forms.CharField(label=_("Numéro du contrat"), max_length=40)
    valid_from = DayField(label=_("Depuis"), help_text=_("jj-mm-aaaa"))


class LastDayForm(forms.Form):
    """The last day of an address or a contract, included."""

    last_day = DayField(label=_("Dernier jour"), help_text=_("jj-mm-aaaa, ce jour inclus"))
