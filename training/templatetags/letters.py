"""The text of a message as a page shows it: escaped, with the links that lead into this portal made clickable."""

import re
from urllib.parse import urlsplit, urlunsplit

from django import template
from django.conf import settings
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from bhod_portal.core.models import Message

register = template.Library()

# What follows an address at the end of a sentence isn't part of it.
_ADDRESS = re.compile(r"""(https?://[^\s<>"'«»]*[^\s<>"'«».,;:!?)\]])""", re.IGNORECASE)


@register.simple_tag(takes_context=True)
def letter(context: Context, text: str) -> SafeString:
    """The text of a message; its links work whatever host and port the portal is reached by today."""
    request = context["request"]
    return with_links(text, {settings.PORTAL_URL, f"{request.scheme}://{request.get_host()}"})


@register.simple_tag
def other_language(message: Message) -> SafeString:
    """The attribute `lang` of what a message says, where that isn't the language of the page around it."""
    if message.language in {"", get_language()}:
        return SafeString("")
    return format_html(' lang="{}"', message.language)


def with_links(text: str, ours: set[str]) -> SafeString:
    """A text with its addresses under one of the origins `ours` as links within the portal; all else is text."""
    # Where the pattern has a group, every second part is what it has found.
    parts = _ADDRESS.split(text)
    return format_html_join(
        "", "{}", ((_link(part, ours) if position % 2 else part,) for position, part in enumerate(parts))
    )


def _link(address: str, ours: set[str]) -> str:
    path = _path(address, ours)
    return format_html('<a href="{}">{}</a>', path, address) if path else address


def _path(address: str, ours: set[str]) -> str:
    """The path, query and fragment of an address of this portal; empty for any other address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if f"{parts.scheme}://{parts.netloc}" not in ours:
        return ""
    path = urlunsplit(("", "", parts.path, parts.query, parts.fragment)) or "/"
    # « //elsewhere » would lead out of the portal.
    safe = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if safe else ""
