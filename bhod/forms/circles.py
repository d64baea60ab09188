"""What people type about the organisation of a circle."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from bhod.enums import GuardCategory
from bhod.forms import offer
from bhod.models import GuardUnit, GuardZone
from bhod_portal.core.fields import ClockField, DayField
from bhod_portal.core.overtaken_forms import OvertakenForm

# More than there are in Belgium (11.8 million, domain.md 6.3).
MOST_INHABITANTS = 12_000_000
_BETWEEN_THOUSANDS = re.compile(r"(?<=\d)[\s.](?=\d{3}(?!\d))")


class PopulationField(forms.IntegerField):
    """A number of inhabitants, typed 84000, 84 000 or 84.000."""

    default_error_messages = {"invalid": _("Écrivez la population en chiffres, par exemple 84 000.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "size": 12}))
        super().__init__(min_value=1, max_value=MOST_INHABITANTS, **kwargs)

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = _BETWEEN_THOUSANDS.sub("", value)
        return super().to_python(value)


class OrganisationForm(OvertakenForm):
    organises_weeknights = forms.BooleanField(
        label=_("Le cercle organise aussi les nuits de semaine"),
        help_text=_(
            "De 19:00 à 08:00 le lendemain. Cette décision lie tous les médecins généralistes actifs de la zone ; le week-end "
            "et les jours fériés sont organisés de toute façon."
        ),
        required=False,
    )
    swaps_need_manager = forms.BooleanField(
        label=_("Un échange entre médecins attend l'accord du cercle"),
        help_text=_("Sinon, l'échange vaut dès que l'autre médecin l'accepte."),
        required=False,
    )


class ZoneForm(OvertakenForm):
    name = forms.CharField(label=_("Nom de la zone"), max_length=60)
    population = PopulationField(
        label=_("Population"), help_text=_("Nombre d'habitants que le service de garde dessert")
    )


class UnitAddForm(OvertakenForm):
    """A unit. Gives `name` and `zone`, which is None for a unit without one."""

    name = forms.CharField(
        label=_("Nom de l'unité"), help_text=_("Par exemple les communes qu'elle dessert"), max_length=60
    )
    zone = forms.TypedChoiceField(label=_("Zone"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, zones: Iterable[GuardZone], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "zone", [("", _("sans zone")), *((zone.pk, zone.name) for zone in zones)])


class UnitForm(UnitAddForm):
    closed_from = DayField(
        label=_("Fermée à partir du"),
        help_text=_(
            "jj-mm-aaaa ; laissez vide tant que l'unité sert. À partir de ce jour elle n'a plus de gardes ; celles d'avant "
            "restent."
        ),
        required=False,
    )


class ShiftForm(OvertakenForm):
    """When guards start and end on a kind of day; an end not after the start is on the next day."""

    category = forms.ChoiceField(
        label=_("Jours"),
        help_text=_("Une plage appartient au jour où elle commence."),
        choices=[
            (GuardCategory.WEEKEND, _("Samedis et dimanches")),
            (GuardCategory.HOLIDAY, _("Jours fériés hors week-end")),
            (GuardCategory.WEEKNIGHT, _("Autres jours : nuits de semaine")),
        ],
    )
    name = forms.CharField(
        label=_("Nom de la plage"), help_text=_("Par exemple « Jour » ou « Nuit »"), max_length=30
    )
    starts = ClockField(label=_("Début"), help_text=_("hh:mm, heure de Bruxelles"))
    ends = ClockField(
        label=_("Fin"), help_text=_("hh:mm ; une heure égale au début, ou avant lui, est celle du lendemain")
    )


class DoctorUnitsForm(OvertakenForm):
    """In which units a doctor may be on duty. Gives `units`, their keys as texts and in order; none means all."""

    units = forms.MultipleChoiceField(
        label=_("Unités où ce médecin peut être de garde"),
        help_text=_("Aucune cochée : il peut l'être dans toutes."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(
        self, *args: Any, units: Iterable[GuardUnit], guards: Mapping[int, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["units"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  (tells mypy which field it is)
        offered = list(units)
        field.choices = [(str(unit.pk), unit.name) for unit in offered]
        hint = ngettext_lazy("%(number)d garde à venir", "%(number)d gardes à venir", "number")
        hints = {str(unit.pk): hint % {"number": guards[unit.pk]} for unit in offered if unit.pk in guards}
        field.choice_hints = hints  # type: ignore[attr-defined]  # read by the component of a field

    def clean_units(self) -> list[str]:
        """In one order, whatever the browser's."""
        return sorted(self.cleaned_data["units"])
