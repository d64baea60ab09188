from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.fields import InamiNumberField, NameInput, NissField
from prosante_login.selectors import GrantorCriteria

DEFAULT_SIZE = "25"
_SIZES = ("10", DEFAULT_SIZE, "50", "100")


class GrantorSearchForm(forms.Form):
    """« Chercher mandant »: at least one of four criteria, and how many rows a page shows (seed 003, lines 133-142)."""

    criteria_names = ("inami", "niss", "nom", "prenom")

    inami = InamiNumberField(
        label=_("Numéro INAMI"), required=False, help_text=_("Par exemple 1-99905-12-004")
    )
    niss = NissField(
        label=_("Numéro de registre national"), required=False, help_text=_("Par exemple 71.03.14-996.96")
    )
    nom = forms.CharField(
        label=_("Nom"),
        widget=NameInput,
        required=False,
        max_length=150,
        help_text=_("Une partie du nom suffit"),
    )
    prenom = forms.CharField(
        label=_("Prénom"),
        widget=NameInput,
        required=False,
        max_length=150,
        help_text=_("Une partie du prénom suffit"),
    )
    afficher = forms.ChoiceField(
        label=_("Nombre de résultats :"), required=False, initial=DEFAULT_SIZE, choices=()
    )

    def __init__(self, data: Mapping[str, str] | None = None) -> None:
        super().__init__(data)
        cast(forms.ChoiceField, self.fields["afficher"]).choices = [
            (size, _("Afficher %(number)s") % {"number": size}) for size in _SIZES
        ]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.errors and not any(data.get(name) for name in self.criteria_names):
            self.add_error(
                None,
                forms.ValidationError(
                    _(
                        "Remplissez au moins un critère : le numéro INAMI, le numéro de registre national, le nom ou le "
                        "prénom du dispensateur de soins."
                    ),
                    code="no_criterion",
                ),
            )
        return data

    def criteria(self) -> GrantorCriteria:
        """What a valid form asks."""
        data = self.cleaned_data
        return GrantorCriteria(
            inami_number=data["inami"], niss=data["niss"], last_name=data["nom"], first_name=data["prenom"]
        )

    @property
    def page_size(self) -> int:
        """How many rows a page of the results shows; of a valid form."""
        return int(self.cleaned_data["afficher"] or DEFAULT_SIZE)
