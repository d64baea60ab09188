"""What people type about guards and doctors, read into values of the domain."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.clock import BRUSSELS
from bhod_portal.core.fields import DayField, join_days
from bhod_portal.core.identifiers import format_inami
from prosante_login.models import CareProvider

LONGEST = timedelta(days=366)
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


def join_year(form: forms.Form, start: str, end: str) -> None:
    """As `join_days`, of a period of at most a year: refuses a longer one at its end with `period_too_long`."""
    join_days(form, start, end)
    data = form.cleaned_data
    if "period" in data and data[end] - data[start] >= LONGEST:
        text = _("Choisissez une période d'un an au plus.")
        form.add_error(end, ValidationError(text, code="period_too_long"))


class StatementForm(forms.Form):
    """The period of the finances. Gives `period`, of at most a year."""

    du = DayField(label=_("Du"), help_text=_("jj-mm-aaaa"))
    au = DayField(label=_("Au"), help_text=_("jj-mm-aaaa, ce jour compris"))

    def clean(self) -> dict[str, Any]:
        join_year(self, "du", "au")
        return self.cleaned_data


def offer(form: forms.Form, name: str, choices: Sequence[tuple[Any, str | Promise]]) -> None:
    """Give a field of choices what there is to choose from."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101  (tells mypy which field it is)
    field.choices = choices


def offer_one(form: forms.Form, name: str, choices: Sequence[tuple[int, str]]) -> None:
    """The same of a field in which one must choose; the only one there is is chosen."""
    offer(form, name, choices if len(choices) == 1 else [("", _("Choisissez")), *choices])


def named(provider: CareProvider) -> str:
    """A doctor in a list to choose from: name first, as the list is sorted by it."""
    person = provider.person
    return f"{person.last_name} {person.first_name} ({format_inami(provider.inami_number)})"
