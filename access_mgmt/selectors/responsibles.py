"""« Vos Responsables »: who answers for the accesses of someone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from access_mgmt.models import Quality, QualityMember, Responsibility
from access_mgmt.selectors.entities import entities_of
from access_mgmt.selectors.rights import administering
from csam.enums import ManagerKind
from csam.models import AccessManager, Enterprise, Person


@dataclass(frozen=True, slots=True)
class QualityResponsibles:
    """A quality with its local manager and co-local managers, in that order, and who else is there for the person.

    `subdivision_managers` manage the branch to which he belongs, the nearest one first; `answering` answer for him.
    """

    quality: Quality
    managers: Sequence[QualityMember]
    subdivision_managers: Sequence[QualityMember]
    answering: Sequence[QualityMember]


@dataclass(frozen=True, slots=True)
class EntityResponsibles:
    """An entity, its « Responsable Accès Entité » (none when nobody is in office), and the qualities that concern one."""

    enterprise: Enterprise
    gap: AccessManager | None
    qualities: Sequence[QualityResponsibles]


def responsibles_of(person: Person, *, on: date) -> list[EntityResponsibles]:
    """Who manages a person, entity by entity: of the qualities where he is a member; who administers sees all."""
    entities = list(entities_of(person))
    gaps = AccessManager.objects.with_access(on).filter(kind=ManagerKind.MAIN, enterprise__in=entities)
    gap_of_entity = {gap.enterprise_id: gap for gap in gaps.select_related("person")}
    qualities: dict[int, list[QualityResponsibles]] = {}
    leading = _leading(person)
    answering = _answering(person)
    for quality in _qualities_around(person, entities, on):
        found = QualityResponsibles(
            quality,
            quality.managers,  # type: ignore[attr-defined]  # by the Prefetch below
            leading.get(quality.pk, []),
            answering.get(quality.pk, []),
        )
        qualities.setdefault(quality.enterprise_id, []).append(found)
    return [
        EntityResponsibles(entity, gap_of_entity.get(entity.pk), qualities.get(entity.pk, []))
        for entity in entities
    ]


def _leading(person: Person) -> dict[int, list[QualityMember]]:
    """The managers of the subdivisions of a person and of those above, by quality, the nearest one first."""
    placed = QualityMember.objects.active().filter(person=person, subdivision__isnull=False)
    found: dict[int, list[QualityMember]] = {}
    # The person's own place, then the ones above it, parent first.
    places = {
        place: (member.quality_id, distance)
        for member in placed.select_related("subdivision")
        if member.subdivision
        for distance, place in enumerate([member.subdivision.pk, *member.subdivision.ancestors])
    }
    leaders = (
        QualityMember.objects.subdivision_managers()
        .filter(subdivision__in=places)
        .exclude(person=person)
        .select_related("person", "subdivision")
        .order_by("person__sort_name", "pk")
    )
    for leader in sorted(leaders, key=lambda each: places[cast(int, each.subdivision_id)][1]):
        found.setdefault(leader.quality_id, []).append(leader)
    return found


def _answering(person: Person) -> dict[int, list[QualityMember]]:
    standing = Responsibility.objects.standing().filter(member__person=person, member__ended_at=None)
    found: dict[int, list[QualityMember]] = {}
    by_name = standing.select_related("responsible__person").order_by("responsible__person__sort_name", "pk")
    for responsibility in by_name:
        responsible = responsibility.responsible
        found.setdefault(responsible.quality_id, []).append(responsible)
    return found


def _qualities_around(person: Person, entities: Sequence[Enterprise], on: date) -> QuerySet[Quality]:
    own = QualityMember.objects.active().filter(person=person, quality=OuterRef("pk"))
    administered = administering(on).filter(person=person, enterprise=OuterRef("enterprise"))
    managers = QualityMember.objects.managers().select_related("person").order_by("-kind", "pk")
    return (
        Quality.objects.active()
        .filter(Exists(own) | Exists(administered), enterprise__in=entities)
        .select_related("enterprise")
        .prefetch_related(Prefetch("members", queryset=managers, to_attr="managers"))
        .order_by("activated_at", "pk")
    )
