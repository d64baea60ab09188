"""« Qui avait accès ? »: what applications granted a person at an instant, why or why not, and the rows that prove it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import F, OuterRef, QuerySet, Subquery

from access_mgmt.enums import AccessReason, Function
from access_mgmt.models import EffectiveRole, Quality, QualityMember, RoleAssignment, RoleChange, Subdivision
from access_mgmt.selectors.subdivisions import in_branch
from bhod_portal.core import clock
from bhod_portal.core.audit import subject_of
from bhod_portal.core.models import AuditEntry
from bhod_portal.core.periods import Period, covering
from csam.models import Person

MEMBER_BLOCKED = "access_mgmt.member.blocked"
# Which reason speaks first; between withdrawn and outside its dates, what happened last does.
_RANKS = {
    AccessReason.HELD: 0,
    AccessReason.NOT_YET_SEEN: 1,
    AccessReason.WITHDRAWN: 2,
    AccessReason.OUTSIDE_DATES: 2,
    AccessReason.ASKED_LATER: 4,
}
_NOT_YET_NOR_DUE = 3


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One function as it was asked once: how it stood at an instant, and all that is known of it today.

    Applications saw it from `seen_from` to just before `seen_until`, on the days of its dates. `taken_by_block`: it was
    withdrawn because the person was blocked; `taken_with_place`: because he left the quality.
    """

    assignment: RoleAssignment
    reason: AccessReason
    seen_from: datetime | None
    seen_until: datetime | None
    taken_by_block: bool

    @property
    def function(self) -> Function:
        return Function(self.assignment.function)

    @property
    def period(self) -> Period:
        return Period(self.assignment.valid_from, self.assignment.valid_until)

    @property
    def pending(self) -> RoleChange | None:
        """The change that has still to bring it to the applications."""
        change: RoleChange | None = getattr(self.assignment, "granted_by_change", None)
        return change if self.seen_from is None else None

    @property
    def was_edited(self) -> bool:
        """Whether other dates took its place."""
        change: RoleChange | None = getattr(self.assignment, "withdrawn_by_change", None)
        return change is not None and change.grants_id is not None

    @property
    def taken_with_place(self) -> bool:
        ended_at = self.assignment.member.ended_at
        return ended_at is not None and ended_at == self.assignment.revoked_at


@dataclass(frozen=True, slots=True)
class AccessAnswer:
    """Whether a person had a function at an instant; `because` is the row that decides, none when it was never asked."""

    function: Function
    held: bool
    because: AccessRow | None


def remembered_members(quality: Quality, *, branch: Subdivision | None = None) -> QuerySet[QualityMember]:
    """Who is or was a member of a quality, each person once, as he is now or was when he left; or those of a branch.

    An earlier activation of the same quality of the enterprise counts.
    """
    ever = QualityMember.objects.filter(**_same_quality("quality", quality))
    last = ever.filter(person=OuterRef("person")).order_by(F("ended_at").desc(nulls_first=True), "-pk")
    members = ever.filter(pk=Subquery(last.values("pk")[:1]))
    return in_branch(members, branch) if branch else members


def roles_seen_at(
    quality: Quality, *, at: datetime, function: str = "", branch: Subdivision | None = None
) -> QuerySet[EffectiveRole]:
    """What applications granted through a quality at an instant of the world, by person; of one function, if asked."""
    roles = EffectiveRole.objects.known_at(at).filter(
        covering(clock.day_of(at)),
        enterprise=quality.enterprise_id,
        **_same_quality("assignment__member__quality", quality),
    )
    if function:
        roles = roles.filter(function=function)
    if branch:
        roles = roles.filter(person__in=remembered_members(quality, branch=branch).values("person"))
    return roles.select_related("person", "assignment__requested_by").order_by(
        "person__sort_name", "person", "function", "pk"
    )


