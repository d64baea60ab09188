"""What people ask of several guards at once; each form stands in the address of its page, in the words of that."""

from collections.abc import Iterable
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from bhod.enums import GuardCategory
from bhod.forms import join_year, local_instant, named, offer, offer_one
from bhod.models import GuardUnit
from bhod.selectors.circles import Organisation
from bhod.selectors.guards import month_of, week_of
from bhod_portal.core.fields import OUT_OF_SIGHT, ClockField, DayField, LongSelect
from bhod_portal.core.keys import keys_in
from prosante_login.models import CareProvider

MOST_DOCTORS = 6
MOST_TIMES = 12
MOST_WEEKS = 8
WEEK, MONTH = "semaine", "mois"
BY_GUARD, BY_WEEK = "garde", "semaine"
_REASON_HINT = _("Il reste visible avec chaque garde annulée, et dans l'e-mail aux médecins.")


def _rhythms() -> list[tuple[int, Any]]:
    # At each request: a number put into a text settles the language in which it is read.
    rarer = ((each, _("une semaine sur %(number)s") % {"number": each}) for each in range(2, MOST_WEEKS + 1))
    return [(1, _("chaque semaine")), *rarer]


class PeriodForm(forms.Form):
    """The guards that begin in a period, of one unit or of all. Gives `period` of at most a year, and `unit` or None."""

    du = DayField(label=_("Du"), help_text=_("jj-mm-aaaa"))
    au = DayField(label=_("Au"), help_text=_("jj-mm-aaaa, ce jour compris"))
    unite = forms.TypedChoiceField(label=_("Unité"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, units: Iterable[GuardUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.pk: unit for unit in units}
        offer(self, "unite", [("", _("Toutes")), *_named(self.units)])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        join_year(self, "du", "au")
        data["unit"] = self.units.get(data.get("unite") or 0)
        return data


class ChosenCancelForm(forms.Form):
    """Why the guards that somebody chose in a list are cancelled. Gives `chosen`, their keys."""

    garde = forms.Field(widget=forms.MultipleHiddenInput, error_messages=OUT_OF_SIGHT)
    motif = forms.CharField(label=_("Motif de l'annulation"), help_text=_REASON_HINT, max_length=150)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["chosen"] = keys_in(data.get("garde", ()))
        return data


class GuardsCancelForm(PeriodForm):
    """Which standing guards of a period are cancelled, and why. Gives `medecin`, the key of a doctor or None, too."""

    medecin = forms.TypedChoiceField(
        label=_("Médecin"), coerce=int, empty_value=None, required=False, widget=LongSelect
    )
    motif = forms.CharField(
        label=_("Motif de l'annulation"),
        help_text=_REASON_HINT,
        max_length=150,
    )

    def __init__(self, *args: Any, providers: Iterable[CareProvider], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "medecin", [("", _("Tous")), *((each.pk, named(each)) for each in providers)])


class SeriesForm(PeriodForm):
    """A series of guards. Gives `unit`, `doctors` in the order of their turns, `period`, `shifts`, `weekdays`, `every`."""

    plages = forms.MultipleChoiceField(
        label=_("Quelles gardes"),
        help_text=_("Les plages de votre cercle, par sorte de jour."),
        widget=forms.CheckboxSelectMultiple,
    )
    jours = forms.TypedMultipleChoiceField(
        label=_("Seulement certains jours"),
        help_text=_("Le jour où la garde commence. Rien de coché : tous les jours des plages choisies."),
        coerce=int,
        choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    chaque = forms.TypedChoiceField(
        label=_("Rythme"),
        coerce=int,
        choices=_rhythms,
        initial=1,
    )
    tour = forms.ChoiceField(
        label=_("S'il y a plusieurs médecins, ils se relaient"),
        choices=[(BY_GUARD, _("à chaque garde")), (BY_WEEK, _("à chaque semaine"))],
        initial=BY_GUARD,
    )
    brouillon = forms.BooleanField(
        label=_("en brouillon : les médecins ne sont pas prévenus avant l'enregistrement"), required=False
    )

    def __init__(
        self, *args: Any, providers: Iterable[CareProvider], organisation: Organisation, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.providers = {each.pk: each for each in providers}
        unit = self.fields["unite"]
        unit.required = True
        units = list(_named(self.units))
        offer_one(self, "unite", units)
        offer(self, "plages", _shift_choices(organisation))
        named_ones = [(pk, named(each)) for pk, each in self.providers.items()]
        for number in range(1, MOST_DOCTORS + 1):
            self.fields[f"medecin{number}"] = forms.TypedChoiceField(
                label=_("Médecin") if number == 1 else _("Médecin %(number)s") % {"number": number},
                coerce=int,
                empty_value=None,
                required=number == 1,
                choices=[("", _("Choisissez") if number == 1 else _("–")), *named_ones],
                widget=LongSelect,
            )
        # As the page shows them, for its list of errors.
        turns = (f"medecin{number}" for number in range(1, MOST_DOCTORS + 1))
        self.order_fields(["unite", "du", "au", "plages", "jours", "chaque", *turns])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        chosen = [data.get(f"medecin{number}") for number in range(1, MOST_DOCTORS + 1)]
        data["doctors"] = [self.providers[pk] for pk in chosen if pk is not None]
        data["shifts"] = frozenset(_read_shift(each) for each in data.get("plages", ()))
        data["weekdays"] = frozenset(data.get("jours", ()))
        return data


class CopyForm(forms.Form):
    """Which week or month is copied onto which. Gives `de` and `vers`, any days of theirs, `fois` and `unit`."""

    quoi = forms.ChoiceField(
        label=_("Copier"),
        choices=[(WEEK, _("une semaine, du lundi au dimanche")), (MONTH, _("un mois"))],
        widget=forms.RadioSelect,
        initial=WEEK,
    )
    de = DayField(label=_("À copier"), help_text=_("jj-mm-aaaa, un jour de cette semaine ou de ce mois"))
    vers = DayField(label=_("Vers"), help_text=_("jj-mm-aaaa, un jour de la semaine ou du mois à remplir"))
    fois = forms.TypedChoiceField(
        label=_("Combien de fois"),
        help_text=_("Plusieurs semaines ou plusieurs mois qui se suivent"),
        coerce=int,
        choices=[(number, str(number)) for number in range(1, MOST_TIMES + 1)],
        initial=1,
    )
    unite = forms.TypedChoiceField(label=_("Unité"), coerce=int, empty_value=None, required=False)
    brouillon = forms.BooleanField(
        label=_("en brouillon : les médecins ne sont pas prévenus avant l'enregistrement"), required=False
    )

    def __init__(self, *args: Any, units: Iterable[GuardUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.pk: unit for unit in units}
        offer(self, "unite", [("", _("Toutes")), *_named(self.units)])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["unit"] = self.units.get(data.get("unite") or 0)
        if "de" in data and "vers" in data and "quoi" in data:
            whole = week_of if data["quoi"] == WEEK else month_of
            source, target = whole(data["de"]).start, whole(data["vers"]).start
            if target <= source:
                text = _("Choisissez une semaine ou un mois qui suit celui que vous copiez.")
                self.add_error("vers", ValidationError(text, code="target_not_after"))
        return data


class SplitForm(forms.Form):
    """Where a guard is cut, and who takes the second part. Gives `cut_at` and `provider`."""

    jour = DayField(label=_("Jour du partage"), help_text=_("jj-mm-aaaa"))
    heure = ClockField(label=_("Heure du partage"), help_text=_("hh:mm, heure de Bruxelles"))
    medecin = forms.TypedChoiceField(label=_("Médecin de la seconde partie"), coerce=int, widget=LongSelect)

    def __init__(self, *args: Any, providers: Iterable[CareProvider], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.providers = {each.pk: each for each in providers}
        offer(self, "medecin", [(pk, named(each)) for pk, each in self.providers.items()])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "medecin" in data:
            data["provider"] = self.providers[data["medecin"]]
        if "jour" in data and "heure" in data:
            try:
                data["cut_at"] = local_instant(data["jour"], data["heure"])
            except ValidationError as error:
                self.add_error("heure", error)
        return data


class ReopenForm(forms.Form):
    reason = forms.CharField(
        label=_("Pourquoi la confirmation est retirée"),
        help_text=_(
            "Par exemple « la garde s'est terminée plus tôt » ; cela reste dans l'historique de la garde."
        ),
        max_length=200,
    )


def _named(units: dict[int, GuardUnit]) -> Iterable[tuple[int, str]]:
    return ((pk, unit.name) for pk, unit in units.items())


def _shift_choices(organisation: Organisation) -> list[tuple[str, str]]:
    return [
        (
            f"{category.value} {shift.starts:%H:%M}",
            f"{category.label} {shift.starts:%H:%M} – {shift.ends:%H:%M}"
            + (f" ({shift.name})" if shift.name else ""),
        )
        for category in GuardCategory
        if category != GuardCategory.WEEKNIGHT or organisation.organises_weeknights
        for shift in organisation.shifts[category]
    ]


def _read_shift(chosen: str) -> tuple[GuardCategory, time]:
    category, starts = chosen.split(" ")
    return GuardCategory(category), time.fromisoformat(starts)
