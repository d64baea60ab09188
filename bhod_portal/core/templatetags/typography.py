"""How sentences are set: which spaces end no line."""

import re
from typing import Any

from django import template

register = template.Library()

_KEPT_SPACE = re.compile("(?<=«) | (?=[»:;?!])")


@register.filter
def typeset(value: Any) -> str:
    """A plain sentence in which no line ends with « or begins with », a colon or the like."""
    return _KEPT_SPACE.sub("\u00a0", str(value))
