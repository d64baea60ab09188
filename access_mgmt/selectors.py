from datetime import date

from django.db.models import Q, QuerySet

from access_mgmt.models import EffectiveRole, Quality, QualityMember, RoleChange
from bhod_portal.core.models import World
from csam.enums import AccessDomain, ManagerKind
from csam.models import AccessManager, Enterprise, Person

# Who manages all accesses of an entity, and which domains of a GA reach this portal (design 4, Gestion des accès).
_ENTITY_MANAGERS = (ManagerKind.MAIN, ManagerKind.CO_MAIN, ManagerKind.DPO)
_DOMAINS = (AccessDomain.SOCIAL_SECURITY, AccessDomain.HEALTH_CARE)


def administers(person: Person, enterprise: Enterprise) -> bool:
    """GAP, co-GAP, DPO, or GA of the domain: sees the entity, activates qualities, names local managers."""
    return (
        AccessManager.objects.active()
        .filter(person=person, enterprise=enterprise)
        .filter(Q(kind__in=_ENTITY_MANAGERS) | Q(kind=ManagerKind.DOMAIN, domain__in=_DOMAINS))
        .exists()
    )


def manages(person: Person, quality: Quality) -> bool:
    """May change members and functions of a quality: its local managers, and who administers the entity."""
    return QualityMember.objects.managers().filter(person=person, quality=quality).exists() or administers(
        person, quality.enterprise
    )


def effective_functions(*, person: Person, enterprise_id: int, on: date) -> frozenset[str]:
    """Functions that the applications grant to this person for this organisation on that day of the world."""
    roles = _effective_on(on).filter(person=person, enterprise=enterprise_id)
    return frozenset(roles.values_list("function", flat=True))


def enterprises_with_effective_functions(*, person: Person, prefix: str, on: date) -> QuerySet[Enterprise]:
    """Organisations in which a person holds an effective function whose code starts so; by name."""
    roles = _effective_on(on).filter(person=person, function__startswith=prefix)
    return Enterprise.objects.filter(pk__in=roles.values("enterprise")).order_by("name", "pk")


def pending_changes(world: World) -> QuerySet[RoleChange]:
    """Changes of a world that wait for propagation, the next one first."""
    return (
        RoleChange.objects.pending()
        .filter(requested_by__world=world)
        .select_related(
            "grants__member__person",
            "grants__member__quality__enterprise",
            "withdraws__member__person",
            "withdraws__member__quality__enterprise",
        )
        .order_by("due_at", "pk")
    )


def _effective_on(day: date) -> QuerySet[EffectiveRole]:
    return EffectiveRole.objects.known().filter(
        Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day
    )
