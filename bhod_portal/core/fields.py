"""Form fields that read what people type into values of the domain."""

import json
from collections.abc import Mapping
from datetime import date, time
from typing import Any, NoReturn

from django import forms
from django.core.validators import RegexValidator
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.forms.widgets import Script
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.identifiers import read_bce, read_iban, read_inami, read_niss
from bhod_portal.core.periods import Period

DAY_FORMATS = ["%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"]
EARLIEST_DAY = date(1900, 1, 1)
LATEST_DAY = date(2199, 12, 31)

# For fields that the page itself fills in, hidden: nobody can mend what is wrong in them.
OUT_OF_SIGHT = dict.fromkeys(
    (
        "required",
        "invalid",
        "overflow",
        "min_value",
        "max_value",
        "max_length",
        "max_decimal_places",
        "null_characters_not_allowed",
    ),
    _("Cette page n'est plus valable, et rien n'a été enregistré : ouvrez-la à nouveau, puis recommencez."),
)


class LongSelect(forms.Select):
    """A choice among many, without groups: its options are made from one pattern, where Django renders two templates each."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            (
                (option["value"], flatatt(option["attrs"]), option["label"])
                for _group, members, _number in widget["optgroups"]
                for option in members
            ),
        )
        return format_html(
            '<select name="{}"{}>\n{}\n</select>', widget["name"], flatatt(widget["attrs"]), options
        )


class DayInput(forms.DateInput):
    """A box in which one types a day; where scripts run, a button beside it opens the browser's calendar."""

    class Media:
        js = (Script("js/day-picker.js", defer=True),)

    def __init__(self) -> None:
        attrs = {
            "placeholder": _("jj-mm-aaaa"),
            "autocomplete": "off",
            "spellcheck": "false",
            "data-calendar": _("Choisir dans un calendrier"),
            "data-earliest": EARLIEST_DAY.isoformat(),
            "data-latest": LATEST_DAY.isoformat(),
        }
        super().__init__(attrs, format="%d-%m-%Y")


class DayField(forms.DateField):
    """A day typed as jj-mm-aaaa, j-m-aaaa or with slashes (seed 000, line 507)."""

    default_error_messages = {
        "invalid": _("Cette date n'existe pas. Écrivez-la jj-mm-aaaa, par exemple 23-12-2026."),
        "out_of_range": _("Cette date est hors du calendrier de l'application (1900 à 2199)."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", DAY_FORMATS)
        kwargs.setdefault("widget", DayInput)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        if day is not None and not EARLIEST_DAY <= day <= LATEST_DAY:
            raise forms.ValidationError(self.error_messages["out_of_range"], code="out_of_range")
        return day


class ClockField(forms.TimeField):
    """A time of the day typed as 19:00, 19h00, 19 h or 19."""

    default_error_messages = {"invalid": _("Écrivez l'heure hh:mm, par exemple 19:00.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%H:%M", "%Hh%M", "%Hh", "%H"])
        widget = forms.TimeInput(format="%H:%M", attrs={"placeholder": _("hh:mm"), "size": 5, "maxlength": 8})
        kwargs.setdefault("widget", widget)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> time | None:
        if isinstance(value, str):
            value = value.replace(" ", "").lower()
        return super().to_python(value)


def join_days(form: forms.Form, start: str, end: str) -> None:
    """From `clean`: put the Period of two day fields into `cleaned_data["period"]`; a reversed pair is told at the end.

    Does nothing while one of the two is in error; an empty end stays open.
    """
    data = form.cleaned_data
    if start in data and end in data:
        try:
            data["period"] = Period(data[start], data[end])
        except forms.ValidationError as refusal:
            form.add_error(end, refusal)


class TableFileField(forms.FileField):
    """A table to import, as `core.tables` reads it; what it holds, and that it holds something, is judged there."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("CSV ou classeur Excel (.xlsx), 5 Mo et 10 000 lignes au plus."))
        super().__init__(allow_empty_file=True, widget=forms.FileInput, **kwargs)


class NameInput(forms.TextInput):
    """A box for somebody's name, or what one is looked for by: no browser proposes its user's own, or corrects it."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false"} | (attrs or {}))


class EmailField(forms.EmailField):
    """An e-mail address of a length that mail servers take and the database keeps (254; Django's own takes 320).

    `own`: that of who types it, which the browser may propose (WCAG 2.2, 1.3.5).
    """

    # Django speaks of a « courriel », our labels of an « adresse e-mail ».
    default_error_messages = {
        "invalid": _("Écrivez une adresse e-mail entière, par exemple prenom.nom@exemple.be.")
    }

    def __init__(self, *, own: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 254)
        super().__init__(**kwargs)
        self.widget.attrs["autocomplete"] = "email" if own else "off"


class PhoneField(forms.CharField):
    """A telephone number as people write it; kept as typed. `own`: as of an `EmailField`."""

    default_validators = [
        RegexValidator(
            r"^\+?(?:[ ./()-]*\d){8,15}[ ./()-]*$",
            _("Écrivez un numéro de téléphone de 8 à 15 chiffres, par exemple +32 470 00 00 01."),
            code="malformed",
        )
    ]

    def __init__(self, *, own: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 30)
        box = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel" if own else "off"})
        kwargs.setdefault("widget", box)
        super().__init__(**kwargs)


_NUL = "\\u0000"


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


class SeenField(forms.Field):
    """The values that a form's author had before him when he began, by name; only ever compared, so worth no signature."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return json.dumps(value) if isinstance(value, Mapping) else value

    def to_python(self, value: Any) -> dict[str, Any]:
        try:
            seen = json.loads(value or "{}", parse_constant=_no_number)
        except (ValueError, RecursionError):
            return {}
        # A draft may keep it, and PostgreSQL keeps no such sign.
        return seen if isinstance(seen, dict) and _NUL not in json.dumps(seen) else {}


class _NumberField(forms.CharField):
    # The keys of a phone: all of these numbers can be typed in digits alone, but for an account's.
    inputmode = "numeric"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 30)
        attrs = {"inputmode": self.inputmode, "autocomplete": "off", "spellcheck": "false"}
        widget = forms.TextInput(attrs=attrs)
        kwargs.setdefault("widget", widget)
        super().__init__(**kwargs)


class NissField(_NumberField):
    """A NISS in any usual writing; gives 11 digits."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return read_niss(text) if text else ""


class BceNumberField(_NumberField):
    """An enterprise number in any usual writing; gives 10 digits."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return read_bce(text) if text else ""


class InamiNumberField(_NumberField):
    """An INAMI number in any usual writing; gives 11 digits."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return read_inami(text) if text else ""


class IbanField(_NumberField):
    """An account number (IBAN) of SEPA in any usual writing; gives its bare form."""

    inputmode = "text"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 42} | kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return read_iban(text) if text else ""
