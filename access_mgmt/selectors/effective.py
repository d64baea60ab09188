from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from access_mgmt.models import EffectiveRole, RoleChange
from bhod_portal.core import clock
from bhod_portal.core.models import World
from bhod_portal.core.periods import covering
from bhod_portal.core.prepared import Prepared
from csam.models import Enterprise, Person


def effective_functions(*, person: Person, enterprise_id: int, on: date) -> frozenset[str]:
    """Functions that the applications grant to this person for this organisation on that day of the world."""
    roles = effective_roles_on(on).filter(person=person, enterprise=enterprise_id)
    return frozenset(roles.values_list("function", flat=True))


def organisation_with_functions(
    *, person: Person, enterprise_id: int, on: date
) -> tuple[Enterprise, frozenset[str]] | None:
    """An organisation of the person's world with its `effective_functions`, in one query; None for any other."""
    for found in _with_functions.rows(
        person=person.pk, world=person.world_id, enterprise=enterprise_id, on=on
    ):
        return found, frozenset(found.functions)
    return None


@Prepared
def _with_functions(*, person: int, world: int, enterprise: int, on: date) -> QuerySet[Any]:
    roles = effective_roles_on(on).filter(person=person, enterprise=OuterRef("pk"))
    found = Enterprise.objects.filter(pk=enterprise, world=world)
    return found.annotate(functions=ArraySubquery(roles.values("function")))


def effective_functions_at(
    *, person: Person, enterprise_id: int, at: datetime, on: date | None = None
) -> frozenset[str]:
    """Functions that the applications granted at an instant of the world: known then, and valid on its day.

    With another day `on`, what they knew then of that day: that a function would begin, say, and not yet that it would
    be taken away.
    """
    known = EffectiveRole.objects.known_at(at).filter(covering(on or clock.day_of(at)))
    roles = known.filter(person=person, enterprise=enterprise_id)
    return frozenset(roles.values_list("function", flat=True))


def enterprises_with_effective_functions(*, person: Person, prefix: str, on: date) -> QuerySet[Enterprise]:
    """Organisations in which a person holds an effective function whose code starts so; by name."""
    roles = effective_roles_on(on).filter(person=person, function__startswith=prefix)
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


def effective_roles_on(day: date) -> QuerySet[EffectiveRole]:
    """What the applications see now of that day, of every person and organisation."""
    return EffectiveRole.objects.known().filter(covering(day))
