from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from access_mgmt.enums import ACTING_KINDS
from access_mgmt.models import Quality, QualityMember, RoleAssignment, Subdivision
from bhod_portal.core.prepared import Prepared
from csam.enums import AccessDomain, ManagerKind
from csam.models import AccessManager, Enterprise, LegalFunction, Person

# Who manages all accesses of an entity, and which domains of a GA reach this portal (design 4, Gestion des accès).
_ENTITY_MANAGERS = (ManagerKind.MAIN, ManagerKind.CO_MAIN, ManagerKind.DPO)


_DOMAINS = (AccessDomain.SOCIAL_SECURITY, AccessDomain.HEALTH_CARE)


def administers(person: Person, enterprise: Enterprise, *, on: date) -> bool:
    """GAP, co-GAP, DPO, or GA of the domain: sees the entity, activates qualities, names local managers.

    A GAP who has left the enterprise does so for 30 days more.
    """
    return administering(on).filter(person=person, enterprise=enterprise).exists()


def manages(person: Person, quality: Quality, *, on: date) -> bool:
    """May change members and functions of a quality: its local managers, and who administers the entity."""
    led = _place_of_manager.rows(person=person.pk, quality=quality.pk)
    return bool(led) or administers(person, quality.enterprise, on=on)


def branch_of(person: Person, quality: Quality) -> Subdivision | None:
    """The topmost subdivision of the branch that a subdivision manager manages; none for who is something else."""
    led = QualityMember.objects.subdivision_managers().filter(person=person, quality=quality)
    member = led.select_related("subdivision").first()
    return member.subdivision if member else None


def manages_somebody(person: Person, quality: Quality, *, on: date) -> bool:
    """Manages the whole quality, or a branch of it."""
    return manages(person, quality, on=on) or branch_of(person, quality) is not None


def manages_member(person: Person, member: QualityMember, *, on: date) -> bool:
    """May change a member, himself included: who manages the quality, or the branch to which the member belongs."""
    if manages(person, member.quality, on=on):
        return True
    if member.subdivision_id is None:
        return False
    return QualityMember.objects.filter(_in_branch_of(person), pk=member.pk).exists()


def members_managed_by(person: Person, quality: Quality, *, on: date) -> QuerySet[QualityMember]:
    """The members of a quality whom a person may change: all, those of his branch, or none."""
    members = QualityMember.objects.active().filter(quality=quality)
    return members if manages(person, quality, on=on) else members.filter(_in_branch_of(person))


def manages_subdivision(person: Person, subdivision: Subdivision, *, on: date) -> bool:
    """May change a subdivision and who is in it: who manages the quality, or a branch to which it belongs."""
    if manages(person, subdivision.quality, on=on):
        return True
    led = QualityMember.objects.subdivision_managers().filter(person=person, quality=subdivision.quality_id)
    return led.filter(subdivision__in=[subdivision.pk, *subdivision.ancestors]).exists()


def subdivisions_managed_by(person: Person, quality: Quality, *, on: date) -> QuerySet[Subdivision]:
    """The subdivisions of a quality that a person may change: all, those of his branch, or none."""
    subdivisions = Subdivision.objects.active().filter(quality=quality)
    if manages(person, quality, on=on):
        return subdivisions
    led = QualityMember.objects.subdivision_managers().filter(person=person).values("subdivision")
    return subdivisions.filter(Q(pk__in=led) | Q(ancestors__overlap=led))


def subdivisions_known_to(person: Person, *, on: date) -> QuerySet[Subdivision]:
    """Subdivisions of the qualities or branches that a person manages, or whose enterprise he manages or represents."""
    colleague = QualityMember.objects.managers().filter(person=person, quality=OuterRef("quality"))
    led = QualityMember.objects.subdivision_managers().filter(person=person).values("subdivision")
    return (
        Subdivision.objects.active()
        .filter(quality__deactivated_at=None, quality__enterprise__world=person.world_id)
        .filter(
            Exists(colleague)
            | Q(pk__in=led)
            | Q(ancestors__overlap=led)
            | _at_enterprise(person, "quality__enterprise", on)
        )
        .select_related("quality__enterprise", "parent")
    )


def manages_somewhere(person: Person, *, on: date) -> bool:
    """Manages some quality, a branch of one, or the accesses of some entity."""
    acting = QualityMember.objects.unblocked().filter(
        person=person, kind__in=ACTING_KINDS, quality__deactivated_at=None
    )
    return acting.exists() or administering(on).filter(person=person).exists()


def members_managed_anywhere(person: Person, *, on: date) -> QuerySet[QualityMember]:
    """The members of all qualities and branches that a person manages; each with his person and quality."""
    colleague = QualityMember.objects.managers().filter(person=person, quality=OuterRef("quality"))
    entity = administering(on).filter(person=person, enterprise=OuterRef("quality__enterprise"))
    return (
        QualityMember.objects.active()
        .filter(quality__deactivated_at=None, person__world=person.world_id)
        .filter(Exists(colleague) | Exists(entity) | _in_branch_of(person))
        .select_related("person", "quality__enterprise")
    )


