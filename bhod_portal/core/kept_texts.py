"""Sentences of ours that stay in the database, for readers of any language.

What is kept is the source string with what fills it in; the reader's language says the rest. What people wrote
themselves is kept, and shown, as it is.
"""

import json
import re
from datetime import UTC, date, datetime
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import models
from django.utils import translation
from django.utils.functional import Promise

from bhod_portal.core.names import elided
from bhod_portal.core.shown import shown_day, shown_instant

if TYPE_CHECKING:
    _TextField = models.CharField[str, str]
else:
    _TextField = models.CharField

# An invisible sign that no keyboard has.
_MARK = "\u2063"
_LONGEST = 200


class KeptText(str):
    """A sentence in the language in which it was asked for; `source` is what is kept of it."""

    source: str


class Month(NamedTuple):
    """A month, by its first day."""

    first_day: date


def keep(text: str, **values: str | int | date | Month | Promise) -> KeptText:
    """A source string (named to the catalogues by `gettext_noop`), filled in with names, days, instants and other texts.

    A name that is too long for the database is cut; where that is not enough, the words of now are kept.
    """
    packed = [text, *(_packed(values[name]) for name in _names_in(text))]
    beyond = len(_source(packed)) - _LONGEST
    if beyond > 0:
        long = max(range(1, len(packed)), key=lambda place: _length(packed[place]))
        if _length(packed[long]) < beyond + 2:
            plain = KeptText(_said(*packed)[:_LONGEST])
            plain.source = str(plain)
            return plain
        packed[long] = f"{packed[long][: -beyond - 1]}…"
    return _kept(_source(packed))


def told(text: str) -> str:
    """A text that was kept, in the reader's language; anything else as it is."""
    source = getattr(text, "source", text)
    if not source.startswith(_MARK):
        return text
    try:
        return _said(*json.loads(source[1:]))
    except (ValueError, TypeError, AttributeError, LookupError):
        return source[1:]


class KeptTextField(_TextField):
    """A text column of at most 200 signs that reads in the language of who loads it."""

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str | None:
        return _kept(value) if value and value.startswith(_MARK) else value

    def get_prep_value(self, value: Any) -> Any:
        return getattr(value, "source", None) or _unmarked(super().get_prep_value(value))

    def deconstruct(self) -> Any:
        # For the database it is a column of text like others.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


def _kept(source: str) -> KeptText:
    text = KeptText(told(source))
    text.source = source
    return text


def _names_in(text: str) -> list[str]:
    """What fills a text in, in the order in which it asks for it."""
    return list(dict.fromkeys(re.findall(r"%\((\w+)\)s", text)))


def _source(packed: list[Any]) -> str:
    return _MARK + json.dumps(packed, ensure_ascii=False, separators=(",", ":"))


def _length(value: Any) -> int:
    """Of what can be cut."""
    return len(value) if isinstance(value, str) and not value.startswith(_MARK) else 0


def _packed(value: str | int | date | Month | Promise) -> Any:
    if isinstance(value, KeptText):
        return json.loads(value.source[1:]) if value.source.startswith(_MARK) else value.source
    if isinstance(value, Promise):
        # Our sources are French.
        with translation.override("fr"):
            return [str(value)]
    if isinstance(value, Month):
        return f"{_MARK}m{value.first_day.isoformat()}"
    if isinstance(value, datetime):
        return f"{_MARK}t{value.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
    return f"{_MARK}d{value.isoformat()}" if isinstance(value, date) else _unmarked(value)


def _unmarked(value: Any) -> Any:
    """What a person typed: with the mark, it would be read as a sentence of ours, and fill the memory by its widths."""
    return value.replace(_MARK, "") if isinstance(value, str) else value


def _said(text: str, *packed: Any) -> str:
    said = translation.gettext(text)
    names = _names_in(text)
    if not names:
        return said
    values = dict(zip(names, map(_shown, packed), strict=True))
    return reduce(elided, values.values(), said % values)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return _said(*value)
    if not (isinstance(value, str) and value.startswith(_MARK)):
        return str(value)
    kind, when = value[1], value[2:]
    if kind == "t":
        return shown_instant(datetime.fromisoformat(when))
    return shown_day(date.fromisoformat(when), "YEAR_MONTH_FORMAT" if kind == "m" else "SHORT_DATE_FORMAT")
