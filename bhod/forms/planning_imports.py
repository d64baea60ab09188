"""What is said of a file of a planning: which it is, which heading is which column, and what shall be done with it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bhod.forms import join_year, offer
from bhod.models import GuardUnit
from bhod_portal.core.fields import DayField, TableFileField


class PlanningFileForm(forms.Form):
    file = TableFileField(
        label=_("Fichier du planning"),
        help_text=_(
            "CSV ou classeur Excel (.xlsx) de 10 000 lignes au plus, ou calendrier iCal (.ics) de 5 000 événements au plus ; "
            "5 Mo au plus."
        ),
    )


class PlanningColumnsForm(forms.Form):
    """For each heading of the file, the column that it is. Gives `columns` (column → place) and `unit_id`.

    `samples` are values of each column of the file.
    """

    unit = forms.TypedChoiceField(
        label=_("Unité des lignes qui n'en nomment pas"), coerce=int, empty_value=None, required=False
    )

    def __init__(
        self,
        *args: Any,
        headings: Sequence[str],
        samples: Sequence[Sequence[str]],
        labels: Mapping[str, Promise],
        units: Iterable[GuardUnit],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", [("", _("Aucune")), *((unit.pk, unit.name) for unit in units)])
        offered = [("", _("Ne pas importer")), *labels.items()]
        self._labels = labels
        self.names = [f"column-{place}" for place in range(len(headings))]
        for place, (name, heading) in enumerate(zip(self.names, headings, strict=True)):
            label = heading or _("Colonne %(place)d, sans intitulé") % {"place": place + 1}
            values = " ; ".join(samples[place])
            hint = _("Dans le fichier : %(values)s") % {"values": values} if values else _("Colonne vide")
            self.fields[name] = forms.ChoiceField(
                label=label, help_text=hint, choices=offered, required=False
            )

    def clean(self) -> dict[str, Any]:
        data, columns = self.cleaned_data, {}
        for place, name in enumerate(self.names):
            key = data.get(name)
            if key and key in columns:
                text = _("« %(label)s » est déjà une autre colonne : choisissez-en une seule.")
                params = {"label": self._labels[key]}
                self.add_error(name, ValidationError(text, code="column_twice", params=params))
            elif key:
                columns[key] = place
        return data | {"columns": columns, "unit_id": data.get("unit")}


class PlanningOptionsForm(forms.Form):
    """Drafts or registered guards; and whether the file is the whole planning of units over a period.

    Gives `as_drafts`, `period` (None unless it is) and `replaced` (keys of units).
    """

    state = forms.ChoiceField(
        label=_("Les gardes ajoutées seront"),
        choices=[
            ("registered", _("enregistrées : leurs médecins sont prévenus")),
            ("draft", _("des brouillons : seul le cercle les voit")),
        ],
        widget=forms.RadioSelect,
        initial="registered",
    )
    replaces = forms.BooleanField(
        label=_("Ce fichier est le planning complet : les gardes qu'il ne nomme pas sont annulées"),
        required=False,
    )
    first_day = DayField(label=_("Planning complet du"), help_text=_("jj-mm-aaaa"), required=False)
    last_day = DayField(label=_("Jusqu'au"), help_text=_("jj-mm-aaaa, ce jour compris"), required=False)
    units = forms.TypedMultipleChoiceField(
        label=_("De ces unités"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, offered: Iterable[GuardUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "units", [(unit.pk, unit.name) for unit in offered])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["as_drafts"] = data.get("state") == "draft"
        if not data.get("replaces"):
            return data | {"period": None, "replaced": frozenset()}
        for name in ("first_day", "last_day"):
            if name in data and data[name] is None:
                self.add_error(name, ValidationError(_("Indiquez ce jour."), code="required"))
        if "units" in data and not data["units"]:
            self.add_error("units", ValidationError(_("Choisissez au moins une unité."), code="required"))
        join_year(self, "first_day", "last_day")
        return data | {"replaced": frozenset(data.get("units", ()))}
