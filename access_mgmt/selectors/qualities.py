from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet

from access_mgmt.enums import OTHER_QUALITIES, QualityKind
from access_mgmt.models import Quality, QualityMember, RoleAssignment
from access_mgmt.selectors.entities import qualities_of
from access_mgmt.selectors.members import members_of
from bhod_portal.core.audit import subject_of
from bhod_portal.core.identifiers import format_bce
from bhod_portal.core.models import AuditEntry
from csam.models import Enterprise, Person

QUALITY_CHANGED = "access_mgmt.quality.changed"


@dataclass(frozen=True, slots=True)
class QualityState:
    """A line of « Liste des qualités »: how an entity stands with a quality that the portal knows.

    `quality` is the active one, or the last one that was deactivated; none where there never was one.
    """

    name: str
    kind: QualityKind | None
    quality: Quality | None
    identifier_name: str
    identifier: str

    @property
    def active(self) -> bool:
        return self.quality is not None and self.quality.deactivated_at is None

    @property
    def may_end(self) -> bool:
        """Active, and not kept so by the ONSS."""
        return self.active and not (self.kind == QualityKind.EMPLOYER and self.identifier)


@dataclass(frozen=True, slots=True)
class QualityEvent:
    """Somebody activated or deactivated a quality, at an instant of the world's time."""

    quality: Quality
    activated: bool
    at: datetime
    by: Person


def quality_states(enterprise: Enterprise) -> list[QualityState]:
    """Every quality of the portal (domain.md 3.2) for one entity: those it has or had first, the oldest on top."""
    latest = {QualityKind(quality.kind): quality for quality in qualities_of(enterprise)}
    never = [kind for kind in QualityKind if kind not in latest]
    return [
        *(_state(quality) for quality in latest.values()),
        *(_never_had(enterprise, kind) for kind in never),
        *(
            QualityState(str(name), None, None, _bce_name(enterprise), format_bce(enterprise.bce_number))
            for name in OTHER_QUALITIES
        ),
    ]


def quality_events(enterprise: Enterprise) -> list[QualityEvent]:
    """Who activated and deactivated the qualities of an entity; the latest first."""
    qualities = Quality.objects.filter(enterprise=enterprise).select_related("activated_by", "deactivated_by")
    events = []
    for quality in qualities.order_by("pk"):
        events.append(QualityEvent(quality, True, quality.activated_at, quality.activated_by))
        if quality.deactivated_at is not None and quality.deactivated_by is not None:
            events.append(QualityEvent(quality, False, quality.deactivated_at, quality.deactivated_by))
    return sorted(events, key=lambda event: event.at, reverse=True)


def last_change(quality: Quality) -> AuditEntry | None:
    """The last time that somebody changed the data of a quality."""
    return (
        AuditEntry.objects.filter(
            world=quality.enterprise.world_id, subject=subject_of(quality), act=QUALITY_CHANGED
        )
        .select_related("done_by")
        .order_by("-done_at", "-pk")
        .first()
    )


def members_with_current_functions(quality: Quality, *, on: date) -> QuerySet[QualityMember]:
    """Members of a quality by name, each with his functions that are not over in `current_functions`."""
    current = current_assignments(on).order_by("valid_from", "pk")
    return members_of(quality).prefetch_related(
        Prefetch("assignments", queryset=current, to_attr="current_functions")
    )


def current_assignments(on: date) -> QuerySet[RoleAssignment]:
    """What managers asked and is not over on that day: at work, or still to come."""
    return RoleAssignment.objects.standing().filter(Q(valid_until=None) | Q(valid_until__gte=on))


def _state(quality: Quality) -> QualityState:
    return QualityState(
        str(quality), QualityKind(quality.kind), quality, quality.identifier_name, quality.identifier
    )


def _never_had(enterprise: Enterprise, kind: QualityKind) -> QualityState:
    quality = Quality(enterprise=enterprise, kind=kind)
    unnumbered = kind == QualityKind.EMPLOYER and not enterprise.onss_number
    return QualityState(
        str(kind.label), kind, None, quality.identifier_name, "" if unnumbered else quality.identifier
    )


def _bce_name(enterprise: Enterprise) -> str:
    return Quality(enterprise=enterprise, kind=QualityKind.HEALTH_CARE).identifier_name
