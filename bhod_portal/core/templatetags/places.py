"""The breadcrumbs of a page: the pages above it, and its own title."""

from functools import lru_cache

from django import template
from django.template.context import Context
from django.template.loader import get_template
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from bhod_portal.core import places
from bhod_portal.core.places import Crumb

register = template.Library()


@register.simple_tag(takes_context=True)
def breadcrumbs(context: Context, under: str = "") -> SafeString:
    """Where the page stands; nothing on the home of a portal.

    The page is that of the request, with the arguments of its address and those that its view knows more
    (`place_arguments`). A page that any address may show, such as a refusal, says itself which one it stands `under`.
    """
    if under:
        above = (*places.crumbs(under, {}), *places.crumb_of(under))
    else:
        match = getattr(context.get("request"), "resolver_match", None)
        if match is None:
            return SafeString("")
        known = getattr(context.get("view"), "place_arguments", match.kwargs)
        above = places.crumbs(match.view_name, known)
    return _breadcrumbs(above, _title(context), get_language()) if above else SafeString("")


def _title(context: Context) -> SafeString:
    """What the page calls itself: its block `title`, once more."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block("title") if blocks else None
    return SafeString(block.render(context).strip()) if block else SafeString("")


# A few hundred bytes each.
@lru_cache(maxsize=2048)
def _breadcrumbs(above: tuple[Crumb, ...], title: SafeString, _language: str | None) -> SafeString:
    context = {"above": above, "title": title}
    return SafeString(get_template("components/breadcrumbs.html").render(context))
