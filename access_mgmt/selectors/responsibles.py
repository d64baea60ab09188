"""« Vos Responsables »: who answers for the accesses of someone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from access_mgmt.models import Quality, QualityMember
from access_mgmt.selectors.entities import entities_of
from access_mgmt.selectors.rights import administering
from csam.enums import ManagerKind
from csam.models import AccessManager, Enterprise, Person


@dataclass(frozen=True, slots=True)
class QualityResponsibles:
    """A quality with its local manager and co-local managers, in that order."""

    quality: Quality
    managers: Sequence[QualityMember]


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
    for quality in _qualities_around(person, entities, on):
        found = QualityResponsibles(quality, quality.managers)  # type: ignore[attr-defined]  # by the Prefetch below
        qualities.setdefault(quality.enterprise_id, []).append(found)
    return [
        EntityResponsibles(entity, gap_of_entity.get(entity.pk), qualities.get(entity.pk, []))
        for entity in entities
    ]


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
