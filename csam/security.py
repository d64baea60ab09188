"""Security levels: which keys a service offers, how far a session's keys go (design 4, CSAM 2; domain.md 4.4).

The only module that writes in a session how its person was identified.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import View

from bhod_portal.core import clock
from csam.enums import DigitalKey, SecurityLevel
from csam.models import Person

# Those of eIDAS and of the passkey are guesses.
LEVELS = {
    DigitalKey.EID: SecurityLevel.LEVEL_500,
    DigitalKey.ITSME: SecurityLevel.LEVEL_450,
    DigitalKey.PASSKEY: SecurityLevel.LEVEL_400,
    DigitalKey.EMAIL: SecurityLevel.LEVEL_300,
    DigitalKey.SMS: SecurityLevel.LEVEL_300,
    DigitalKey.APP: SecurityLevel.LEVEL_400,
    DigitalKey.TOKEN: SecurityLevel.LEVEL_300,
    DigitalKey.PASSWORD: SecurityLevel.LEVEL_200,
    DigitalKey.EIDAS: SecurityLevel.LEVEL_400,
}
# Keys that begin with user name and password; all but the last one then ask for a code.
WITH_PASSWORD = (DigitalKey.EMAIL, DigitalKey.SMS, DigitalKey.APP, DigitalKey.TOKEN, DigitalKey.PASSWORD)
CHOSEN_KEY = "csam_chosen_key"
# Which key this browser logged in with last: a preference of the identification page, which proves nothing.
LAST_KEY_COOKIE = "csam_last_key"
RECENT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Service:
    """A service behind the common identification page: its prefix, the keys it offers, its lowest level."""

    name: Promise
    landing_path: str
    prefixes: tuple[str, ...]
    keys: tuple[DigitalKey, ...]
    lowest_level: SecurityLevel
    # Who has none of these keys can ask in writing: the exceptional procedure.
    has_written_procedure: bool = False


CSAM_DESIGNATION = Service(
    name=_("Gestion des Gestionnaires d'Accès"),
    landing_path="/csam/",
    prefixes=("/csam/enregistrement/", "/csam/gestionnaires/"),
    keys=(DigitalKey.EID, DigitalKey.ITSME),
    lowest_level=SecurityLevel.LEVEL_450,
    has_written_procedure=True,
)
ACCESS_MANAGEMENT = Service(
    name=_("Gestion des accès pour entreprises et organisations"),
    landing_path="/securite-sociale/",
    prefixes=("/securite-sociale/",),
    keys=(
        DigitalKey.EID,
        DigitalKey.ITSME,
        DigitalKey.PASSKEY,
        DigitalKey.APP,
        DigitalKey.TOKEN,
        DigitalKey.PASSWORD,
    ),
    lowest_level=SecurityLevel.LEVEL_200,
)
PROSANTE = Service(
    name=_("Portail ProSanté"),
    landing_path="/prosante/",
    prefixes=("/prosante/", "/bhod/"),
    keys=(
        DigitalKey.EID,
        DigitalKey.ITSME,
        DigitalKey.PASSKEY,
        DigitalKey.EMAIL,
        DigitalKey.SMS,
        DigitalKey.APP,
        DigitalKey.EIDAS,
    ),
    lowest_level=SecurityLevel.LEVEL_300,
)
# Other keys are activated after a login with a strong one (domain.md 4.3): a password must not make its own way up.
KEY_MANAGEMENT = Service(
    name=_("Mes clés numériques"),
    landing_path="/csam/",
    prefixes=("/csam/compte/cles/",),
    keys=(DigitalKey.EID, DigitalKey.ITSME),
    lowest_level=SecurityLevel.LEVEL_450,
)
CSAM_AGENT = Service(
    name=_("Traitement des demandes (agents CSAM)"),
    landing_path="/csam/",
    prefixes=("/csam/agent/",),
    keys=(DigitalKey.PASSWORD,),
    lowest_level=SecurityLevel.LEVEL_200,
)
INAMI_AGENT = Service(
    name=_("Tarifs et paiements (agents INAMI)"),
    landing_path="/bhod/agent/",
    prefixes=("/bhod/agent/",),
    keys=(DigitalKey.PASSWORD,),
    lowest_level=SecurityLevel.LEVEL_200,
)
# The first whose prefix fits: those of agents before the portal in which they stand.
SERVICES = (CSAM_DESIGNATION, ACCESS_MANAGEMENT, INAMI_AGENT, PROSANTE, KEY_MANAGEMENT, CSAM_AGENT)


def service_at(path: str) -> Service | None:
    """The service to which a path of the portal belongs; none for the common pages."""
    return next((service for service in SERVICES if path.startswith(service.prefixes)), None)


def service_of(request: HttpRequest) -> Service | None:
    """The service whose page is asked for, whatever prefix the request says that the portal stands under."""
    # `request.path` would begin with that prefix (SCRIPT_NAME), which the web server may take from a header.
    return service_at(request.path_info)


def keys_offered(service: Service | None) -> tuple[DigitalKey, ...]:
    """The keys to choose from on the way to a service; all of them on the way to none in particular."""
    return service.keys if service else tuple(DigitalKey)


def keys_strong_enough(service: Service) -> tuple[DigitalKey, ...]:
    return tuple(key for key in service.keys if LEVELS[key] >= service.lowest_level)


def used_keys(request: HttpRequest) -> frozenset[DigitalKey]:
    """The keys really used in this session, as recorded when each was proved; never what was merely chosen."""
    return frozenset(key for record in _records(request) if (key := _key_of(record)))


def last_key(request: HttpRequest) -> DigitalKey | None:
    """The key that was proved last in this session."""
    return next((key for record in reversed(_records(request)) if (key := _key_of(record))), None)


def session_level(request: HttpRequest) -> SecurityLevel:
    """The highest level that the keys used in this session prove."""
    return max((LEVELS[key] for key in used_keys(request)), default=SecurityLevel.NONE)


def is_recent(request: HttpRequest, service: Service) -> bool:
    """Whether a key that is strong enough for the service was proved in the last fifteen minutes of real time."""
    proofs = (
        record["at"]
        for record in _records(request)
        if (key := _key_of(record)) and LEVELS[key] >= service.lowest_level
    )
    return clock.real_now().timestamp() - max(proofs, default=0.0) < RECENT.total_seconds()


def chosen_key(request: HttpRequest) -> DigitalKey | None:
    """The key whose code the visitor has yet to give; a choice only, it proves nothing."""
    chosen = request.session.get(CHOSEN_KEY)
    return DigitalKey(chosen) if chosen in DigitalKey.values else None


def log_in(request: HttpRequest, person: Person, *, key: DigitalKey, to: str) -> HttpResponse:
    """Log someone in who has just proved a key, and lead him to a page of ours (`to`, empty: the portal's home).

    For a key of `WITH_PASSWORD`, what has been proved is the password: the code is asked for next, by allauth.
    The session gets a new id. Nothing of another person's session survives; one's own keeps the keys used before,
    unless a code is still to be asked for, which allauth asks of nobody who is logged in.
    Raises PermissionDenied for a person of another world; an inactive one is led to a page that says so.
    """
    asks_for_a_code = key in WITH_PASSWORD and key != DigitalKey.PASSWORD
    if request.user.is_authenticated and (request.user.pk != person.pk or asks_for_a_code):
        get_adapter().logout(request)
    elif request.user.is_authenticated:
        request.session.cycle_key()
    else:
        # What an attempt proved that was never finished, hours ago perhaps, is no part of the session that begins.
        clear_login(request)
    request.session.pop(CHOSEN_KEY, None)
    if asks_for_a_code:
        request.session[CHOSEN_KEY] = key.value
    proof = {"method": "key", "key": key.value}
    if key in WITH_PASSWORD:
        proof = {"method": "password", "username": person.username}
    record_authentication(request, person, **proof)
    # Without an address allauth would read the request's own `next`, which we have looked at already.
    to = to or resolve_url(settings.LOGIN_REDIRECT_URL)
    response: HttpResponse = perform_login(request, person, redirect_url=to)
    return response


class RecentLoginMixin(View):
    """An act of weight: whoever identified himself more than fifteen minutes ago is asked for his key again.

    He comes back to the same page; what he had typed must be kept elsewhere (a draft): `keep_typed`. Where only some
    of what a page does has weight, `asks_at_once` is False and the page itself calls `ask_again`.
    """

    asks_at_once = True
    # The service whose keys prove enough, where those of the page's own service do not.
    proof: ClassVar[Service | None] = None

    def keep_typed(self) -> None:
        """Keep what was posted, before its author is sent away; a page without a form of its own has nothing to keep."""

    def come_back_to(self) -> str:
        """The address to which the login leads back."""
        return self.request.get_full_path()

    def ask_again(self, why: str = "") -> HttpResponse:
        """Send the author of the act to identify himself, and say why."""
        too_old = gettext(
            "Cet acte demande de vous identifier à nouveau : votre dernière identification a plus de 15 minutes."
        )
        messages.warning(self.request, why or too_old)
        if self.request.method == "POST":
            self.keep_typed()
        url = resolve_url(settings.LOGIN_URL)
        return HttpResponseRedirect(f"{url}?{urlencode({'next': self.come_back_to()})}")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        service = service_of(request)
        if (
            self.asks_at_once
            and service
            and request.user.is_authenticated
            and not is_recent(request, service)
        ):
            return self.ask_again()
        return super().dispatch(request, *args, **kwargs)


_OF_MFA = {"totp": DigitalKey.APP, "recovery_codes": DigitalKey.TOKEN, "webauthn": DigitalKey.PASSKEY}


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    return list(get_authentication_records(request, request.user))


def _key_of(record: dict[str, Any]) -> DigitalKey | None:
    """The key that a record of allauth, or of `log_in`, proves."""
    match record["method"]:
        case "key":
            return DigitalKey(record["key"])
        case "password":
            return DigitalKey.PASSWORD
        case "code":
            return DigitalKey.EMAIL if "email" in record else DigitalKey.SMS
        case "mfa":
            return _OF_MFA[record["type"]]
        case _:
            return None
