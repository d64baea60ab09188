"""Rows that differ in words and numbers only: their template is rendered once for all of them, with holes for the values.

A list of 25 rows with links, translated labels and included components costs more than all the rest of its page.
"""

import re
from collections.abc import Iterable
from dataclasses import fields
from functools import lru_cache
from html import escape
from typing import Any, ClassVar, Protocol

from django.template.loader import get_template
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language

# Numbers that no row has, for addresses take nothing else; and signs that stand in no text.
_NUMBERS_FROM = 9_100_000_000_000_000_000
_HOLE = re.compile("\ue000([0-9]+)\ue001|(91[0-9]{17})")


class Row(Protocol):
    """A dataclass of texts and whole numbers; a text that is safe already is taken as it is."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


def render_rows(template_name: str, rows: Iterable[Row]) -> SafeString:
    """The rows, each as the template shows it under the name of `row`, one after the other.

    The template prints the values and puts numbers in addresses; it asks no condition of them and filters none.
    """
    language, prefix = get_language(), get_script_prefix()
    rendered = []
    for row in rows:
        names, pattern = _pattern(template_name, type(row), language, prefix)
        rendered.append(pattern % {name: _escaped(getattr(row, name)) for name in names})
    return SafeString("".join(rendered))


def _escaped(value: object) -> str:
    """As Django's `conditional_escape`, without what it does for lazy texts."""
    return value if isinstance(value, SafeString) else escape(str(value))


# A prefix may come from a header: no visitor makes this grow.
@lru_cache(maxsize=64)
def _pattern(
    template_name: str, kind: type[Row], _language: str | None, _prefix: str
) -> tuple[tuple[str, ...], str]:
    """The names of what stands in the holes, and the text with `%(name)s` in each of them."""
    known = fields(kind)
    holes = {
        field.name: _NUMBERS_FROM + place if field.type is int else f"\ue000{place}\ue001"
        for place, field in enumerate(known)
    }
    text = get_template(template_name).render({"row": holes})
    names = []

    def name_of(hole: re.Match[str]) -> str:
        place = int(hole[1]) if hole[1] else int(hole[2]) - _NUMBERS_FROM
        names.append(known[place].name)
        return f"%({names[-1]})s"

    pattern = _HOLE.sub(name_of, text.replace("%", "%%"))
    return tuple(dict.fromkeys(names)), pattern
