"""What managers ask: a function given, its dates changed, a function deleted. Propagation carries it further."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from access_mgmt import selectors
from access_mgmt.enums import CIRCLE_FUNCTIONS, ChangeKind, Function, QualityKind
from access_mgmt.models import QualityMember, RoleAssignment, RoleChange
from access_mgmt.services.propagation import due_instant
from bhod_portal.core import clock
from bhod_portal.core.periods import Period
from csam.models import Person

_BATCH = 1000
# By whether something is withdrawn, and whether something is granted.
_KINDS = {
    (False, True): ChangeKind.GRANTED,
    (True, True): ChangeKind.EDITED,
    (True, False): ChangeKind.REVOKED,
}


@transaction.atomic
def assign_role(
    *, member: QualityMember, function: Function, period: Period, by: Person, at: datetime
) -> RoleAssignment:
    """Give a function to a member; the applications see it once the change has propagated (seed 000, line 509).

    Raises PermissionDenied, or ValidationError `member_ended`, `member_blocked`, `function_not_offered`,
    `role_overlap`.
    """
    member = _member_under_lock(member, by, at)
    if function in CIRCLE_FUNCTIONS and member.quality.kind != QualityKind.EHEALTH:
        raise ValidationError(
            _("Cette fonction ne se donne que sous la qualité « eHealth Soins de Santé »."),
            code="function_not_offered",
        )
    assignment = _ask(member, function, period, by, at)
    _record(ChangeKind.GRANTED, grants=assignment, by=by, at=at)
    return assignment


@transaction.atomic
def change_period(*, assignment: RoleAssignment, period: Period, by: Person, at: datetime) -> RoleAssignment:
    """Give a function other dates: one assignment ends and another begins, in one change, so that no gap opens.

    The same dates change nothing. Raises PermissionDenied, or ValidationError `member_ended`, `member_blocked`,
    `assignment_over`, `role_overlap`.
    """
    member = _member_under_lock(assignment.member, by, at)
    assignment = _standing(assignment)
    if period == Period(assignment.valid_from, assignment.valid_until):
        return assignment
    _revoke(assignment, by, at)
    successor = _ask(member, Function(assignment.function), period, by, at)
    _record(ChangeKind.EDITED, withdraws=assignment, grants=successor, by=by, at=at)
    return successor


@transaction.atomic
def revoke_role(*, assignment: RoleAssignment, by: Person, at: datetime) -> None:
    """Take a function away; it goes on working until the change has propagated.

    Raises PermissionDenied, or ValidationError `member_ended`, `member_blocked`, `assignment_over`.
    """
    _member_under_lock(assignment.member, by, at)
    assignment = _standing(assignment)
    _revoke(assignment, by, at)
    _record(ChangeKind.REVOKED, withdraws=assignment, by=by, at=at)


def revoke_all(
    *, members: Collection[QualityMember], by: Person, at: datetime
) -> dict[int, list[RoleAssignment]]:
    """Take away all that is not over from members whom the caller holds under lock and may change; by member's key.

    One statement of each kind, however many they are.
    """
    ended = list(
        selectors.current_assignments(clock.day_of(at))
        .filter(member__in=members)
        .order_by("valid_from", "pk")
    )
    _revoke_rows(ended, by, at)
    _record_rows([(each, None) for each in ended], by, at)
    by_member: dict[int, list[RoleAssignment]] = {}
    for each in ended:
        by_member.setdefault(each.member_id, []).append(each)
    return by_member


def give_all(
    *,
    grants: Sequence[tuple[QualityMember, Function, Period]],
    moves: Sequence[tuple[RoleAssignment, Period]],
    by: Person,
    at: datetime,
) -> None:
    """Give functions, and give standing ones other dates, to members whom the caller holds under lock and may change.

    As `assign_role` and `change_period` do one by one, in few statements. What may not be given was sorted out before;
    an overlap all the same raises IntegrityError.
    """
    _revoke_rows([assignment for assignment, _period in moves], by, at)
    asked = [(member.pk, function, period) for member, function, period in grants]
    asked += [(each.member_id, Function(each.function), period) for each, period in moves]
    given = RoleAssignment.objects.bulk_create(
        (
            RoleAssignment(
                member_id=member,
                function=function,
                valid_from=period.start,
                valid_until=period.end,
                requested_at=at,
                requested_by=by,
            )
            for member, function, period in asked
        ),
        batch_size=_BATCH,
    )
    _record_rows([(None, each) for each in given[: len(grants)]], by, at)
    _record_rows(
        [(old, new) for (old, _period), new in zip(moves, given[len(grants) :], strict=True)], by, at
    )


def _member_under_lock(member: QualityMember, by: Person, at: datetime) -> QualityMember:
    # One manager at a time per member: full_clean() then sees what the other one just wrote.
    locked = (
        QualityMember.objects.select_related("quality", "person__world")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=member.pk)
    )
    if not selectors.manages_member(by, locked, on=clock.day_of(at)):
        raise PermissionDenied(
            _("Seuls les gestionnaires de cette qualité peuvent attribuer ou retirer des fonctions.")
        )
    if locked.ended_at is not None:
        raise ValidationError(
            _("Cette personne ne figure plus parmi les utilisateurs de la qualité."), code="member_ended"
        )
    if locked.blocked_at is not None:
        raise ValidationError(
            _("Cette personne est bloquée : ses fonctions reviennent quand vous la débloquez."),
            code="member_blocked",
        )
    return locked


def _standing(assignment: RoleAssignment) -> RoleAssignment:
    fresh = RoleAssignment.objects.standing().filter(pk=assignment.pk).first()
    if fresh is None:
        raise ValidationError(_("Cette fonction a déjà été modifiée ou supprimée."), code="assignment_over")
    return fresh


def _ask(
    member: QualityMember, function: Function, period: Period, by: Person, at: datetime
) -> RoleAssignment:
    assignment = RoleAssignment(
        member=member,
        function=function,
        valid_from=period.start,
        valid_until=period.end,
        requested_at=at,
        requested_by=by,
    )
    assignment.full_clean()
    assignment.save()
    return assignment


def _revoke(assignment: RoleAssignment, by: Person, at: datetime) -> None:
    assignment.revoked_at = at
    assignment.revoked_by = by
    assignment.save(update_fields=["revoked_at", "revoked_by"])


def _record(
    kind: ChangeKind,
    *,
    by: Person,
    at: datetime,
    withdraws: RoleAssignment | None = None,
    grants: RoleAssignment | None = None,
) -> None:
    due_at = due_instant(by.world, at)
    if withdraws is not None:
        # What was not yet given can't be taken away first.
        earlier = RoleChange.objects.pending().filter(grants=withdraws).first()
        due_at = max(due_at, earlier.due_at) if earlier else due_at
    RoleChange.objects.create(
        kind=kind, withdraws=withdraws, grants=grants, requested_at=at, requested_by=by, due_at=due_at
    )


def _revoke_rows(assignments: Collection[RoleAssignment], by: Person, at: datetime) -> None:
    RoleAssignment.objects.filter(pk__in=[each.pk for each in assignments]).update(
        revoked_at=at, revoked_by=by
    )


def _record_rows(
    changes: Sequence[tuple[RoleAssignment | None, RoleAssignment | None]], by: Person, at: datetime
) -> None:
    """One change per pair of what it withdraws and what it grants; as `_record`, in few statements."""
    withdrawn = [each.pk for each, _granted in changes if each]
    not_yet_given = dict(
        RoleChange.objects.pending().filter(grants__in=withdrawn).values_list("grants_id", "due_at")
    )
    RoleChange.objects.bulk_create(
        (
            RoleChange(
                kind=_KINDS[withdraws is not None, grants is not None],
                withdraws=withdraws,
                grants=grants,
                requested_at=at,
                requested_by=by,
                # What was not yet given can't be taken away first.
                due_at=max(
                    due_instant(by.world, at), not_yet_given.get(withdraws.pk, at) if withdraws else at
                ),
            )
            for withdraws, grants in changes
        ),
        batch_size=_BATCH,
    )
