"""« Qui avait accès ? »: what applications granted a person at an instant, why or why not, and the rows that prove it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import overload

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
class _Stand:
    """How one function stood at an instant, without the names and reasons that only a row that is shown needs."""

    pk: int
    function: str
    valid_until: date | None
    requested_at: datetime
    covers: bool
    reason: AccessReason
    seen_from: datetime | None
    seen_until: datetime | None


class AccessRows(Sequence[AccessRow]):
    """The rows of a person; each is read whole only when it is looked at, a page of them in two queries."""

    def __init__(self, person: Person, stands: Sequence[_Stand], day: date) -> None:
        """`day` is that of the instant asked about."""
        self.person = person
        self.stands = stands
        self.day = day

    def __len__(self) -> int:
        return len(self.stands)

    @overload
    def __getitem__(self, place: int) -> AccessRow: ...
    @overload
    def __getitem__(self, place: slice) -> list[AccessRow]: ...
    def __getitem__(self, place: int | slice) -> AccessRow | list[AccessRow]:
        if isinstance(place, slice):
            return self.whole(self.stands[place])
        return self.whole([self.stands[place]])[0]

    def whole(self, stands: Iterable[_Stand]) -> list[AccessRow]:
        """Some of them, in the order given."""
        by_key = {stand.pk: stand for stand in stands}
        assignments = RoleAssignment.objects.select_related(
            "member", "requested_by", "revoked_by", "granted_by_change", "withdrawn_by_change"
        ).in_bulk(by_key)
        blocked = taken_by_a_block(list(assignments.values()), self.person)
        return [
            AccessRow(assignments[pk], stand.reason, stand.seen_from, stand.seen_until, pk in blocked)
            for pk, stand in by_key.items()
        ]


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


def access_rows(person: Person, quality: Quality, *, at: datetime, function: str = "") -> AccessRows:
    """All that was ever asked for a person in a quality, the oldest first, as it stood at an instant of the world."""
    asked = RoleAssignment.objects.filter(member__person=person, **_same_quality("member__quality", quality))
    if function:
        asked = asked.filter(function=function)
    seen = asked.order_by(
        "requested_at", "pk", "effective_roles__applied_at", "effective_roles__pk"
    ).values_list(
        "pk",
        "function",
        "valid_from",
        "valid_until",
        "requested_at",
        "effective_roles__applied_at",
        "effective_roles__withdrawn_at",
    )
    day = clock.day_of(at)
    stands = [
        _stand(*known, seen=[row[5:] for row in rows], at=at, day=day)
        for known, rows in groupby(seen, key=lambda row: row[:5])
    ]
    return AccessRows(person, stands, day)


def access_answers(rows: AccessRows, *, function: str = "") -> list[AccessAnswer]:
    """What the rows prove, function by function: those held first; of one function, if asked."""
    by_function: dict[str, list[_Stand]] = {function: []} if function else {}
    for stand in rows.stands:
        by_function.setdefault(stand.function, []).append(stand)
    deciding = [
        min(stands, key=lambda stand: _rank(stand, rows.day)) for stands in by_function.values() if stands
    ]
    because = {row.assignment.function: row for row in rows.whole(deciding)}
    answers = []
    for each in by_function:
        row = because.get(each)
        held = row is not None and row.reason == AccessReason.HELD
        answers.append(AccessAnswer(Function(each), held, row))
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


def _stand(
    pk: int,
    function: str,
    valid_from: date,
    valid_until: date | None,
    requested_at: datetime,
    *,
    seen: list[tuple[datetime | None, datetime | None]],
    at: datetime,
    day: date,
) -> _Stand:
    seen_from, seen_until = _seen_at(seen, at)
    covers = valid_from <= day and (valid_until is None or day <= valid_until)
    if seen_from is not None and seen_from <= at:
        if seen_until is not None and seen_until <= at:
            reason = AccessReason.WITHDRAWN
        else:
            reason = AccessReason.HELD if covers else AccessReason.OUTSIDE_DATES
    else:
        reason = AccessReason.NOT_YET_SEEN if requested_at <= at else AccessReason.ASKED_LATER
    return _Stand(pk, function, valid_until, requested_at, covers, reason, seen_from, seen_until)


def _seen_at(
    seen: list[tuple[datetime | None, datetime | None]], at: datetime
) -> tuple[datetime | None, datetime | None]:
    """From when to when applications saw it at an instant; else the last time before, else the first to come."""
    before = [each for each in seen if each[0] is not None and each[0] <= at]
    return before[-1] if before else seen[0]


def _rank(stand: _Stand, day: date) -> tuple[int, float]:
    rank = _RANKS[stand.reason]
    if stand.reason == AccessReason.NOT_YET_SEEN and not stand.covers:
        rank = _NOT_YET_NOR_DUE
    if stand.reason == AccessReason.ASKED_LATER:
        return rank, stand.requested_at.timestamp()
    since = (stand.seen_until if stand.reason == AccessReason.WITHDRAWN else None) or stand.seen_from
    ended_on = stand.valid_until
    if stand.reason == AccessReason.OUTSIDE_DATES and since and ended_on is not None and ended_on < day:
        since = max(since, _end_of(ended_on))
    return rank, -(since or stand.requested_at).timestamp()


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, clock.BRUSSELS)
