from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class PortalAccountAdapter(DefaultAccountAdapter):
    """Where allauth asks us: worlds stay closed, and nobody signs up by himself."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": gettext_lazy(
            "Trop d'essais pour ce nom d'utilisateur. Attendez cinq minutes avant le suivant."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse | None:
        if getattr(user, "world", None) != getattr(request, "world", None):
            raise PermissionDenied(_("Cette personne appartient à un autre monde du simulateur."))
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # A user name is unique within its world only: guesses in one must not lock its namesake out in another.
        world = getattr(request, "world", None)
        # In capitals, as the database compares: « ſ » and « ı » are an S and an I to it, not to lower().
        return f"{world.pk if world else ''}:{credentials.get('username', '').upper()}"
