"""What ends with a member, whoever ends him: his place, his functions, what he answers for."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from access_mgmt.models import QualityMember, Responsibility, RoleAssignment
from access_mgmt.services.code_blocks import lift_code_blocks
from access_mgmt.services.role_assignments import revoke_all
from csam.models import Person


def end_members(
    *, members: Collection[QualityMember], by: Person, at: datetime
) -> dict[int, list[RoleAssignment]]:
    """End members whom the caller holds under lock and may remove; returns, by member, the functions that end.

    In sets, inside the caller's transaction. The functions go on working until the change has propagated.
    """
    ended = revoke_all(members=members, by=by, at=at)
    Responsibility.objects.standing().filter(Q(member__in=members) | Q(responsible__in=members)).update(
        ended_at=at, ended_by=by
    )
    QualityMember.objects.filter(pk__in=[member.pk for member in members]).update(ended_at=at, ended_by=by)
    for member in members:
        member.ended_at, member.ended_by = at, by
    lift_code_blocks(members=members, by=by, at=at)
    return ended
