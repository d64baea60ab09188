"""How sentences are set: which spaces end no line."""

import re
from typing import Any

from django import template
from django.utils.safestring import SafeString

register = template.Library()

_KEPT_SPACE = re.compile(r"(?<=«) | (?=[»:;?!])|(?<=\d) (?=000\b)")


@register.filter
def typeset(value: Any) -> str:
    """A sentence in which no line ends with « or begins with », a colon or the like, nor inside a number; what is HTML stays."""
    if isinstance(value, SafeString):
        return value
    return _KEPT_SPACE.sub("\u00a0", str(value))