def manages_somebody_at(person: Person, enterprise: Enterprise, *, on: date) -> bool:
    """Manages the entity, or a quality of it, or a branch of one."""
    acting = QualityMember.objects.unblocked().filter(person=person, kind__in=ACTING_KINDS)
    here = acting.filter(quality__enterprise=enterprise, quality__deactivated_at=None)
    return here.exists() or administers(person, enterprise, on=on)


def assignments_managed_at(person: Person, enterprise: Enterprise, *, on: date) -> QuerySet[RoleAssignment]:
    """Functions ever asked in an enterprise for those whom a person manages, or managed until they left."""
    asked = RoleAssignment.objects.filter(member__quality__enterprise=enterprise)
    if administers(person, enterprise, on=on):
        return asked
    members = QualityMember.objects.filter(quality__enterprise=enterprise, quality__deactivated_at=None)
    colleague = QualityMember.objects.managers().filter(person=person, quality=OuterRef("quality"))
    return asked.filter(member__in=members.filter(Exists(colleague) | _in_branch_of(person)))


def is_member(person: Person, quality: Quality) -> bool:
    """Whether someone is a member of a quality who may act, in whatever capacity."""
    return QualityMember.objects.unblocked().filter(person=person, quality=quality).exists()


def enterprises_known_to(person: Person, *, on: date) -> QuerySet[Enterprise]:
    """Enterprises that a person has to do with: access manager of any kind, legal representative, or member."""
    return Enterprise.objects.filter(
        _at_enterprise(person, "pk", on) | Exists(memberships_in_entity(person)), world=person.world_id
    )


def qualities_known_to(person: Person, *, on: date) -> QuerySet[Quality]:
    """Active qualities of which a person is a member, or whose enterprise he manages or represents."""
    return _qualities_known_to(person.pk, person.world_id, on)


def quality_known_to(person: Person, quality: int, *, on: date) -> Quality | None:
    """The quality with this key, when it is one of them."""
    found = _quality_known_to.rows(quality=quality, person=person.pk, world=person.world_id, on=on)
    return found[0] if found else None


def members_known_to(person: Person, *, on: date) -> QuerySet[QualityMember]:
    """Members of the qualities or branches that a person manages, or whose enterprise he manages or represents; and himself."""
    colleague = QualityMember.objects.managers().filter(person=person, quality=OuterRef("quality"))
    return (
        QualityMember.objects.active()
        .filter(quality__deactivated_at=None, person__world=person.world_id)
        .filter(
            Exists(colleague)
            | _in_branch_of(person)
            | Q(person=person)
            | _at_enterprise(person, "quality__enterprise", on)
        )
        .select_related("person", "quality__enterprise")
    )


def assignments_known_to(person: Person, *, on: date) -> QuerySet[RoleAssignment]:
    """Functions asked for the members that a person may know of."""
    return RoleAssignment.objects.filter(member__in=members_known_to(person, on=on)).select_related(
        "member__person", "member__quality__enterprise"
    )


@Prepared
def _place_of_manager(*, person: int, quality: int) -> QuerySet[QualityMember]:
    return QualityMember.objects.managers().filter(person=person, quality=quality)


def _qualities_known_to(person: int, world: int, on: date) -> QuerySet[Quality]:
    qualities = Quality.objects.active().filter(enterprise__world=world)
    member = QualityMember.objects.active().filter(person=person, quality=OuterRef("pk"))
    return qualities.filter(Exists(member) | _at_enterprise(person, "enterprise", on)).select_related(
        "enterprise"
    )


@Prepared
def _quality_known_to(*, quality: int, person: int, world: int, on: date) -> QuerySet[Quality]:
    return _qualities_known_to(person, world, on).filter(pk=quality)


def _in_branch_of(person: Person) -> Q:
    led = QualityMember.objects.subdivision_managers().filter(person=person).values("subdivision")
    return Q(subdivision__in=led) | Q(subdivision__ancestors__overlap=led)


def _at_enterprise(person: Person | int, path: str, on: date) -> Q:
    managed = AccessManager.objects.active().filter(person=person, enterprise=OuterRef(path))
    represented = LegalFunction.objects.covering(on).filter(person=person, enterprise=OuterRef(path))
    return Q(Exists(managed)) | Q(Exists(represented))


_ADMINISTERING = Q(kind__in=_ENTITY_MANAGERS) | Q(kind=ManagerKind.DOMAIN, domain__in=_DOMAINS)


def on_this_portal() -> Q:
    """Which managers of accesses belong here, in office or not."""
    return _ADMINISTERING


def in_office() -> QuerySet[AccessManager]:
    """Managers of accesses who belong on this portal, tied to their enterprise still or not."""
    return AccessManager.objects.active().filter(_ADMINISTERING)


def administering(on: date) -> QuerySet[AccessManager]:
    """Those of them who have access on that day."""
    return AccessManager.objects.with_access(on).filter(_ADMINISTERING)


def memberships_in_entity(person: Person) -> QuerySet[QualityMember]:
    """For a query of enterprises: what ties a person to one by an active quality."""
    return QualityMember.objects.active().filter(
        person=person, quality__enterprise=OuterRef("pk"), quality__deactivated_at=None
    )
