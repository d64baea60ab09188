"""What pages of ProSanté and of the applications behind it say of the profile under which they are shown."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from prosante_login.enums import Capacity
from prosante_login.http import STAMP_FIELD
from prosante_login.profiles import ActiveProfile

register = template.Library()


@register.simple_tag(takes_context=True)
def profile_stamp(context: Context) -> SafeString:
    """The hidden field of a form by which it is refused once another profile was chosen, in another tab perhaps."""
    # A part of a page that is included with its own variables only has the request all the same.
    request = getattr(context, "request", None) or context["request"]
    profile = getattr(request, "profile", None)
    return format_html(
        '<input type="hidden" name="{}" value="{}">', STAMP_FIELD, profile.stamp if profile else ""
    )


@register.inclusion_tag("prosante_login/_acting_banner.html", takes_context=True)
def acting_banner(context: Context) -> dict[str, Any]:
    """For whom one acts, by which mandate and until when, and the way out; nothing in a file of one's own."""
    request = context.get("request")
    profile = getattr(request, "profile", None)
    return {"request": request, "mandate": profile.mandate if profile else None}


@register.inclusion_tag("prosante_login/_profile_bar.html", takes_context=True)
def profile_bar(context: Context) -> dict[str, Any]:
    """As what and for whom one is here, the way back to what that opens and to another profile; nothing before a choice."""
    profile = getattr(context.get("request"), "profile", None)
    return {"profile": profile, "place": _place(profile) if profile else ""}


def _place(profile: ActiveProfile) -> str:
    """What the profile opens, as far as the request knows without asking the database again; empty elsewhere."""
    if profile.provider is not None:
        return "file"
    return "mandates" if profile.choice.capacity == Capacity.MANDATARY else ""
