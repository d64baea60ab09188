from collections.abc import Callable
from typing import Any, TypeVar

from allauth.core.ratelimit import consume
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from bhod_portal.core import places
from bhod_portal.core.models import World
from csam.models import Person

REFRESHES_ITSELF = "refreshes_itself"
_View = TypeVar("_View", bound=Callable[..., Any])


def refreshes_itself(view: _View) -> _View:
    """For a view whose page asks for itself again and again: its GET doesn't tell that somebody is at work."""
    setattr(view, REFRESHES_ITSELF, True)
    return view


class PortalRequest(HttpRequest):
    """A request to a page that anyone may see: it always has a world."""

    user: Person | AnonymousUser
    world: World


class AuthenticatedRequest(PortalRequest):
    """A request to a page behind the login."""

    user: Person


def next_address(request: HttpRequest) -> str:
    """Where the visitor was going, as `next` says; empty when it is not an address of this portal.

    Where what he sent can only be sent, that is the page above it.
    """
    wanted = request.POST.get("next") or request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # What is no path would be taken for the name of a page, or read from the page one is on.
    return places.nearest(wanted) if ours and wanted.startswith("/") else ""


def check_look_ups(request: HttpRequest) -> None:
    """Count a look-up of a person by NISS; refuse too many (ValidationError `too_many_look_ups`)."""
    if not consume(request, action="niss_look_up", key=request.session.session_key or ""):
        raise ValidationError(
            _(
                "Vous avez cherché beaucoup de NISS en peu de temps. Attendez cinq minutes, puis réessayez : rien de ce "
                "que vous avez fait n'est perdu."
            ),
            code="too_many_look_ups",
        )
