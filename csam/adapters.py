from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import unstash_login
from allauth.core import context, ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.sites.shortcuts import get_current_site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bhod_portal.core import clock
from bhod_portal.core.messages import absolute, send_email, send_sms
from csam import security
from csam.enums import DigitalKey
from csam.models import Person
from csam.services import codes, managers, passwords

CODE_STAGE = "csam.stages.SecurityCodeStage"
MFA_STAGE = "allauth.mfa.stages.AuthenticateStage"
STAGES = {
    DigitalKey.EMAIL: [CODE_STAGE],
    DigitalKey.SMS: [CODE_STAGE],
    DigitalKey.APP: [MFA_STAGE],
    DigitalKey.TOKEN: [MFA_STAGE],
}
AUTHENTICATORS = {
    DigitalKey.APP: Authenticator.Type.TOTP,
    DigitalKey.TOKEN: Authenticator.Type.RECOVERY_CODES,
}
LOGIN_CODE_MAIL = "account/email/login_code"
LAST_KEY_KEPT = timedelta(days=180)
# Why no code was asked for, and what to do about it.
NO_CODE = {
    DigitalKey.EMAIL: gettext_lazy(
        "Votre dossier n'a pas d'adresse e-mail : aucun code n'a pu vous être envoyé."
    ),
    DigitalKey.SMS: gettext_lazy(
        "Votre dossier n'a pas de numéro de téléphone : aucun code n'a pu vous être envoyé."
    ),
    DigitalKey.APP: gettext_lazy(
        "Aucune application mobile n'est reliée à votre compte. Identifiez-vous avec votre eID ou itsme, puis "
        "activez-la dans « Mes clés numériques »."
    ),
    DigitalKey.TOKEN: gettext_lazy(
        "Vous n'avez pas de token papier. Identifiez-vous avec votre eID ou itsme, puis demandez-en un dans "
        "« Mes clés numériques »."
    ),
}


