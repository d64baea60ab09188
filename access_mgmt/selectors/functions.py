from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from access_mgmt.enums import AssignmentState, Function
from access_mgmt.models import QualityMember, RoleAssignment, RoleChange
from access_mgmt.selectors.qualities import current_assignments
from bhod_portal.core.periods import Period


@dataclass(frozen=True, slots=True)
class FunctionRow:
    """A row of « Fonctions exercées »: what was asked, how far it is, and the change that is still on its way."""

    assignment: RoleAssignment
    state: AssignmentState
    pending: RoleChange | None

    @property
    def editable(self) -> bool:
        return self.assignment.revoked_at is None


def is_assigned(member: QualityMember, function: Function, period: Period) -> bool:
    """Whether a function stands for exactly these days already."""
    asked = RoleAssignment.objects.standing().filter(member=member, function=function)
    return asked.filter(valid_from=period.start, valid_until=period.end).exists()


def functions_held(member: QualityMember, *, on: date) -> QuerySet[RoleAssignment]:
    """What was asked for a member and is not over on a day, by start."""
    return current_assignments(on).filter(member=member).order_by("valid_from", "pk")


def function_rows(member: QualityMember, *, on: date) -> list[FunctionRow]:
    """All that was ever asked for a member, what stands or still works first; withdrawn rows last."""
    return function_rows_of([member], on=on)[member.pk]


def function_rows_of(members: Collection[QualityMember], *, on: date) -> dict[int, list[FunctionRow]]:
    """The same for several members, by their keys, in one query."""
    assignments = (
        RoleAssignment.objects.filter(member__in=members)
        .select_related("granted_by_change", "withdrawn_by_change")
        .order_by("-valid_from", "-pk")
    )
    rows: dict[int, list[FunctionRow]] = {member.pk: [] for member in members}
    for assignment in assignments:
        rows[assignment.member_id].append(_function_row(assignment, on))
    return {
        member: sorted(each, key=lambda row: row.state == AssignmentState.WITHDRAWN)
        for member, each in rows.items()
    }


def _function_row(assignment: RoleAssignment, on: date) -> FunctionRow:
    change = change_of(assignment)
    if change is not None and change.applied_at is None:
        return FunctionRow(assignment, AssignmentState.PENDING, change)
    if assignment.revoked_at is not None:
        state = AssignmentState.WITHDRAWN
    elif on < assignment.valid_from:
        state = AssignmentState.FUTURE
    elif assignment.valid_until is not None and assignment.valid_until < on:
        state = AssignmentState.EXPIRED
    else:
        state = AssignmentState.ACTIVE
    return FunctionRow(assignment, state, None)


def change_of(assignment: RoleAssignment) -> RoleChange | None:
    """The change that gives a function or, once it is taken away, the one that takes it away."""
    name = "granted_by_change" if assignment.revoked_at is None else "withdrawn_by_change"
    return getattr(assignment, name, None)
