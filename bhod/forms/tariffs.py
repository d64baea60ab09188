"""What an agent of INAMI types of a tariff."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bhod.models import Tariff
from bhod.selectors.tariff_changes import TariffValues
from bhod_portal.core.fields import DayField
from bhod_portal.core.periods import Period

# Doctors' unions have asked for 50 € (domain.md 1.5, R30): beyond this, a comma is missing.
MOST = Decimal("500")


class AmountField(forms.DecimalField):
    """A number shown as the reader's language writes it, and typed with a comma or a point, without thousands apart."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(localize=True, **kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class TariffForm(forms.Form):
    """Gives `values`, a TariffValues."""

    du = DayField(label=_("Premier jour"), help_text=_("jj-mm-aaaa"))
    au = DayField(
        label=_("Dernier jour"),
        help_text=_("jj-mm-aaaa, ce jour compris ; laissez vide si la fin n'est pas connue"),
        required=False,
    )
    montant = AmountField(
        label=_("Montant par heure, en euros"),
        help_text=_("Par exemple 6,20. Le même pour toutes les catégories de gardes."),
        min_value=Decimal("0.01"),
        max_value=MOST,
        max_digits=6,
        decimal_places=2,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits"),
            _(
                "Écrivez un montant de 0,01 à 500 euros, avec deux chiffres au plus après la virgule, par exemple 6,20."
            ),
        ),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 10}),
    )
    source = forms.CharField(
        label=_("Source"),
        help_text=_("Le texte qui fixe ce montant, ou d'où il est connu ; les cercles la lisent aussi."),
        max_length=200,
    )
    simule = forms.BooleanField(
        label=_("Montant simulé"),
        help_text=_("Aucune source publique ne donne ce montant : il est marqué « simulé » partout."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if {"du", "montant", "source"} <= cleaned.keys() and "au" in cleaned:
            try:
                Period(cleaned["du"], cleaned["au"])
            except ValidationError as refusal:
                self.add_error("au", refusal)
                return cleaned
            cleaned["values"] = TariffValues(
                cleaned["du"],
                cleaned["au"],
                cleaned["montant"].quantize(Decimal("0.01")),
                " ".join(cleaned["source"].split()),
                cleaned["simule"],
            )
        return cleaned


def initial_of(tariff: Tariff) -> dict[str, Any]:
    """A tariff as its form shows it."""
    return {
        "du": tariff.valid_from,
        "au": tariff.valid_until,
        "montant": tariff.amount,
        "source": tariff.source,
        "simule": tariff.is_simulated,
    }