def access_rows(person: Person, quality: Quality, *, at: datetime, function: str = "") -> list[AccessRow]:
    """All that was ever asked for a person in a quality, the oldest first, as it stood at an instant of the world."""
    assignments = (
        RoleAssignment.objects.filter(member__person=person, **_same_quality("member__quality", quality))
        .select_related(
            "member",
            "requested_by",
            "revoked_by",
            "granted_by_change",
            "withdrawn_by_change",
        )
        .prefetch_related("effective_roles")
        .order_by("requested_at", "pk")
    )
    if function:
        assignments = assignments.filter(function=function)
    asked = list(assignments)
    blocked = taken_by_a_block(asked, person)
    return [_row(each, at, by_block=each.pk in blocked) for each in asked]


def access_answers(rows: Sequence[AccessRow], *, at: datetime, function: str = "") -> list[AccessAnswer]:
    """What the rows prove, function by function: those held first; of one function, if asked."""
    by_function: dict[Function, list[AccessRow]] = {Function(function): []} if function else {}
    for row in rows:
        by_function.setdefault(row.function, []).append(row)
    answers = []
    for each, its_rows in by_function.items():
        because = min(its_rows, key=lambda row: _rank(row, at), default=None)
        held = because is not None and because.reason == AccessReason.HELD
        answers.append(AccessAnswer(each, held, because))
    return sorted(answers, key=lambda answer: (not answer.held, answer.function.label))


def taken_by_a_block(assignments: Sequence[RoleAssignment], person: Person) -> frozenset[int]:
    """Which of a person's functions, each with its member, were withdrawn because he was blocked; by their keys."""
    members = {each.member.pk: each.member for each in assignments if each.revoked_at is not None}
    blocks = AuditEntry.objects.filter(
        world=person.world_id,
        act=MEMBER_BLOCKED,
        subject__in=[subject_of(member) for member in members.values()],
    )
    taken = blocks.values_list("details", flat=True) if members else ()
    return frozenset(pk for details in taken for pk in details.get("assignments", ()))


def _same_quality(path: str, quality: Quality) -> dict[str, object]:
    return {f"{path}__enterprise": quality.enterprise_id, f"{path}__kind": quality.kind}


def _row(assignment: RoleAssignment, at: datetime, *, by_block: bool) -> AccessRow:
    role = _role_at(list(assignment.effective_roles.all()), at)
    seen_from, seen_until = (role.applied_at, role.withdrawn_at) if role else (None, None)
    if seen_from is not None and seen_from <= at:
        if seen_until is not None and seen_until <= at:
            reason = AccessReason.WITHDRAWN
        else:
            covers = Period(assignment.valid_from, assignment.valid_until).covers(clock.day_of(at))
            reason = AccessReason.HELD if covers else AccessReason.OUTSIDE_DATES
    else:
        reason = AccessReason.NOT_YET_SEEN if assignment.requested_at <= at else AccessReason.ASKED_LATER
    return AccessRow(assignment, reason, seen_from, seen_until, by_block)


def _role_at(roles: list[EffectiveRole], at: datetime) -> EffectiveRole | None:
    """What the applications saw of an assignment at an instant; else the last they had seen, else the first to come."""
    roles.sort(key=lambda role: (role.applied_at, role.pk))
    before = [role for role in roles if role.applied_at <= at]
    return before[-1] if before else next(iter(roles), None)


def _rank(row: AccessRow, at: datetime) -> tuple[int, float]:
    day = clock.day_of(at)
    rank = _RANKS[row.reason]
    if row.reason == AccessReason.NOT_YET_SEEN and not row.period.covers(day):
        rank = _NOT_YET_NOR_DUE
    since = (row.seen_until if row.reason == AccessReason.WITHDRAWN else None) or row.seen_from
    ended_on = row.period.end
    if row.reason == AccessReason.OUTSIDE_DATES and ended_on is not None and ended_on < day:
        since = max(row.seen_from or at, _end_of(ended_on))
    if row.reason == AccessReason.ASKED_LATER:
        return rank, row.assignment.requested_at.timestamp()
    return rank, -(since or row.assignment.requested_at).timestamp()


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, clock.BRUSSELS)
