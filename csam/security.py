"""Security levels: which keys a service offers, how far a session's keys go (design 4, CSAM 2; domain.md 4.4)."""

from dataclasses import dataclass

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from csam.enums import DigitalKey, SecurityLevel

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


def session_level(request: HttpRequest) -> SecurityLevel:
    """The highest level that the keys really used in this session prove; never what was merely chosen."""
    used = {
        record.get("key", record["method"]) for record in get_authentication_records(request, request.user)
    }
    return max((level for key, level in LEVELS.items() if key.value in used), default=SecurityLevel.NONE)
