"""What the portal knows of the way from an enterprise to a function of a person, for who explains where it breaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from access_mgmt.enums import QualityKind
from access_mgmt.models import EffectiveRole, Quality, QualityMember, RoleAssignment, RoleChange
from access_mgmt.selectors.entities import name_of_entity_role
from access_mgmt.selectors.functions import change_of
from access_mgmt.selectors.lost_places import TOLD_FOR
from access_mgmt.selectors.members import managers_of
from access_mgmt.selectors.rights import administering
from access_mgmt.selectors.succession import RANK
from bhod_portal.core.periods import Period
from csam.enums import ManagerKind
from csam.models import AccessManager, Enterprise, LegalFunction, Person


@dataclass(frozen=True, slots=True)
class AskedFunction:
    """A function that was ever asked for a person; `seen`: the applications know it now, on its days.

    `change` is the one that brings it, or takes it away, and is still on its way.
    """

    assignment: RoleAssignment
    seen: bool
    change: RoleChange | None

    @property
    def stands(self) -> bool:
        return self.assignment.revoked_at is None

    @property
    def period(self) -> Period:
        return Period(self.assignment.valid_from, self.assignment.valid_until)


@dataclass(frozen=True, slots=True)
class ChainState:
    """How an enterprise stands with a quality, and a person with both.

    `quality`, `other` and `member` are those of now (`other`: « Soins de Santé », which is taken for it); `quality_over`
    and `former` those that ended last. `placed_elsewhere`: a member of another active quality. `asked` are the functions
    of INAMI under the quality, oldest first; `effective` those that the applications grant on the day, wherever from.
    """

    quality: Quality | None
    quality_over: Quality | None
    other: Quality | None
    member: QualityMember | None
    former: QualityMember | None
    placed_elsewhere: bool
    asked: Sequence[AskedFunction]
    effective: frozenset[str]


def chain_state(
    *, person: Person, enterprise: Enterprise, kind: QualityKind, prefix: str, on: date
) -> ChainState:
    """Read it; `prefix` is how the codes of the functions begin. Four queries."""
    of_kind: dict[QualityKind, Quality] = {}
    over: Quality | None = None
    for quality in Quality.objects.filter(enterprise=enterprise).order_by("activated_at", "pk"):
        if quality.deactivated_at is None:
            of_kind[QualityKind(quality.kind)] = quality
        elif quality.kind == kind:
            over = quality
    active = of_kind.get(kind)
    places = QualityMember.objects.filter(person=person, quality__enterprise=enterprise)
    ended: list[QualityMember] = []
    standing: list[QualityMember] = []
    for place in places.select_related("subdivision", "blocked_by", "ended_by").order_by("added_at", "pk"):
        (standing if place.ended_at is None else ended).append(place)
    here = active.pk if active else None
    others = {quality.pk for quality in of_kind.values()} - {here}
    return ChainState(
        quality=active,
        quality_over=None if active else over,
        other=of_kind.get(QualityKind.HEALTH_CARE) if kind != QualityKind.HEALTH_CARE else None,
        member=next((place for place in standing if place.quality_id == here), None),
        former=next((place for place in reversed(ended) if place.quality_id == here), None),
        placed_elsewhere=any(place.quality_id in others for place in standing),
        asked=_asked(person, enterprise, kind, prefix),
        effective=_effective(person, enterprise, prefix, on),
    )


def _asked(person: Person, enterprise: Enterprise, kind: QualityKind, prefix: str) -> list[AskedFunction]:
    known = EffectiveRole.objects.known().filter(assignment=OuterRef("pk"))
    assignments = (
        RoleAssignment.objects.filter(
            member__person=person,
            member__quality__enterprise=enterprise,
            member__quality__kind=kind,
            function__startswith=prefix,
        )
        .annotate(seen=Exists(known))
        .select_related("granted_by_change", "withdrawn_by_change", "revoked_by")
        .order_by("requested_at", "pk")
    )
    return [AskedFunction(each, each.seen, _on_its_way(each)) for each in assignments]


def _on_its_way(assignment: RoleAssignment) -> RoleChange | None:
    change = change_of(assignment)
    return change if change is not None and change.applied_at is None else None


def _effective(person: Person, enterprise: Enterprise, prefix: str, on: date) -> frozenset[str]:
    roles = EffectiveRole.objects.known().filter(
        person=person, enterprise=enterprise, function__startswith=prefix
    )
    found = roles.values_list("function", "valid_from", "valid_until")
    return frozenset(function for function, start, end in found if Period(start, end).covers(on))


@dataclass(frozen=True, slots=True)
class InCharge:
    """Someone who manages accesses, as what, and the address under which he is known there."""

    role: str
    person: Person
    email: str


def in_charge_of_entity(enterprise: Enterprise, *, on: date) -> list[InCharge]:
    """Who activates qualities and names local managers: GAP first, then co-GAP, DPO, and GA of the domain."""
    found = administering(on).filter(enterprise=enterprise).select_related("person")
    ranked = sorted(found, key=lambda manager: (RANK.index(ManagerKind(manager.kind)), manager.pk))
    return [InCharge(name_of_entity_role(each), each.person, each.email) for each in ranked]


def in_charge_of_quality(quality: Quality) -> list[InCharge]:
    """Who adds members and gives functions: local manager, then co-local managers."""
    return [
        InCharge(str(member.get_kind_display()), member.person, member.email)
        for member in managers_of(quality)
    ]


def in_charge_of_branch(member: QualityMember) -> list[InCharge]:
    """The managers of a member's subdivision and of those above it, himself aside."""
    place = member.subdivision
    if place is None:
        return []
    leaders = QualityMember.objects.subdivision_managers().filter(
        subdivision__in=[place.pk, *place.ancestors]
    )
    named = leaders.exclude(pk=member.pk).select_related("person", "subdivision")
    return [
        InCharge(
            _("%(kind)s « %(name)s »") % {"kind": each.get_kind_display(), "name": each.subdivision},
            each.person,
            each.email,
        )
        for each in named.order_by("person__sort_name", "pk")
    ]


def enterprises_concerning(person: Person, *, on: date) -> QuerySet[Enterprise]:
    """Enterprises with which a person has, or ever had, to do: as manager, legal representative or member; by name."""
    managed = AccessManager.objects.filter(person=person, enterprise=OuterRef("pk"))
    represented = LegalFunction.objects.covering(on).filter(person=person, enterprise=OuterRef("pk"))
    placed = QualityMember.objects.filter(person=person, quality__enterprise=OuterRef("pk"))
    found = Q(Exists(managed)) | Q(Exists(represented)) | Q(Exists(placed))
    return Enterprise.objects.filter(found, world=person.world_id).order_by("search_name", "pk")


def was_lately_member(person: Person, bce_number: str, *, at: datetime) -> bool:
    """Whether someone's place in an enterprise, or its quality, ended in the last thirty days: he is still told by whom."""
    since = at - TOLD_FOR
    over = Q(ended_at__gt=since) | Q(ended_at=None, quality__deactivated_at__gt=since)
    places = QualityMember.objects.filter(over, person=person, quality__enterprise__world=person.world_id)
    return places.filter(quality__enterprise__bce_number=bce_number).exists()
