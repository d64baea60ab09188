"""The tree of the subdivisions of a quality: who is where, and who manages what."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from access_mgmt.enums import MANAGING_KINDS, MemberKind
from access_mgmt.models import QualityMember, Subdivision
from bhod_portal.core.names import plain


@dataclass(frozen=True, slots=True)
class SubdivisionNode:
    """A subdivision with its own members counted, its managers, and the subdivisions directly below it, by name."""

    subdivision: Subdivision
    members: int
    managers: Sequence[QualityMember]
    children: Sequence["SubdivisionNode"]

    @property
    def in_branch(self) -> int:
        """The members of the subdivision and of all that is below it."""
        return self.members + sum(child.in_branch for child in self.children)


def subdivision_tree(subdivisions: QuerySet[Subdivision]) -> list[SubdivisionNode]:
    """The topmost of these subdivisions, each with those of them that are below it; three queries, however many."""
    listed = sorted(subdivisions, key=lambda each: (plain(each.name), each.pk))
    members = QualityMember.objects.active().filter(subdivision__in=listed)
    counts = dict(
        members.values("subdivision").annotate(total=Count("pk")).values_list("subdivision", "total")
    )
    managers: dict[int | None, list[QualityMember]] = defaultdict(list)
    named = members.filter(kind=MemberKind.SUBDIVISION_MANAGER).select_related("person")
    for manager in named.order_by("person__sort_name", "pk"):
        managers[manager.subdivision_id].append(manager)
    below: dict[int | None, list[Subdivision]] = defaultdict(list)
    known = {each.pk for each in listed}
    for each in listed:
        below[each.parent_id if each.parent_id in known else None].append(each)

    def node(subdivision: Subdivision) -> SubdivisionNode:
        children = [node(child) for child in below[subdivision.pk]]
        return SubdivisionNode(subdivision, counts.get(subdivision.pk, 0), managers[subdivision.pk], children)

    return [node(top) for top in below[None]]


def tree_lines(nodes: Sequence[SubdivisionNode], level: int = 0) -> Iterator[tuple[int, Subdivision]]:
    """The subdivisions of a tree from top to bottom, each with the number of those above it that the tree shows."""
    for node in nodes:
        yield level, node.subdivision
        yield from tree_lines(node.children, level + 1)


def subdivisions_above(subdivision: Subdivision) -> list[Subdivision]:
    """The subdivisions to which one belongs, the topmost first."""
    found = Subdivision.objects.in_bulk(subdivision.ancestors)
    return [found[pk] for pk in reversed(subdivision.ancestors)]


def in_branch(members: QuerySet[QualityMember], top: Subdivision) -> QuerySet[QualityMember]:
    """Those of the members who belong to a subdivision or to one below it."""
    return members.filter(Q(subdivision=top) | Q(subdivision__ancestors__contains=[top.pk]))


def placeable(members: QuerySet[QualityMember], subdivision: Subdivision) -> QuerySet[QualityMember]:
    """Those of the members who are not in a subdivision yet and could be: who manages something stays where he is."""
    managing = [*MANAGING_KINDS, MemberKind.SUBDIVISION_MANAGER]
    return (
        members.exclude(kind__in=managing)
        .filter(Q(subdivision=None) | ~Q(subdivision=subdivision))
        .select_related("person", "subdivision")
    )
