"""Qualities, members and functions of the demo world, all long since carried to the applications.

Days count back from the day on which the world is made.
"""

from dataclasses import dataclass

from access_mgmt.enums import Function, MemberKind, MemberLink, QualityKind, SecuredApplication

ACTIVATED = 410
ADDED = 400


@dataclass(frozen=True, slots=True)
class ActiveQuality:
    """A quality that the GAP of a company activated, with its local manager (slugs)."""

    company: str
    kind: QualityKind
    local_manager: str


@dataclass(frozen=True, slots=True)
class Membership:
    """A member whom the local manager of a quality added."""

    company: str
    person: str
    kind: MemberKind
    link: MemberLink
    applications: tuple[SecuredApplication, ...] = ()
    subdivision: str = ""


@dataclass(frozen=True, slots=True)
class GivenRole:
    """A function that the local manager gave, open-ended, valid from the day on which it was given."""

    company: str
    person: str
    function: Function
    days_ago: int


@dataclass(frozen=True, slots=True)
class Part:
    """A subdivision at the top of the tree of a company's « eHealth Soins de Santé »."""

    company: str
    name: str


QUALITIES = (
    ActiveQuality("haute-meuse", QualityKind.EHEALTH, "sofie-janssens"),
    ActiveQuality("pays-des-lacs", QualityKind.EHEALTH, "benoit-hennaut"),
    ActiveQuality("leiestreek", QualityKind.HEALTH_CARE, "jan-claes"),
)

SUBDIVISIONS = (Part("haute-meuse", "Secrétariat"), Part("haute-meuse", "Postes de garde"))

_BHOD = (SecuredApplication.BHOD,)

# All under « eHealth Soins de Santé ».
MEMBERSHIPS = (
    Membership("haute-meuse", "julie-renard", MemberKind.CO_LOCAL_MANAGER, MemberLink.WORKER),
    Membership(
        "haute-meuse",
        "ines-fontaine",
        MemberKind.SUBDIVISION_MANAGER,
        MemberLink.WORKER,
        subdivision="Secrétariat",
    ),
    Membership("haute-meuse", "nadia-benali", MemberKind.USER, MemberLink.MEMBER, _BHOD),
    Membership("haute-meuse", "marc-dubois", MemberKind.USER, MemberLink.WORKER, _BHOD, "Secrétariat"),
    Membership("haute-meuse", "olivier-dubuc", MemberKind.USER, MemberLink.WORKER),
    Membership("pays-des-lacs", "chantal-sacre", MemberKind.USER, MemberLink.MEMBER, _BHOD),
    Membership("pays-des-lacs", "marc-dubois", MemberKind.USER, MemberLink.WORKER, _BHOD),
)

ROLES = (
    GivenRole("haute-meuse", "nadia-benali", Function.FILEMANAGER_CIRCLE, 390),
    GivenRole("haute-meuse", "marc-dubois", Function.GUARDPOST_CIRCLE, 390),
    GivenRole("haute-meuse", "olivier-dubuc", Function.OA_ADMIN, 210),
    GivenRole("haute-meuse", "olivier-dubuc", Function.FILEMANAGER_BCE, 210),
    GivenRole("pays-des-lacs", "chantal-sacre", Function.FILEMANAGER_CIRCLE, 380),
    GivenRole("pays-des-lacs", "marc-dubois", Function.GUARDPOST_CIRCLE, 380),
)
