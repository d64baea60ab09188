"""« Modifier mes données personnelles » (seed 000, line 294): what one has once, and repeats in each of his qualities."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from access_mgmt import selectors
from access_mgmt.models import QualityMember
from bhod_portal.core import audit
from bhod_portal.core.overtaking import check_seen
from csam.enums import Language, Title
from csam.models import Person
from csam.services import personal_data


@transaction.atomic
def change_own_data(
    *,
    person: Person,
    title: Title,
    language: Language,
    email: str,
    local_email: str,
    phone: str,
    seen: Mapping[str, Any],
    by: Person,
    at: datetime,
) -> bool:
    """Change one's own data here and in all one's qualities at once; returns whether anything changed.

    `seen` is what one looked at. The old addresses are told of a new one. Raises PermissionDenied for anybody else and
    for who has no NISS, ValidationError `changed_meanwhile`.
    """
    # The places before the person, as who blocks or removes somebody: in the other order, two wait for each other.
    memberships = list(
        selectors.memberships_of(person).select_for_update(of=("self",), no_key=True).order_by("pk")
    )
    fresh = (
        Person.objects.select_related("world").select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    )
    wanted = {
        "title": str(title),
        "language": str(language),
        "email": email,
        "local_email": local_email if memberships else "",
        "phone": phone,
    }
    check_seen(seen=seen, now=selectors.own_values(fresh, memberships), wanted=wanted)
    old_addresses = {fresh.email, email, ""}
    changed = personal_data.change_personal_data(
        person=fresh,
        title=title,
        language=language,
        email=email,
        phone=phone,
        seen=personal_data.personal_values(fresh),
        by=by,
        at=at,
    )
    repeated = [_repeat(each, wanted, by, at, old_addresses) for each in memberships]
    return bool(changed) or any(repeated)


def _repeat(
    member: QualityMember, wanted: Mapping[str, str], by: Person, at: datetime, told: set[str]
) -> bool:
    names = [name for name in selectors.OF_THE_PERSON if getattr(member, name) != wanted[name]]
    if not names:
        return False
    if member.email not in told:
        told.add(member.email)
        personal_data.tell_old_address(person=by, old=member.email, changed=["email"], at=at)
    for name in names:
        setattr(member, name, wanted[name])
    member.full_clean()
    member.save(update_fields=names)
    audit.record(selectors.MEMBER_CHANGED, member, world=by.world, by=by, at=at, changed=names)
    return True
