"""Who can help, or take a place, when a manager can't act himself or leaves."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from access_mgmt.enums import MANAGING_KINDS, Afterwards, MemberKind
from access_mgmt.models import Quality, QualityMember
from access_mgmt.selectors.members import managers_of
from access_mgmt.selectors.rights import administering
from bhod_portal.core.models import AuditEntry
from bhod_portal.core.names import plain
from csam.enums import ManagerKind
from csam.models import AccessManager, Enterprise, Person

RANK = (ManagerKind.MAIN, ManagerKind.CO_MAIN, ManagerKind.DPO, ManagerKind.DOMAIN)
HANDED_OVER = "access_mgmt.member.handed_over"


@dataclass(frozen=True, slots=True)
class Handover:
    """A place that somebody gave away: in which quality, to whom, and what he himself became."""

    quality: Quality
    successor: QualityMember
    afterwards: Afterwards


def administrators_of(enterprise: Enterprise, *, on: date) -> list[Person]:
    """Who administers an entity on that day: the GAP first, then co-GAP, DPO, and GA of the domain."""
    found = administering(on).filter(enterprise=enterprise).select_related("person")
    ranked = sorted(found, key=lambda manager: (RANK.index(ManagerKind(manager.kind)), manager.pk))
    return list(dict.fromkeys(manager.person for manager in ranked))


def entity_managers_of(enterprise: Enterprise, *, on: date) -> QuerySet[AccessManager]:
    """GAP and co-GAP of an entity who have access on that day, each with his person."""
    found = administering(on).filter(enterprise=enterprise, kind__in=(ManagerKind.MAIN, ManagerKind.CO_MAIN))
    return found.select_related("person").order_by("designated_at", "pk")


def who_can_help(quality: Quality, *, on: date, but: Person) -> list[Person]:
    """Who manages a quality besides someone: its own managers, else who administers the entity."""
    colleagues = [member.person for member in managers_of(quality) if member.person_id != but.pk]
    return colleagues or [person for person in administrators_of(quality.enterprise, on=on) if person != but]


def local_manager_of(quality: Quality) -> QualityMember | None:
    """The local manager of a quality, blocked or not; None where there is none."""
    found = QualityMember.objects.active().filter(quality=quality, kind=MemberKind.LOCAL_MANAGER)
    return found.select_related("person").first()


def place_of(person: Person, quality: Quality) -> QualityMember | None:
    """The place from which someone manages a quality or a branch of it, unless he is blocked."""
    places = QualityMember.objects.unblocked().filter(person=person, quality=quality)
    return places.exclude(kind=MemberKind.USER).select_related("person", "subdivision").first()


def may_succeed(quality: Quality, *, place: QualityMember | None) -> QuerySet[QualityMember]:
    """Members of a quality who may take that place: all who may act, or those of a subdivision manager's branch."""
    found = QualityMember.objects.unblocked().filter(quality=quality).select_related("person")
    if place:
        found = found.exclude(pk=place.pk)
    if place and place.subdivision_id and place.kind not in MANAGING_KINDS:
        top = place.subdivision_id
        found = found.filter(Q(subdivision=top) | Q(subdivision__ancestors__contains=[top]))
    return found.order_by("person__sort_name", "pk")


def called(members: QuerySet[QualityMember], text: str) -> QuerySet[QualityMember]:
    """Those whose name has all these words, in any order, or whose user name begins so; none for no words."""
    words = plain(text).split()
    if not words:
        return members.none()
    named = Q()
    for word in words:
        named &= Q(person__sort_name__contains=word)
    return members.filter(named | Q(person__username__istartswith=text.strip()))


def last_handover(person: Person) -> Handover | None:
    """The last place that somebody gave away himself."""
    entry = (
        AuditEntry.objects.filter(world=person.world_id, act=HANDED_OVER, done_by=person)
        .order_by("-done_at", "-pk")
        .first()
    )
    if entry is None:
        return None
    member = QualityMember.objects.select_related("person", "quality__enterprise").get(
        pk=entry.details["successor"]
    )
    return Handover(member.quality, member, Afterwards(entry.details["afterwards"]))
