from django.db.models import QuerySet

from access_mgmt.models import QualityMember, RoleAssignment, RoleChange


def role_history(member: QualityMember) -> QuerySet[RoleChange]:
    """All that was ever asked for a person in a quality, the newest act first; an earlier membership included."""
    given = RoleAssignment.objects.filter(member__person=member.person_id, member__quality=member.quality_id)
    # Two look-ups, each by its index: an OR over both columns would read every change there is.
    granting = RoleChange.objects.filter(grants__in=given).values("pk")
    withdrawing = RoleChange.objects.filter(withdraws__in=given).values("pk")
    return (
        RoleChange.objects.filter(pk__in=granting.union(withdrawing))
        .select_related("grants", "withdraws", "requested_by")
        .order_by("-requested_at", "-pk")
    )


def what_became_of(assignment: RoleAssignment) -> RoleChange | None:
    """The last act on a function that was edited away or deleted since one looked; None while it stands."""
    last = None
    changes = RoleChange.objects.select_related("withdraws", "grants", "requested_by")
    gone: RoleAssignment | None = assignment
    while gone is not None and (change := changes.filter(withdraws=gone).first()):
        last, gone = change, change.grants
    return last
