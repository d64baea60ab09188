from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from bhod_portal.core.models import World
from csam.models import Person


class PortalRequest(HttpRequest):
    """A request to a page that anyone may see: it always has a world."""

    user: Person | AnonymousUser
    world: World


class AuthenticatedRequest(PortalRequest):
    """A request to a page behind the login."""

    user: Person
