from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import QuerySet

from access_mgmt.models import QualityMember, RoleAssignment
from access_mgmt.selectors.qualities import current_assignments
from bhod_portal.core.names import plain

# Days before the end, in days of Brussels; a function that ends today has none left, and works all day.
THRESHOLDS = (1, 7, 30)
WATCHED = timedelta(days=max(THRESHOLDS))


@dataclass(frozen=True, slots=True)
class EndingGroup:
    """Functions whose last day comes within so many days, and not within the fewer ones of another group."""

    days: int
    assignments: list[RoleAssignment] = field(default_factory=list)


def functions_ending(
    members: QuerySet[QualityMember], *, on: date, within: timedelta = WATCHED
) -> QuerySet[RoleAssignment]:
    """Functions of these members at work on a day whose last day comes soon, the first to end first."""
    return (
        RoleAssignment.objects.standing()
        .filter(member__in=members)
        .filter(valid_from__lte=on, valid_until__gte=on, valid_until__lte=on + within)
        .select_related("member__person")
        .order_by("valid_until", "member__person__sort_name", "pk")
    )


def by_days_left(assignments: Iterable[RoleAssignment], *, on: date) -> list[EndingGroup]:
    """Functions that end soon, in the order they came, by the threshold that they have reached; no empty group."""
    groups = [EndingGroup(days) for days in THRESHOLDS]
    for assignment in assignments:
        if assignment.valid_until is not None:
            left = (assignment.valid_until - on).days
            next(group for group in groups if left <= group.days).assignments.append(assignment)
    return [group for group in groups if group.assignments]


def functions_without_end(members: QuerySet[QualityMember], *, on: date) -> QuerySet[RoleAssignment]:
    """What was asked for these members with no last day; by person."""
    return (
        current_assignments(on)
        .filter(member__in=members, valid_until=None)
        .select_related("member__person")
        .order_by("member__person__sort_name", "valid_from", "pk")
    )


def never_logged_in(members: QuerySet[QualityMember], *, name: str = "") -> QuerySet[QualityMember]:
    """Those of these members who never identified themselves, on no page of the portal; by name, and narrowed to it."""
    for part in plain(name).split():
        members = members.filter(person__sort_name__contains=part)
    return (
        members.filter(person__last_login=None).select_related("person").order_by("person__sort_name", "pk")
    )


def of_persons_named(assignments: QuerySet[RoleAssignment], name: str) -> QuerySet[RoleAssignment]:
    """Functions of persons with these parts in their name, whatever case, accents and order."""
    for part in plain(name).split():
        assignments = assignments.filter(member__person__sort_name__contains=part)
    return assignments
