"""What people type about guards and doctors, read into values of the domain."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bhod.models import GuardUnit
from bhod_portal.core.clock import BRUSSELS
from bhod_portal.core.fields import ClockField, DayField, InamiNumberField, join_days
from bhod_portal.core.identifiers import format_inami
from prosante_login.models import CareProvider

LONGEST_STATEMENT = timedelta(days=366)
_MONTH = re.compile(r"(?P<year>20[0-9]{2}|21[0-9]{2})-(?P<month>0[1-9]|1[0-2])")


def read_month(text: str) -> date | None:
    """The first day of a month written as 2026-03 (years 2000 to 2199); None for anything else."""
    match = _MONTH.fullmatch(text)
    return date(int(match["year"]), int(match["month"]), 1) if match else None


def local_instant(day: date, clock_time: time) -> datetime:
    """The instant at which the clocks in Brussels show this time.

    Refuses a time that the night of March skips with `nonexistent_time`; of a time that the night of October has twice
    it takes the first.
    """
    instant = datetime.combine(day, clock_time, tzinfo=BRUSSELS)
    if datetime.fromtimestamp(instant.timestamp(), BRUSSELS).time() != clock_time:
        raise ValidationError(
            _("Cette heure n'existe pas : cette nuit-là, l'heure d'été fait passer de 02:00 à 03:00."),
            code="nonexistent_time",
        )
    return instant


def is_ambiguous(instant: datetime) -> bool:
    """Whether the clocks in Brussels show this time twice, in the night of October."""
    there = instant.astimezone(BRUSSELS)
    return there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset()


class GuardForm(forms.Form):
    """A guard of a circle: unit, doctor, and from when to when by the clock in Brussels.

    Gives `unit`, `provider`, `starts_at` and `ends_at`.
    """

    unit = forms.TypedChoiceField(label=_("Unité"), coerce=int)
    provider = forms.TypedChoiceField(label=_("Médecin"), coerce=int)
    start_day = DayField(label=_("Jour de début"), help_text=_("jj-mm-aaaa"))
    start_time = ClockField(label=_("Heure de début"), help_text=_("hh:mm, heure de Bruxelles"))
    end_day = DayField(label=_("Jour de fin"), help_text=_("jj-mm-aaaa"))
    end_time = ClockField(label=_("Heure de fin"), help_text=_("hh:mm, heure de Bruxelles"))

    def __init__(
        self, *args: Any, units: Iterable[GuardUnit], providers: Iterable[CareProvider], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.pk: unit for unit in units}
        self.providers = {provider.pk: provider for provider in providers}
        self._offer("unit", [(pk, unit.name) for pk, unit in self.units.items()])
        self._offer("provider", [(pk, named(provider)) for pk, provider in self.providers.items()])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for end in ("start", "end"):
            day, clock_time = data.pop(f"{end}_day", None), data.pop(f"{end}_time", None)
            if day is None or clock_time is None:
                continue
            try:
                data[f"{end}s_at"] = local_instant(day, clock_time)
            except ValidationError as error:
                self.add_error(f"{end}_time", error)
        if "unit" in data:
            data["unit"] = self.units[data["unit"]]
        if "provider" in data:
            data["provider"] = self.providers[data["provider"]]
        return data

    def _offer(self, name: str, choices: Sequence[tuple[int, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  (tells mypy which field it is)
        field.choices = choices if len(choices) == 1 else [("", _("Choisissez")), *choices]


class GuardCancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Motif de l'annulation"),
        help_text=_("Il reste visible avec la garde annulée, par exemple « échange avec un confrère »."),
        max_length=200,
    )


class GuardFilterForm(forms.Form):
    """Which guards of the month the list shows; what isn't understood is as if it weren't asked."""

    unite = forms.TypedChoiceField(label=_("Unité"), coerce=int, empty_value=None, required=False)
    medecin = forms.TypedChoiceField(label=_("Médecin"), coerce=int, empty_value=None, required=False)

    def __init__(
        self, *args: Any, units: Iterable[GuardUnit], providers: Iterable[CareProvider], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, everything, choices in (
            ("unite", _("Toutes"), [(unit.pk, unit.name) for unit in units]),
            ("medecin", _("Tous"), [(provider.pk, named(provider)) for provider in providers]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  (tells mypy which field it is)
            field.choices = [("", everything), *choices]


class DoctorEnrolForm(forms.Form):
    """A doctor for the list of the circle. Gives `inami_number`, `supervisor_number` (may be empty) and `period`."""

    inami_number = InamiNumberField(
        label=_("Numéro INAMI"), help_text=_("11 chiffres, par exemple 1-99905-12-004")
    )
    valid_from = DayField(label=_("Inscrit du"), help_text=_("jj-mm-aaaa"))
    valid_until = DayField(
        label=_("Inscrit jusqu'au"),
        help_text=_("jj-mm-aaaa ; laissez vide si la fin n'est pas connue"),
        required=False,
    )
    supervisor_number = InamiNumberField(
        label=_("Numéro INAMI du maître de stage"),
        help_text=_("Seulement pour un candidat médecin généraliste (codes 005 et 006)"),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        join_days(self, "valid_from", "valid_until")
        return self.cleaned_data


class DoctorEndForm(forms.Form):
    last_day = DayField(label=_("Dernier jour d'inscription"), help_text=_("jj-mm-aaaa, ce jour compris"))
    confirm = forms.BooleanField(label=_("oui, je confirme"))


class StatementForm(forms.Form):
    """The period of the finances. Gives `period`, of at most a year."""

    du = DayField(label=_("Du"), help_text=_("jj-mm-aaaa"))
    au = DayField(label=_("Au"), help_text=_("jj-mm-aaaa, ce jour compris"))

    def clean(self) -> dict[str, Any]:
        join_days(self, "du", "au")
        data = self.cleaned_data
        if "period" in data and data["au"] - data["du"] >= LONGEST_STATEMENT:
            text = _("Choisissez une période d'un an au plus.")
            self.add_error("au", ValidationError(text, code="period_too_long"))
        return data


def named(provider: CareProvider) -> str:
    """A doctor in a list to choose from: name first, as the list is sorted by it."""
    person = provider.person
    return f"{person.last_name} {person.first_name} ({format_inami(provider.inami_number)})"
