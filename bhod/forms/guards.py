"""What people type about guards, in a page and in a cell of the grid."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bhod.eligibility import ONE_DAY
from bhod.enums import GuardCategory, GuardState
from bhod.forms import local_instant, named, offer, offer_one
from bhod.models import Guard, GuardUnit
from bhod.selectors.circles import DayShift
from bhod_portal.core.clock import BRUSSELS
from bhod_portal.core.fields import OUT_OF_SIGHT, ClockField, DayField, LongSelect
from bhod_portal.core.names import plain
from bhod_portal.core.overtaken_forms import OvertakenForm
from bhod_portal.core.overtaking import comparable
from prosante_login.models import CareProvider

OWN_HOURS = "autre"
# Those of the months that the grid shows.
FIRST_YEAR, LAST_YEAR = 2000, 2199


class _NamesDoctor:
    """A form of a guard: tells whether its doctor has to be enrolled first, so that the page leads there."""

    errors: ErrorDict

    @property
    def asks_to_enrol(self) -> bool:
        found = (error.code for errors in self.errors.as_data().values() for error in errors)
        return not {"doctor_unknown", "not_enrolled"}.isdisjoint(found)


class GuardForm(_NamesDoctor, forms.Form):
    """A guard of a circle: unit, doctor, and from when to when by the clock in Brussels.

    Gives `unit`, `provider`, `starts_at` and `ends_at`, and `state`: a draft, or registered.
    """

    unit = forms.TypedChoiceField(label=_("Unité"), coerce=int)
    provider = forms.TypedChoiceField(label=_("Médecin"), coerce=int, widget=LongSelect)
    start_day = DayField(label=_("Jour de début"), help_text=_("jj-mm-aaaa"))
    start_time = ClockField(label=_("Heure de début"), help_text=_("hh:mm, heure de Bruxelles"))
    end_day = DayField(label=_("Jour de fin"), help_text=_("jj-mm-aaaa"))
    end_time = ClockField(label=_("Heure de fin"), help_text=_("hh:mm, heure de Bruxelles"))
    draft = forms.BooleanField(
        label=_("Enregistrer comme brouillon"),
        help_text=_(
            "Seul le cercle voit un brouillon : son médecin n'est prévenu que quand il est enregistré."
        ),
        required=False,
    )

    def __init__(
        self, *args: Any, units: Iterable[GuardUnit], providers: Iterable[CareProvider], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.pk: unit for unit in units}
        self.providers = {provider.pk: provider for provider in providers}
        offer_one(self, "unit", [(pk, unit.name) for pk, unit in self.units.items()])
        offer_one(self, "provider", [(pk, named(provider)) for pk, provider in self.providers.items()])

    def clean(self) -> dict[str, Any]:
        _join_instants(self)
        data = self.cleaned_data
        data["state"] = GuardState.DRAFT if data.get("draft") else GuardState.REGISTERED
        return data

    @property
    def wanted(self) -> dict[str, Any]:
        """What the guard shall be, of a form that is in order."""
        data = self.cleaned_data
        return {
            "unit": self.units[data["unit"]],
            "provider": self.providers[data["provider"]],
            "starts_at": data["starts_at"],
            "ends_at": data["ends_at"],
            "state": data["state"],
        }


def _version_field() -> forms.IntegerField:
    return forms.IntegerField(
        widget=forms.HiddenInput,
        required=False,
        min_value=0,
        max_value=2**31 - 1,
        error_messages=OUT_OF_SIGHT,
    )


class GuardEditForm(OvertakenForm, GuardForm):
    """The same for a guard that stands; `version` is the one that the page was opened on."""

    version = _version_field()

    def __init__(self, *args: Any, is_draft: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_draft:
            del self.fields["draft"]


class GuardCancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Motif de l'annulation"),
        help_text=_("Il reste visible avec la garde annulée, par exemple « échange avec un confrère »."),
        max_length=200,
    )
    version = _version_field()


class QuickGuardForm(_NamesDoctor, forms.Form):
    """A guard in a cell of the grid: what the cell doesn't say, and the shift of the day or hours of one's own.

    Gives what GuardForm gives. A doctor is found by any part of his name or of his number that no other has.
    """

    # As they stand on the page: what is wrong is told in the same order.
    field_order = ("doctor", "unit")

    unit = forms.TypedChoiceField(label=_("Unité"), coerce=int)
    doctor = forms.CharField(
        label=_("Médecin"), help_text=_("son nom, ou une partie"), max_length=200, widget=forms.TextInput
    )
    shift = forms.ChoiceField(label=_("Plage"), widget=forms.RadioSelect)
    start_time = ClockField(label=_("De"), required=False)
    end_time = ClockField(label=pgettext_lazy("heure", "À"), required=False)
    draft = GuardForm.base_fields["draft"]

    def __init__(
        self,
        *args: Any,
        day: date,
        shifts: Sequence[DayShift],
        units: Iterable[GuardUnit],
        providers: Iterable[CareProvider],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.day = day
        self.shifts = shifts
        self.units = {unit.pk: unit for unit in units}
        self.names = {named(provider): provider for provider in providers}
        offer_one(self, "unit", [(pk, unit.name) for pk, unit in self.units.items()])
        choices = [(str(number), _said(shift)) for number, shift in enumerate(shifts)]
        offer(self, "shift", [*choices, (OWN_HOURS, _("D'autres heures"))])
        self.fields["doctor"].widget.attrs |= {
            "list": "medecins",
            "autocomplete": "off",
            "spellcheck": "false",
        }

    def clean_doctor(self) -> CareProvider:
        typed = self.cleaned_data["doctor"]
        if typed in self.names:
            return self.names[typed]
        asked = plain(typed)
        digits = "".join(sign for sign in typed if sign.isdigit())
        found = [
            provider
            for name, provider in self.names.items()
            if asked in plain(name)
            or (digits and not asked.strip("0123456789-./ ") and digits in provider.inami_number)
        ]
        if not found:
            raise ValidationError(
                _(
                    "Aucun médecin inscrit ne s'appelle ainsi : écrivez une partie de son nom, ou inscrivez-le d'abord."
                ),
                code="doctor_unknown",
            )
        if len(found) > 1:
            names = "; ".join(named(each) for each in found[:5])
            raise ValidationError(
                _("Plusieurs médecins répondent à ce nom, écrivez-en plus : %(names)s."),
                code="doctor_ambiguous",
                params={"names": names},
            )
        return found[0]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["state"] = GuardState.DRAFT if data.get("draft") else GuardState.REGISTERED
        chosen = data.get("shift")
        if chosen is None:
            return data
        if chosen != OWN_HOURS:
            data["starts_at"], data["ends_at"] = self.shifts[int(chosen)].on(self.day)
            return data
        for name in ("start_time", "end_time"):
            if name not in self.errors and data.get(name) is None:
                self.add_error(
                    name, ValidationError(self.fields["doctor"].error_messages["required"], "required")
                )
        if "start_time" in self.errors or "end_time" in self.errors:
            return data
        # An end not after the start is on the next day, as that of a shift is.
        last = self.day + ONE_DAY if data["end_time"] <= data["start_time"] else self.day
        data |= {"start_day": self.day, "end_day": last}
        _join_instants(self)
        return data

    @property
    def wanted(self) -> dict[str, Any]:
        """What the guard shall be, of a form that is in order."""
        data = self.cleaned_data
        return {
            "unit": self.units[data["unit"]],
            "provider": data["doctor"],
            "starts_at": data["starts_at"],
            "ends_at": data["ends_at"],
            "state": data["state"],
        }


class GuardFilterForm(forms.Form):
    """Which guards of the month the list shows; what isn't understood is as if it weren't asked."""

    unite = forms.TypedChoiceField(label=_("Unité"), coerce=int, empty_value=None, required=False)
    medecin = forms.TypedChoiceField(
        label=_("Médecin"), coerce=int, empty_value=None, required=False, widget=LongSelect
    )
    etat = forms.TypedChoiceField(
        label=_("État"),
        coerce=GuardState,
        empty_value=None,
        required=False,
        choices=[("", _("Tous, sauf annulée")), *GuardState.choices],
    )
    categorie = forms.TypedChoiceField(
        label=_("Heures honorées"),
        coerce=GuardCategory,
        empty_value=None,
        required=False,
        choices=[("", _("Toutes")), *GuardCategory.choices],
    )
    problemes = forms.BooleanField(label=_("Seulement les gardes à vérifier"), required=False)
    annulees = forms.BooleanField(label=_("Montrer aussi les gardes annulées"), required=False)

    def __init__(
        self, *args: Any, units: Iterable[GuardUnit], providers: Iterable[CareProvider], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unite", [("", _("Toutes")), *((unit.pk, unit.name) for unit in units)])
        offer(self, "medecin", [("", _("Tous")), *((each.pk, named(each)) for each in providers)])


def read_hours(asked: Mapping[str, str]) -> dict[str, Any]:
    """The hours that a page proposes, `debut` as 20:00 and `fin` as 2026-03-09T08:00; nothing where it isn't both."""
    try:
        start, end = time.fromisoformat(asked.get("debut", "")), datetime.fromisoformat(asked.get("fin", ""))
    except ValueError:
        return {}
    return {
        "start_time": start.replace(tzinfo=None),
        "end_day": end.date(),
        "end_time": end.time().replace(tzinfo=None),
    }


