from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _


class PortalAccountAdapter(DefaultAccountAdapter):
    """Where allauth asks us: worlds stay closed, and nobody signs up by himself."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse | None:
        if getattr(user, "world", None) != getattr(request, "world", None):
            raise PermissionDenied(_("Cette personne appartient à un autre monde du simulateur."))
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response
