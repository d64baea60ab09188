"""Lists of members by criteria, in an order; built for ten thousand members in a quality."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Case, F, Func, IntegerField, QuerySet, Value, When
from django.db.models.functions import Lower

from access_mgmt.enums import MemberKind, MemberStatus
from access_mgmt.models import QualityMember
from bhod_portal.core.models import World
from bhod_portal.core.names import Plain, plain

_RANKS = {
    MemberKind.LOCAL_MANAGER: 1,
    MemberKind.CO_LOCAL_MANAGER: 2,
    MemberKind.SUBDIVISION_MANAGER: 3,
    MemberKind.USER: 4,
}
_ORDERS: Mapping[str, F | Func | Case] = {
    "nom": F("person__sort_name"),
    "prenom": Plain("person__first_name"),
    "utilisateur": Lower("person__username"),
    "type": Case(
        *(When(kind=kind, then=Value(rank)) for kind, rank in _RANKS.items()), output_field=IntegerField()
    ),
    "niss": F("person__niss"),
}
BY_NAME = "nom"


@dataclass(frozen=True, slots=True)
class MemberCriteria:
    """What a list of members is narrowed to; an empty criterion asks nothing. Accents and case don't count."""

    last_name: str = ""
    first_name: str = ""
    username: str = ""
    kind: str = ""
    niss: str = ""
    status: str = ""
    application: str = ""


def matching(members: QuerySet[QualityMember], criteria: MemberCriteria) -> QuerySet[QualityMember]:
    """The members of a list that answer all criteria: parts of names, and the other values as they are."""
    # The whole name first: it stands there ready, and leaves few to take apart.
    for typed in filter(None, (plain(criteria.last_name), plain(criteria.first_name))):
        members = members.filter(person__sort_name__contains=typed)
    for name in ("last_name", "first_name", "username"):
        typed = plain(getattr(criteria, name))
        if typed:
            members = members.alias(**{f"plain_{name}": Plain(f"person__{name}")})
            members = members.filter(**{f"plain_{name}__contains": typed})
    if criteria.kind:
        members = members.filter(kind=criteria.kind)
    if criteria.niss:
        members = members.filter(person__niss=criteria.niss)
    if criteria.status:
        members = members.filter(blocked_at__isnull=criteria.status != MemberStatus.BLOCKED)
    if criteria.application:
        members = members.filter(secured_applications__contains=[criteria.application])
    return members


def in_order(members: QuerySet[QualityMember], sort: str, *, world: World) -> QuerySet[QualityMember]:
    """The same members, all of this world, sorted by one of their columns (a minus turns it round), then by name."""
    order = _ORDERS[sort.removeprefix("-")]
    first = order.desc() if sort.startswith("-") else order.asc()
    # Naming the world lets PostgreSQL walk its index of names, and stop at the end of the page.
    return members.filter(person__world=world).order_by(first, "person__sort_name", "pk")
