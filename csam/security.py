"""Security levels: which keys a service offers, how far a session's keys go (design 4, CSAM 2; domain.md 4.4).

The only module that writes in a session how its person was identified.
"""

from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from csam.enums import DigitalKey, SecurityLevel
from csam.models import Person

LEVELS = {
    DigitalKey.EID: SecurityLevel.LEVEL_500,
    DigitalKey.PASSWORD: SecurityLevel.LEVEL_200,
}


@dataclass(frozen=True, slots=True)
class Service:
    """A service behind the common identification page: its prefix, the keys it offers, its lowest level."""

    name: Promise
    landing_path: str
    prefixes: tuple[str, ...]
    keys: tuple[DigitalKey, ...]
    lowest_level: SecurityLevel


CSAM_DESIGNATION = Service(
    name=_("Gestion des Gestionnaires d'Accès"),
    landing_path="/csam/",
    prefixes=("/csam/enregistrement/",),
    keys=(DigitalKey.EID,),
    lowest_level=SecurityLevel.LEVEL_450,
)
ACCESS_MANAGEMENT = Service(
    name=_("Gestion des accès pour entreprises et organisations"),
    landing_path="/securite-sociale/",
    prefixes=("/securite-sociale/",),
    keys=(DigitalKey.EID, DigitalKey.PASSWORD),
    lowest_level=SecurityLevel.LEVEL_200,
)
PROSANTE = Service(
    name=_("Portail ProSanté"),
    landing_path="/prosante/",
    prefixes=("/prosante/", "/bhod/"),
    keys=(DigitalKey.EID,),
    lowest_level=SecurityLevel.LEVEL_300,
)
SERVICES = (CSAM_DESIGNATION, ACCESS_MANAGEMENT, PROSANTE)


def service_at(path: str) -> Service | None:
    """The service to which a path of the portal belongs; none for the common pages."""
    return next((service for service in SERVICES if path.startswith(service.prefixes)), None)


def keys_offered(service: Service | None) -> tuple[DigitalKey, ...]:
    """The keys to choose from on the way to a service; all of them on the way to none in particular."""
    return service.keys if service else tuple(DigitalKey)


def keys_strong_enough(service: Service) -> tuple[DigitalKey, ...]:
    return tuple(key for key in service.keys if LEVELS[key] >= service.lowest_level)


def used_keys(request: HttpRequest) -> frozenset[DigitalKey]:
    """The keys really used in this session, as recorded when each was proved; never what was merely chosen."""
    records = get_authentication_records(request, request.user)
    proved = {record.get("key", record["method"]) for record in records}
    return frozenset(key for key in DigitalKey if key.value in proved)


def session_level(request: HttpRequest) -> SecurityLevel:
    """The highest level that the keys used in this session prove."""
    return max((LEVELS[key] for key in used_keys(request)), default=SecurityLevel.NONE)


def log_in(request: HttpRequest, person: Person, *, key: DigitalKey, to: str) -> HttpResponse:
    """Log someone in who has just proved a key, and lead him to a page of ours (`to`, empty: the portal's home).

    The session gets a new id. Nothing of another person's session survives; one's own keeps the keys used before.
    Raises PermissionDenied for a person of another world; an inactive one is led to a page that says so.
    """
    if request.user.is_authenticated and request.user.pk == person.pk:
        request.session.cycle_key()
    elif request.user.is_authenticated:
        get_adapter().logout(request)
    proof = {"method": "password", "username": person.username}
    if key != DigitalKey.PASSWORD:
        proof = {"method": "key", "key": key.value}
    record_authentication(request, person, **proof)
    # Without an address allauth would read the request's own `next`, which we have looked at already.
    to = to or resolve_url(settings.LOGIN_REDIRECT_URL)
    response: HttpResponse = perform_login(request, person, redirect_url=to)
    return response
