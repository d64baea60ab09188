"""« Hiérarchie des responsabilités »: who answers for whom in a quality (domain.md 3.6, ReMaPH)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from access_mgmt.models import Quality, QualityMember, Responsibility, Subdivision
from access_mgmt.selectors.rights import branch_of, manages, members_known_to, members_managed_by
from bhod_portal.core.names import plain
from csam.models import Person

# A page stays readable: beyond this many lines, or persons below one, what is below opens on a page of its own.
LINES_PER_PAGE = 300
OPENED_BELOW = 25
_NISS_DIGITS = 11


@dataclass(frozen=True, slots=True)
class HierarchyLine:
    """A person in the tree, in the order of reading; a line says which lists open or end after it.

    `responsibility` is the one that puts the person below the line above him; none at the top. `below` counts the
    persons for whom he answers when they are not shown here: further up on the page (`is_again`) or on a page of
    their own. `answered_elsewhere`: someone beyond the branch that one may see answers for him.
    """

    member: QualityMember
    responsibility: int | None
    opens: bool
    closes: range
    below: int
    is_again: bool
    answered_elsewhere: bool


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Who answers for whom, among the members whom a person manages."""

    members: Mapping[int, QualityMember]
    below: Mapping[int, Sequence[tuple[int, int]]]
    tops: Sequence[int]
    answered_elsewhere: frozenset[int]

    def lines(self, tops: Sequence[tuple[int | None, int]]) -> list[HierarchyLine]:
        """The tree below some members, each given with the responsibility that puts him there; everyone opens once."""
        lines: list[HierarchyLine] = []
        opened: set[int] = set()
        # What is still to be written, the next one last, with the number of lists that end after it.
        waiting = [(link, pk, 0) for link, pk in reversed(tops)]
        while waiting:
            link, pk, closes = waiting.pop()
            below = self.below.get(pk, ())
            is_again = pk in opened and bool(below)
            fits = len(below) <= OPENED_BELOW and len(lines) < LINES_PER_PAGE
            opens = bool(below) and not is_again and fits
            if opens:
                opened.add(pk)
                last = len(below) - 1
                waiting.extend(
                    (below[at][0], below[at][1], closes + 1 if at == last else 0)
                    for at in range(last, -1, -1)
                )
            lines.append(
                HierarchyLine(
                    member=self.members[pk],
                    responsibility=link,
                    opens=opens,
                    closes=range(0 if opens else closes),
                    below=0 if opens else len(below),
                    is_again=is_again,
                    answered_elsewhere=pk in self.answered_elsewhere,
                )
            )
        return lines


@dataclass(frozen=True, slots=True)
class Ties:
    """The place of a member in the hierarchy; `answered_elsewhere`: someone of another branch answers for him."""

    answers_for: Sequence[Responsibility]
    answered_by: Sequence[Responsibility]
    answered_elsewhere: bool


def hierarchy_of(quality: Quality, *, seen_by: Person, on: date) -> Hierarchy:
    """The hierarchy among the members whom a person manages, by name; two queries, however many they are."""
    standing = Responsibility.objects.standing()
    placed = members_managed_by(seen_by, quality, on=on).filter(
        Exists(standing.filter(member=OuterRef("pk"))) | Exists(standing.filter(responsible=OuterRef("pk")))
    )
    by_name = placed.select_related("person").order_by("person__sort_name", "pk")
    members = {member.pk: member for member in by_name}
    rank = {pk: number for number, pk in enumerate(members)}
    below: dict[int, list[tuple[int, int]]] = {}
    answered: set[int] = set()
    elsewhere: set[int] = set()
    links = standing.filter(member__quality=quality).values_list("pk", "responsible", "member")
    for link, responsible, member in links:
        if member not in members:
            continue
        if responsible not in members:
            elsewhere.add(member)
            continue
        answered.add(member)
        below.setdefault(responsible, []).append((link, member))
    for each in below.values():
        each.sort(key=lambda pair: rank[pair[1]])
    # Who answers only for persons of another branch is not shown as a tree of one.
    tops = [pk for pk in members if pk not in answered and (pk in below or pk in elsewhere)]
    return Hierarchy(members, below, tops, frozenset(elsewhere))


