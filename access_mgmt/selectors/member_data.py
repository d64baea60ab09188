"""The data of a member as forms show and change them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from access_mgmt.enums import SecuredApplication
from access_mgmt.models import QualityMember
from access_mgmt.selectors.members import title_of
from bhod_portal.core.audit import subject_of
from bhod_portal.core.models import AuditEntry
from csam.models import Person

MEMBER_CHANGED = "access_mgmt.member.changed"
# What someone has once, and repeats in each of his qualities.
OF_THE_PERSON = ("title", "language", "email", "local_email")


def member_values(member: QualityMember) -> dict[str, Any]:
    """What a manager changes of a member, as it stands."""
    ticked = member.secured_applications
    return {
        "title": member.title,
        "language": member.language,
        "email": member.email,
        "local_email": member.local_email,
        "link": member.link,
        "secured_applications": [each.value for each in SecuredApplication if each.value in ticked],
        "kind": member.kind,
    }


def last_member_change(member: QualityMember) -> AuditEntry | None:
    """The last time that somebody changed the data of a member."""
    changes = AuditEntry.objects.filter(
        world=member.person.world_id, subject=subject_of(member), act=MEMBER_CHANGED
    )
    return changes.select_related("done_by").order_by("-done_at", "-pk").first()


def memberships_of(person: Person) -> QuerySet[QualityMember]:
    """What a person is in the active qualities, by enterprise."""
    return (
        QualityMember.objects.active()
        .filter(person=person, quality__deactivated_at=None)
        .select_related("quality__enterprise", "subdivision")
        .order_by("quality__enterprise__name", "quality__activated_at", "pk")
    )


def own_values(person: Person, memberships: Sequence[QualityMember]) -> dict[str, Any]:
    """What a person changes of himself, as it stands; the local address is the first one that a quality has."""
    return {
        "title": title_of(person).value,
        "language": person.language,
        "email": person.email,
        "local_email": next((each.local_email for each in memberships if each.local_email), ""),
        "phone": person.phone,
    }
