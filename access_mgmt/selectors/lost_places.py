"""What a person lately lost on the portal: a place in a quality, the management of it or of an entity, or the quality."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from access_mgmt.enums import ACTING_KINDS, MANAGING_KINDS, MemberKind
from access_mgmt.models import Quality, QualityMember
from access_mgmt.selectors.entities import name_of_entity_role
from access_mgmt.selectors.member_data import MEMBER_CHANGED
from access_mgmt.selectors.rights import administers, on_this_portal
from access_mgmt.selectors.succession import HANDED_OVER
from bhod_portal.core import clock
from bhod_portal.core.audit import subject_of
from bhod_portal.core.models import AuditEntry
from csam.models import AccessManager, Enterprise, Person

# How long the one who had a place is told what became of it; afterwards he is a stranger.
TOLD_FOR = timedelta(days=30)
LOCAL_MANAGER_NAMED = "access_mgmt.local_manager.named"
SUBDIVISION_MANAGER_ENDED = "access_mgmt.subdivision.manager_ended"


@dataclass(frozen=True, slots=True)
class LostPlace:
    """What somebody no longer is, since when and by whom; of which quality, none for the entity itself.

    `quality_over`: it is the quality that ended. `is_member`: he is a user of it still.
    """

    enterprise: Enterprise
    quality: Quality | None
    role: str
    lost_at: datetime
    lost_by: Person
    managed: bool
    quality_over: bool = False
    is_member: bool = False


def quality_at(**address: int) -> Quality | None:
    """The quality to which an object belongs, active or not, by the argument of its address; not for others to see."""
    return Quality.objects.filter(**address).select_related("enterprise__world").first()


def lost_place(person: Person, quality: Quality, *, at: datetime) -> LostPlace | None:
    """The last thing that a person lost in a quality, or in its entity, in the last thirty days of the world."""
    found = [
        _quality_over(person, quality, at),
        _membership_ended(person, at, quality=quality),
        _stepped_down(person, quality, at),
        _entity_lost(person, quality.enterprise, at),
    ]
    return _latest(found)


def blocked_manager(person: Person, quality: Quality) -> QualityMember | None:
    """The place from which someone would manage a quality or a branch of it, and is kept."""
    places = QualityMember.objects.active().filter(person=person, quality=quality, kind__in=ACTING_KINDS)
    return places.exclude(blocked_at=None).select_related("blocked_by").first()


def lost_entity(person: Person, enterprise: Enterprise, *, at: datetime) -> LostPlace | None:
    """The same of an entity: the management of it, or a place in one of its qualities."""
    return _latest(
        [
            _entity_lost(person, enterprise, at),
            _membership_ended(person, at, quality__enterprise=enterprise),
        ]
    )


def _latest(found: list[LostPlace | None]) -> LostPlace | None:
    return max(filter(None, found), key=lambda lost: lost.lost_at, default=None)


def _quality_over(person: Person, quality: Quality, at: datetime) -> LostPlace | None:
    if quality.deactivated_at is None or quality.deactivated_by is None:
        return None
    if quality.deactivated_at <= at - TOLD_FOR:
        return None
    # His place ended with it, or is of the entity.
    places = QualityMember.objects.filter(Q(ended_at=None) | Q(ended_at__gte=quality.deactivated_at))
    place = places.filter(person=person, quality=quality).order_by("-pk").first()
    in_entity = administers(person, quality.enterprise, on=clock.day_of(at))
    if place is None and not in_entity:
        return None
    return LostPlace(
        enterprise=quality.enterprise,
        quality=quality,
        role=str(place.get_kind_display()) if place else "",
        lost_at=quality.deactivated_at,
        lost_by=quality.deactivated_by,
        managed=in_entity or (place is not None and place.kind in ACTING_KINDS),
        quality_over=True,
    )


def _membership_ended(person: Person, at: datetime, **where: Any) -> LostPlace | None:
    ended = QualityMember.objects.filter(person=person, ended_at__gt=at - TOLD_FOR, **where)
    place = (
        ended.select_related("quality__enterprise", "ended_by", "subdivision")
        .order_by("-ended_at", "-pk")
        .first()
    )
    if place is None or place.ended_at is None or place.ended_by is None:
        return None
    # Who came back since is no longer gone.
    if QualityMember.objects.active().filter(person=person, quality=place.quality_id).exists():
        return None
    return LostPlace(
        enterprise=place.quality.enterprise,
        quality=place.quality,
        role=str(place.get_kind_display()),
        lost_at=place.ended_at,
        lost_by=place.ended_by,
        managed=place.kind in ACTING_KINDS,
    )


def _stepped_down(person: Person, quality: Quality, at: datetime) -> LostPlace | None:
    place = QualityMember.objects.active().filter(person=person, quality=quality).first()
    if place is None or place.kind != MemberKind.USER:
        return None
    trail = AuditEntry.objects.filter(world=person.world_id, done_at__gt=at - TOLD_FOR)
    managers = QualityMember.objects.filter(quality=quality, kind__in=MANAGING_KINDS)
    named = trail.filter(
        act=LOCAL_MANAGER_NAMED,
        subject__in=[subject_of(manager) for manager in managers],
        details__former=person.pk,
    )
    down = [
        (
            trail.filter(act=MEMBER_CHANGED, subject=subject_of(place), details__kind=MemberKind.USER.value),
            MemberKind.CO_LOCAL_MANAGER.label,
        ),
        (
            trail.filter(act=SUBDIVISION_MANAGER_ENDED, subject=subject_of(place)),
            MemberKind.SUBDIVISION_MANAGER.label,
        ),
        (named, MemberKind.LOCAL_MANAGER.label),
        (trail.filter(act=HANDED_OVER, subject=subject_of(quality), done_by=person), _("gestionnaire")),
    ]
    entries = [
        (entry, role)
        for found, role in down
        if (entry := found.select_related("done_by").order_by("-done_at", "-pk").first())
    ]
    if not entries:
        return None
    entry, role = max(entries, key=lambda found: (found[0].done_at, found[0].pk))
    return LostPlace(
        enterprise=quality.enterprise,
        quality=quality,
        role=str(role),
        lost_at=entry.done_at,
        lost_by=entry.done_by,
        managed=True,
        is_member=True,
    )


def _entity_lost(person: Person, enterprise: Enterprise, at: datetime) -> LostPlace | None:
    offices = AccessManager.objects.filter(on_this_portal(), person=person, enterprise=enterprise)
    if offices.filter(ended_at=None).exists():
        return None
    office = (
        offices.filter(ended_at__gt=at - TOLD_FOR)
        .select_related("ended_by", "enterprise")
        .order_by("-ended_at", "-pk")
        .first()
    )
    if office is None or office.ended_at is None or office.ended_by is None:
        return None
    return LostPlace(
        enterprise=office.enterprise,
        quality=None,
        role=name_of_entity_role(office),
        lost_at=office.ended_at,
        lost_by=office.ended_by,
        managed=True,
    )
