from datetime import date, timedelta

from django.db.models import QuerySet

from access_mgmt.models import Quality, RoleAssignment

WATCHED = timedelta(days=30)


def functions_ending(quality: Quality, *, on: date) -> QuerySet[RoleAssignment]:
    """Functions of a quality at work on a day whose last day comes within thirty days, the first to end first."""
    return (
        RoleAssignment.objects.standing()
        .filter(member__quality=quality, member__ended_at=None)
        .filter(valid_from__lte=on, valid_until__gte=on, valid_until__lte=on + WATCHED)
        .select_related("member__person")
        .order_by("valid_until", "member__person__sort_name", "pk")
    )
