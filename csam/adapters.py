from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bhod_portal.core import clock
from bhod_portal.core.messages import send_sms
from csam import security
from csam.enums import DigitalKey
from csam.models import Person

CODE_STAGE = "csam.stages.SecurityCodeStage"
MFA_STAGE = "allauth.mfa.stages.AuthenticateStage"
STAGES = {
    DigitalKey.EMAIL: [CODE_STAGE],
    DigitalKey.SMS: [CODE_STAGE],
    DigitalKey.APP: [MFA_STAGE],
    DigitalKey.TOKEN: [MFA_STAGE],
}


class PortalAccountAdapter(DefaultAccountAdapter):
    """Where allauth asks us: worlds stay closed, nobody signs up by himself, and the key chosen says what is asked."""

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

    def get_login_stages(self) -> list[str]:
        """What is asked after the password: of the key chosen only, where allauth would ask for all one has."""
        chosen = security.chosen_key(context.request)
        return STAGES.get(chosen, []) if chosen else []

    def send_verification_code_sms(
        self, user: AbstractBaseUser, phone: str, code: str, **kwargs: Any
    ) -> None:
        assert isinstance(user, Person)  # noqa: S101  (tells mypy what AUTH_USER_MODEL says)
        text = _("CSAM (simulateur) : votre code de sécurité est %(code)s. Ne le donnez à personne.")
        send_sms(
            world=user.world, to=phone, body=text % {"code": code}, at=clock.now(user.world), person=user
        )

    def generate_phone_verification_code(self, *, user: AbstractBaseUser, phone: str) -> str:
        return str(self.generate_login_code())

    def set_phone_verified(self, user: AbstractBaseUser, phone: str) -> None:
        """Phones are what the person's file says; nothing waits to be verified."""

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # A user name is unique within its world only: guesses in one must not lock its namesake out in another.
        world = getattr(request, "world", None)
        # In capitals, as the database compares: « ſ » and « ı » are an S and an I to it, not to lower().
        return f"{world.pk if world else ''}:{credentials.get('username', '').upper()}"


class PortalMFAAdapter(DefaultMFAAdapter):
    """Lets the paper token stand alone, where allauth takes recovery codes for a spare key of the application."""

    def is_mfa_enabled(self, user: AbstractBaseUser, types: list[Authenticator.Type] | None = None) -> bool:
        if types is not None and security.chosen_key(context.request) == DigitalKey.TOKEN:
            types = [*types, Authenticator.Type.RECOVERY_CODES]
        return bool(super().is_mfa_enabled(user, types))
