"""Parts of pages that show nothing but a few plain values: for the same values, what was rendered once is given again.

A menu, a heading, the links to other pages of a list: on most requests they read as they did on the last one. Nothing
of them can be out of date, for a part sees neither request nor context: only the values that it is known by, and each
request reads its own.
"""

from functools import lru_cache
from typing import Any

from django.template.loader import get_template
from django.urls import URLResolver, get_resolver, get_script_prefix, get_urlconf
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language

# Of a few kilobytes at most each.
_KEPT = 2048
_PLAIN = {str, SafeString, int, bool, type(None)}


def render_part(template_name: str, **values: str | int | Promise | None) -> SafeString:
    """What a template makes of these values alone. Raises TypeError for a value that might change behind its name."""
    known_by = []
    for name, given in values.items():
        value = str(given) if isinstance(given, Promise) else given
        kind = type(value)
        if kind not in _PLAIN:
            raise TypeError(f"{template_name}: {name} is no text or number, but {kind.__name__}")
        # The type counts too: a safe text equals the same text unsafe, and True equals 1.
        known_by.append((name, value, kind))
    return _rendered(
        template_name, tuple(known_by), get_language(), get_script_prefix(), get_resolver(get_urlconf())
    )


@lru_cache(maxsize=_KEPT)
def _rendered(
    template_name: str,
    known_by: tuple[tuple[str, Any, type], ...],
    _language: str | None,
    _prefix: str,
    _addresses: URLResolver,
) -> SafeString:
    return SafeString(get_template(template_name).render({name: value for name, value, _type in known_by}))
