"""Which lines of a payment are shown, and what a statement is of."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bhod.forms import StatementForm, named, offer
from bhod.services.statements import BY_DOCTOR, BY_GUARD
from prosante_login.models import CareProvider

ALL_LINES, CORRECTIONS = "", "corrections"


class ExportForm(StatementForm):
    """Of which period a statement is, and which of its tables a CSV file holds."""

    par = forms.ChoiceField(
        label=_("Le fichier CSV ne porte qu'un tableau"),
        choices=[(BY_GUARD, _("par garde")), (BY_DOCTOR, _("par médecin"))],
        widget=forms.RadioSelect,
        required=False,
        initial=BY_GUARD,
    )


class RunLinesForm(forms.Form):
    """The lines of one doctor, or the corrections only; what isn't understood leaves all of them."""

    medecin = forms.TypedChoiceField(label=_("Médecin"), coerce=int, empty_value=None, required=False)
    lignes = forms.ChoiceField(
        label=_("Lignes"),
        choices=[(ALL_LINES, _("Toutes")), (CORRECTIONS, _("Corrections seulement"))],
        required=False,
    )

    def __init__(self, *args: Any, providers: Iterable[CareProvider], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "medecin", [("", _("Tous")), *((each.pk, named(each)) for each in providers)])


class YearForm(forms.Form):
    """The year of payment; what isn't understood is the latest."""

    annee = forms.TypedChoiceField(label=_("Année de paiement"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.latest = years[0]
        offer(self, "annee", [(year, str(year)) for year in years])

    def asked(self) -> int:
        """The year that is asked for."""
        year: int | None = self.cleaned_data.get("annee") if self.is_valid() else None
        return year or self.latest
