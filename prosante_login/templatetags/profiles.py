"""What pages of ProSanté and of the applications behind it say of the profile under which they are shown."""

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from prosante_login.http import STAMP_FIELD

register = template.Library()


@register.simple_tag(takes_context=True)
def profile_stamp(context: Context) -> SafeString:
    """The hidden field of a form by which it is refused once another profile was chosen, in another tab perhaps."""
    profile = getattr(context["request"], "profile", None)
    return format_html(
        '<input type="hidden" name="{}" value="{}">', STAMP_FIELD, profile.stamp if profile else ""
    )
