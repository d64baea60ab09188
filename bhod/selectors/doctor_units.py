"""In which units of a circle its doctors may be on duty."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count

from bhod.models import CircleDoctor, Guard, GuardQuerySet, GuardUnit
from bhod.selectors.guards import midnight, units_of
from bhod_portal.core import clock


def unit_values(doctor: CircleDoctor) -> dict[str, Any]:
    """The units of an enrolment as a form compares them; none where every unit of the circle is his."""
    return {"units": sorted(str(pk) for pk in doctor.allowed_units.values_list("unit_id", flat=True))}


def units_to_choose(doctor: CircleDoctor, *, at: datetime) -> list[GuardUnit]:
    """The units of the circle, those that are closed only where they are the doctor's; by name."""
    own = set(doctor.allowed_units.values_list("unit_id", flat=True))
    units = units_of(doctor.enterprise_id)
    return [each for each in units if each.pk in own or each.is_open_on(clock.day_of(at))]


def guards_by_unit(doctor: CircleDoctor, *, at: datetime) -> dict[int, int]:
    """How many guards to come a doctor has under an enrolment, by unit; units without any are left out."""
    counted = guards_elsewhere(doctor, (), at=at).order_by().values_list("unit").annotate(Count("pk"))
    return dict(counted)


def guards_elsewhere(doctor: CircleDoctor, units: Collection[GuardUnit], *, at: datetime) -> GuardQuerySet:
    """Standing guards of an enrolment that are not over and are in none of these units; the next one first."""
    guards = Guard.objects.standing().filter(
        provider=doctor.provider_id,
        unit__enterprise=doctor.enterprise_id,
        ends_at__gt=max(at, midnight(doctor.valid_from)),
    )
    if doctor.valid_until:
        guards = guards.filter(starts_at__lt=midnight(doctor.valid_until + timedelta(days=1)))
    guards = guards.exclude(unit__in=[unit.pk for unit in units])
    return guards.select_related("unit", "provider__person").order_by("starts_at", "pk")