def members_outside_hierarchy(quality: Quality, *, seen_by: Person, on: date) -> QuerySet[QualityMember]:
    """The members whom a person manages for whom nobody answers, and who answer for nobody, by name."""
    standing = Responsibility.objects.standing()
    return (
        members_managed_by(seen_by, quality, on=on)
        .filter(
            ~Exists(standing.filter(member=OuterRef("pk"))),
            ~Exists(standing.filter(responsible=OuterRef("pk"))),
            person__world=quality.enterprise.world_id,
        )
        .select_related("person")
        .order_by("person__sort_name", "pk")
    )


def responsibility_edges(quality: Quality) -> QuerySet[Responsibility, tuple[int, int]]:
    """Who answers for whom in a quality today, as pairs of keys."""
    return (
        Responsibility.objects.standing()
        .filter(member__quality=quality)
        .values_list("responsible_id", "member_id")
    )


def responsibilities_known_to(person: Person, *, on: date) -> QuerySet[Responsibility]:
    """Responsibilities between two members of whom a person may know, the ended ones too."""
    known = members_known_to(person, on=on)
    return Responsibility.objects.filter(member__in=known, responsible__in=known).select_related(
        "member__quality__enterprise__world", "member__person__world", "responsible__person__world"
    )


def ended_responsibilities(quality: Quality, *, seen_by: Person, on: date) -> QuerySet[Responsibility]:
    """What was ended, the latest first; who manages a branch sees what was within it."""
    ended = Responsibility.objects.filter(member__quality=quality, ended_at__isnull=False)
    if not manages(seen_by, quality, on=on):
        top = branch_of(seen_by, quality)
        branch = Subdivision.objects.branch(top) if top else Subdivision.objects.none()
        ended = ended.filter(member__subdivision__in=branch, responsible__subdivision__in=branch)
    return ended.select_related("member__person", "responsible__person", "given_by", "ended_by").order_by(
        "-ended_at", "-pk"
    )


def answers_for(member: QualityMember) -> QuerySet[Responsibility]:
    """For whom a member answers, by name."""
    return (
        Responsibility.objects.standing()
        .filter(responsible=member)
        .select_related("member__person")
        .order_by("member__person__sort_name", "pk")
    )


def answered_by(member: QualityMember) -> QuerySet[Responsibility]:
    """Who answers for a member, by name."""
    return (
        Responsibility.objects.standing()
        .filter(member=member)
        .select_related("responsible__person")
        .order_by("responsible__person__sort_name", "pk")
    )


def ties_of(member: QualityMember, *, seen_by: Person, on: date) -> Ties:
    """Whom a member answers for and who answers for him, as far as someone who manages him may know."""
    managed = members_managed_by(seen_by, member.quality, on=on)
    above = list(answered_by(member).annotate(is_known=Exists(managed.filter(pk=OuterRef("responsible")))))
    known = [each for each in above if each.is_known]
    return Ties(
        answers_for=list(answers_for(member).filter(member__in=managed)),
        answered_by=known,
        answered_elsewhere=len(above) > len(known),
    )


def members_called(members: QuerySet[QualityMember], text: str) -> QuerySet[QualityMember]:
    """Those of some members who are called so, by name: a user name, a NISS, or parts of first and last name."""
    by_name = members.select_related("person").order_by("person__sort_name", "pk")
    digits = "".join(sign for sign in text if sign.isdecimal())
    if len(digits) == _NISS_DIGITS:
        return by_name.filter(person__niss=digits)
    exact = by_name.filter(person__username__iexact=text.strip())
    if exact.exists():
        return exact
    for part in plain(text).split():
        by_name = by_name.filter(person__sort_name__contains=part)
    return by_name


def levels(start: int, steps: Mapping[int, Collection[int]], *, at_most: int) -> int:
    """How many persons the longest way from one counts, himself included; stops counting beyond `at_most`."""
    reached: set[int] = {start}
    count = 0
    while reached and count <= at_most:
        count += 1
        reached = {after for each in reached for after in steps.get(each, ())}
    return count