class PortalAccountAdapter(DefaultAccountAdapter):
    """Where allauth asks us: worlds stay closed, nobody signs up by himself, and the key chosen says what is asked."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": gettext_lazy(
            "Trop d'essais pour ce nom d'utilisateur. Attendez cinq minutes avant le suivant."
        ),
        "enter_current_password": gettext_lazy(
            "Ce n'est pas votre mot de passe actuel. Vérifiez-le, ou demandez un lien par « Mot de passe oublié ? »."
        ),
        "incorrect_code": gettext_lazy("Ce code est faux. Vérifiez-le et écrivez-le à nouveau."),
        "rate_limited": gettext_lazy("Trop de demandes. Attendez une minute, puis réessayez."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse | None:
        if getattr(user, "world", None) != getattr(request, "world", None):
            raise PermissionDenied(_("Cette personne appartient à un autre monde du simulateur."))
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Our own rule, for allauth's pages too. Their views stand behind `RecentLoginMixin`, which asks before."""
        service = security.service_of(context.request) or security.KEY_MANAGEMENT
        return not security.is_recent(context.request, service)

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, str]]:
        """One way only: the identification page, with the keys that are strong enough."""
        url = reverse("account_reauthenticate")
        return [{"id": "reauthenticate", "description": _("Identifiez-vous à nouveau"), "url": url}]

    def get_login_stages(self) -> list[str]:
        """What is asked after the password: of the key chosen only, where allauth would ask for all one has."""
        chosen = security.chosen_key(context.request)
        return STAGES.get(chosen, []) if chosen else []

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """Every key comes past here once its proof is whole."""
        assert isinstance(user, Person)  # noqa: S101  (tells mypy what AUTH_USER_MODEL says)
        managers.activate_roles(person=user, at=clock.now(user.world))
        response: HttpResponse = super().post_login(request, user, **kwargs)
        chosen, used = security.chosen_key(request), security.last_key(request)
        request.session.pop(security.CHOSEN_KEY, None)
        if chosen in NO_CODE and used == DigitalKey.PASSWORD:
            told = _("Vous êtes identifié(e) avec votre mot de passe seul (niveau de sécurité 200).")
            messages.warning(request, f"{NO_CODE[chosen]} {told}")
        if used:
            response.set_cookie(
                security.LAST_KEY_COOKIE,
                used.value,
                max_age=LAST_KEY_KEPT,
                path=reverse("csam:identification"),
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Keep an e-mail of allauth's as one to the person it is meant for, whatever the address."""
        person = _who_logs_in() if template_prefix == LOGIN_CODE_MAIL else context.get("user")
        # Who writes to an address of nobody reads his page in that language.
        language = person.language if person else translation.get_language() or ""
        with translation.override(language or None):
            message = self.render_mail(template_prefix, email, _known_to_mails(email) | context)
        world = person.world if person else self.request.world
        send_email(
            world=world,
            to=email,
            subject=str(message.subject),
            body=str(message.body),
            at=clock.now(world),
            person=person,
            language=language,
        )

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """Refuses blocked codes and a temporary password after its term (ValidationError), but only to whom had it right."""
        person: Person | None = super().authenticate(request, **credentials)
        if person is not None:
            codes.check_not_blocked(person=person)
            passwords.check_not_expired(person=person, at=clock.now(person.world))
        return person

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuses after five wrong passwords (ValidationError); only wrong ones are counted, once they are known to be.

        allauth counts each try until it proves right: of a class that logs in as one persona, some would be refused.
        """
        key = self._get_login_attempts_cache_key(request, **credentials)
        if not ratelimit.consume(request, action="login_failed", key=key, dry_run=True):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        key = self._get_login_attempts_cache_key(request, **credentials)
        ratelimit.consume(request, action="login_failed", key=key)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        assert isinstance(user, Person)  # noqa: S101  (tells mypy what AUTH_USER_MODEL says)
        passwords.choose_password(person=user, password=password, at=clock.now(user.world))

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, _dash, token = key.partition("-")
        return absolute(reverse("account_reset_password_from_key", args=[uid, token]))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        super().send_notification_mail(template_prefix, user, {"user": user} | (context or {}), email)

    def forget_failed_logins(self, request: HttpRequest, person: Person) -> None:
        """Let a person try his new password at once, however often he had the old one wrong."""
        key = self._get_login_attempts_cache_key(request, username=person.username)
        ratelimit.clear(request, action="login_failed", key=key)

    def send_verification_code_sms(
        self, user: AbstractBaseUser, phone: str, code: str, **kwargs: Any
    ) -> None:
        assert isinstance(user, Person)  # noqa: S101  (tells mypy what AUTH_USER_MODEL says)
        with translation.override(user.language):
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


def _known_to_mails(email: str) -> dict[str, Any]:
    """What allauth's templates of mails may name."""
    request = context.request
    return {"request": request, "email": email, "current_site": get_current_site(request)}


def _who_logs_in() -> Person | None:
    """Whose code has yet to be given in this session."""
    login = unstash_login(context.request, peek=True)
    return login.user if login else None


class PortalMFAAdapter(DefaultMFAAdapter):
    """Lets application and paper token stand alone, where allauth takes the one for a spare key of the other."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("Ce code est faux, ou il a déjà servi. Écrivez le code suivant."),
    }

    def is_mfa_enabled(self, user: AbstractBaseUser, types: list[Authenticator.Type] | None = None) -> bool:
        if types is not None and not context.request.user.is_authenticated:
            chosen = security.chosen_key(context.request)
            types = [AUTHENTICATORS[chosen]] if chosen in AUTHENTICATORS else types
        return bool(super().is_mfa_enabled(user, types))

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        """The name under which applications and passkeys show this person: not everybody has a user name."""
        return str(user)

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002
        """The name that is proposed for a new passkey."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Clé d'accès %(number)s") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        site: dict[str, str] = super().get_public_key_credential_rp_entity()
        return site | {"name": str(self.get_totp_issuer())}

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, Any]:
        name = self.get_totp_label(user)
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"name": name, "display_name": name}