def read_day(text: str) -> date | None:
    """A day written as 2026-03-12 (years 2000 to 2199); None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def values_of(guard: Guard) -> dict[str, Any]:
    """A guard as the fields of its form show it."""
    starts_at, ends_at = (localtime(each, BRUSSELS) for each in (guard.starts_at, guard.ends_at))
    return {
        "unit": guard.unit_id,
        "provider": guard.provider_id,
        "start_day": starts_at.date(),
        "start_time": time(starts_at.hour, starts_at.minute),
        "end_day": ends_at.date(),
        "end_time": time(ends_at.hour, ends_at.minute),
        "draft": guard.state == GuardState.DRAFT,
    }


def seen_of(guard: Guard) -> dict[str, Any]:
    """The same as a page keeps it, to be compared with what stands when it is sent."""
    return {name: comparable(value) for name, value in values_of(guard).items()}


def _join_instants(form: forms.Form) -> None:
    """Put the instants of the days and times of a form into its `cleaned_data`."""
    data: Mapping[str, Any] = form.cleaned_data
    for end in ("start", "end"):
        day, clock_time = data.get(f"{end}_day"), data.get(f"{end}_time")
        if day is None or clock_time is None:
            continue
        try:
            form.cleaned_data[f"{end}s_at"] = local_instant(day, clock_time)
        except ValidationError as error:
            form.add_error(f"{end}_time", error)


def _said(shift: DayShift) -> str:
    hours = f"{shift.starts:%H:%M} – {shift.ends:%H:%M}"
    return f"{shift.name} ({hours})" if shift.name else hours
