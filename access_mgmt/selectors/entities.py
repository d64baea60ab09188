from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from access_mgmt.enums import ACTING_KINDS, MANAGING_KINDS, MemberKind, QualityKind
from access_mgmt.models import Quality, QualityMember
from access_mgmt.selectors.rights import administering, in_office, memberships_in_entity
from csam.enums import ManagerKind
from csam.models import AccessManager, Enterprise, Person

_ENTITY_ROLES = {
    ManagerKind.MAIN: _("Responsable Accès Entité"),
    ManagerKind.CO_MAIN: _("co-Responsable Accès Entité"),
    ManagerKind.DOMAIN: _("Gestionnaire d'Accès"),
    ManagerKind.DPO: _("Data protection officer"),
}


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role as the home page lists it: in the entity itself, or in one of its qualities; `open` when it opens a page.

    `blocked_by` is who keeps the person from what he is there, `blocked_at` since when.
    """

    enterprise: Enterprise
    quality: Quality | None
    name: str
    open: bool
    blocked_by: Person | None = None
    blocked_at: datetime | None = None


def entities_of(person: Person) -> QuerySet[Enterprise]:
    """Enterprises in which a person is registered here: those he administers or of which he is a member; by name."""
    managed = in_office().filter(person=person, enterprise=OuterRef("pk"))
    entities = Enterprise.objects.filter(
        Exists(managed) | Exists(memberships_in_entity(person)), world=person.world_id
    )
    return entities.order_by("name", "pk")


def roles_held(person: Person, enterprise: Enterprise, *, on: date) -> list[HeldRole]:
    """What a person is in an entity; who administers it opens each of its qualities.

    The role of a GAP who left the enterprise more than 30 days ago is listed, and opens nothing.
    """
    entity = (
        in_office()
        .filter(person=person, enterprise=enterprise)
        .annotate(open=Exists(administering(on).filter(pk=OuterRef("pk"))))
        .order_by("-open", "designated_at", "pk")
        .first()
    )
    role = name_of_entity_role(entity) if entity else ""
    entity_role = role if entity and entity.open else ""
    memberships = (
        QualityMember.objects.active().filter(person=person).select_related("subdivision", "blocked_by")
    )
    qualities = (
        Quality.objects.active()
        .filter(enterprise=enterprise)
        .prefetch_related(Prefetch("members", queryset=memberships, to_attr="own_memberships"))
        .order_by("activated_at", "pk")
    )
    roles = [HeldRole(enterprise, None, role, open=bool(entity_role))] if role else []
    for quality in qualities:
        own: QualityMember | None = next(iter(quality.own_memberships), None)
        acts = own is not None and own.kind in ACTING_KINDS and own.blocked_at is None
        if own and (acts or not entity_role):
            name, opens, blocked = _kind_and_branch(own), acts, (own.blocked_by, own.blocked_at)
        elif entity_role:
            name, opens, blocked = entity_role, True, (None, None)
        else:
            continue
        blocked_by, blocked_at = blocked
        roles.append(HeldRole(enterprise, quality, name, opens, blocked_by, blocked_at))
    return roles


def name_of_entity_role(manager: AccessManager) -> str:
    """What this portal calls a manager of accesses."""
    return str(_ENTITY_ROLES[ManagerKind(manager.kind)])


def _kind_and_branch(member: QualityMember) -> str:
    """What a member is; of a subdivision manager, also of what."""
    kind = str(member.get_kind_display())
    return f"{kind} : {member.subdivision}" if member.kind == MemberKind.SUBDIVISION_MANAGER else kind


def only_quality(person: Person) -> Quality | None:
    """The quality of a local or co-local manager who is nothing else anywhere (seed 000, line 263)."""
    memberships = QualityMember.objects.active().filter(person=person, quality__deactivated_at=None)
    found = list(memberships.select_related("quality")[:2])
    alone = len(found) == 1 and found[0].kind in MANAGING_KINDS and found[0].blocked_at is None
    if not alone or in_office().filter(person=person).exists():
        return None
    return found[0].quality


def employers_without_quality() -> QuerySet[Enterprise]:
    """Registered ONSS employers in business that have a GAP and never had « Employeur ONSS » (design 4)."""
    gap = AccessManager.objects.active().filter(enterprise=OuterRef("pk"), kind=ManagerKind.MAIN)
    opened = Quality.objects.filter(enterprise=OuterRef("pk"), kind=QualityKind.EMPLOYER)
    return Enterprise.objects.filter(
        Exists(gap), ~Exists(opened), registered_at__isnull=False, stopped_on=None
    ).exclude(onss_number="")


def qualities_of(enterprise: Enterprise) -> QuerySet[Quality]:
    """All qualities that an enterprise has or had, with their local manager in `local_managers`; oldest first."""
    managers = QualityMember.objects.active().filter(kind=MemberKind.LOCAL_MANAGER).select_related("person")
    return (
        Quality.objects.filter(enterprise=enterprise)
        .select_related("enterprise")
        .prefetch_related(Prefetch("members", queryset=managers, to_attr="local_managers"))
        .order_by("activated_at", "pk")
    )


def active_quality(enterprise: Enterprise, kind: QualityKind) -> Quality | None:
    """The quality of that kind that an enterprise has at present."""
    return Quality.objects.active().filter(enterprise=enterprise, kind=kind).first()
