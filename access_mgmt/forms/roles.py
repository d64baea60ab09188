from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access_mgmt.enums import CIRCLE_FUNCTIONS, Function, QualityKind
from access_mgmt.models import Quality
from bhod_portal.core.fields import DayField, join_days


class PeriodForm(forms.Form):
    """The dates of a function; gives `period`."""

    valid_from = DayField(label=_("Date de début"))
    valid_until = DayField(
        label=_("Date de fin"), required=False, help_text=_("La date de fin n'est pas obligatoire")
    )

    def clean(self) -> dict[str, Any]:
        join_days(self, "valid_from", "valid_until")
        return self.cleaned_data


class RoleAssignForm(PeriodForm):
    field_order = ["function", "valid_from", "valid_until"]

    function = forms.ChoiceField(label=_("Fonction"))

    def __init__(self, *args: Any, quality: Quality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [
            (function.value, function.label)
            for function in Function
            if quality.kind == QualityKind.EHEALTH or function not in CIRCLE_FUNCTIONS
        ]
        if quality.kind != QualityKind.EHEALTH:
            self.fields["function"].error_messages["invalid_choice"] = _(
                "Choisissez une fonction de la liste. Les deux fonctions des cercles de médecins généralistes pour BHOD ne "
                "se donnent que sous la qualité « eHealth Soins de Santé »."
            )
        self.fields["function"].choices = [("", _("Choisissez une fonction")), *offered]  # type: ignore[attr-defined]  # as above


class RoleEditForm(PeriodForm):
    """Other dates for a function that was given."""
