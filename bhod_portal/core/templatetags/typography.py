"""How sentences are set that no catalogue sets: those made in code, or kept."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from bhod_portal.core import typography

register = template.Library()


@register.filter
def typeset(value: Any) -> str:
    """A sentence whose signs stay with their words (`core.typography`); what is HTML stays as it is."""
    return value if isinstance(value, SafeString) else typography.typeset(str(value))
