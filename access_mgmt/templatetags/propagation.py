"""What pages say of propagation when it does not keep its promise."""

from typing import Any

from django import template
from django.template.context import Context

from access_mgmt.selectors.propagation import notice_for
from bhod_portal.core import clock

register = template.Library()


@register.inclusion_tag("access_mgmt/_propagation_notice.html", takes_context=True)
def propagation_notice(context: Context) -> dict[str, Any]:
    """Nothing while changes arrive within 20 minutes in the world of the request."""
    # An include with `only` leaves the request to the context itself.
    world = getattr(getattr(context, "request", None), "world", None)
    return {"notice": notice_for(world, real_now=clock.real_now()) if world else None}
