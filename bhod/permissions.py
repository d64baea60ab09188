"""What each function of the circle opens in BHOD (seed 000, lines 413-414; design.md 4, BHOD)."""

from collections.abc import Mapping
from enum import StrEnum, auto

from access_mgmt.enums import Function
from csam.enums import StaffRole
from csam.models import Person
from prosante_login.enums import ProfileKind
from prosante_login.profiles import ActiveProfile


class Capability(StrEnum):
    MANAGE_GUARDS = auto()
    MANAGE_DOCTORS = auto()
    SEE_FINANCES = auto()


GRANTS: Mapping[str, frozenset[Capability]] = {
    Function.FILEMANAGER_CIRCLE: frozenset(Capability),
    Function.GUARDPOST_CIRCLE: frozenset({Capability.MANAGE_GUARDS, Capability.MANAGE_DOCTORS}),
}
# One enters BHOD as a citizen for a circle, never as a care provider (design.md 4, ProSanté 2).
ENTERING_AS = frozenset({ProfileKind.CITIZEN})


def opens_bhod(functions: frozenset[str]) -> bool:
    """Whether one of these functions gives entry to BHOD."""
    return not GRANTS.keys().isdisjoint(functions)


def grant(functions: frozenset[str], capability: Capability) -> bool:
    """Whether one of these functions gives the capability."""
    return any(capability in GRANTS.get(function, ()) for function in functions)


def functions_with(capability: Capability) -> list[str]:
    """The functions that give the capability."""
    return [function for function, granted in GRANTS.items() if capability in granted]


def has_capability(profile: ActiveProfile | None, capability: Capability) -> bool:
    return (
        profile is not None
        and profile.enterprise_id is not None
        and profile.kind in ENTERING_AS
        and grant(profile.functions, capability)
    )


def is_inami_agent(person: Person) -> bool:
    """Whether he is one of the agents of INAMI who set tariffs and pay the circles' doctors."""
    return person.staff_role == StaffRole.INAMI
