"""The parts of a circle as those see them who organise it: zones, units and shifts (domain.md 1.2, 1.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from bhod.eligibility import ONE_MINUTE, category_of, eligible
from bhod.enums import GuardCategory, GuardState
from bhod.models import CircleDoctor, CircleOrganisation, Guard, GuardQuerySet, GuardUnit, GuardZone, Shift
from bhod.rules.norms import doctors_needed
from bhod.selectors.circles import UNDIVIDED, DayShift, organisation_of
from bhod.selectors.guards import midnight, units_of
from bhod_portal.core import clock
from bhod_portal.core.overtaking import comparable

MINUTES_OF_A_DAY = 24 * 60
# Days that stand for all of their kind: no holiday in the weekend, no change of the clock, no weekend after the holiday.
_SAMPLES: Mapping[GuardCategory, Sequence[date]] = {
    GuardCategory.WEEKEND: (date(2026, 3, 7), date(2026, 3, 8)),
    GuardCategory.HOLIDAY: (date(2026, 11, 11),),
    GuardCategory.WEEKNIGHT: (date(2026, 3, 3),),
}


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit, how many standing guards of it are not over, and whether it is closed today."""

    unit: GuardUnit
    guards_ahead: int
    is_closed: bool


@dataclass(frozen=True, slots=True)
class ZonePart:
    """A zone with its units, and how many doctors at least the norms ask of it by day and in deep night.

    Without a zone: the units that have none, of which no norm asks anything.
    """

    zone: GuardZone | None
    units: Sequence[UnitLine]
    doctors_by_day: int = 0
    doctors_by_night: int = 0


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """A shift, how long it lasts, and how many of its minutes are never paid on some of its days."""

    shift: Shift
    minutes: int
    unpaid: int


@dataclass(frozen=True, slots=True)
class ShiftPart:
    """A kind of day with its shifts; `usual` is what is offered while there are none."""

    category: GuardCategory
    shifts: Sequence[ShiftLine]
    usual: DayShift


@dataclass(frozen=True, slots=True)
class CirclePage:
    """All of a circle's organisation. `decided` is None until somebody has decided; the values are the starting ones."""

    decided: CircleOrganisation | None
    organises_weeknights: bool
    swaps_need_manager: bool
    zones: Sequence[ZonePart]
    shifts: Sequence[ShiftPart]
    has_doctors: bool
    has_guards: bool

    @property
    def has_zones(self) -> bool:
        return any(part.zone for part in self.zones)

    @property
    def has_units(self) -> bool:
        return any(part.units for part in self.zones)

    @property
    def has_shifts(self) -> bool:
        return any(part.shifts for part in self.shifts)

    @property
    def is_begun(self) -> bool:
        """Whether nothing is missing any more of what a circle needs to enter guards."""
        return self.has_zones and self.has_units and self.has_doctors and self.has_guards


def circle_page(enterprise_id: int, *, at: datetime) -> CirclePage:
    """The organisation of a circle; nine queries at most."""
    decided = CircleOrganisation.objects.filter(enterprise=enterprise_id).select_related("changed_by").first()
    values = _decided_values(decided, enterprise_id)
    return CirclePage(
        decided=decided,
        organises_weeknights=values["organises_weeknights"],
        swaps_need_manager=values["swaps_need_manager"],
        zones=_zone_parts(enterprise_id, at=at),
        shifts=_shift_parts(enterprise_id),
        has_doctors=CircleDoctor.objects.filter(enterprise=enterprise_id).exists(),
        has_guards=Guard.objects.filter(unit__enterprise=enterprise_id).exists(),
    )


def zones_of(enterprise_id: int) -> QuerySet[GuardZone]:
    """The zones of a circle, by name."""
    return GuardZone.objects.filter(enterprise=enterprise_id).order_by("name", "pk")


def shifts_of(enterprise_id: int) -> QuerySet[Shift]:
    """The shifts of a circle, the earliest of each kind of day first."""
    return Shift.objects.filter(enterprise=enterprise_id).order_by("category", "starts", "pk")


def guards_of_unit_from(unit: GuardUnit, day: date) -> GuardQuerySet:
    """Standing guards of a unit of which a minute falls on this day or later, drafts too; in order of time."""
    guards = Guard.objects.standing().filter(unit=unit, ends_at__gt=midnight(day))
    return guards.select_related("unit", "provider__person").order_by("starts_at", "pk")


def weeknights_ahead(enterprise_id: int, *, at: datetime) -> int:
    """How many standing guards of a circle that begin later begin on a weekday."""
    ahead = Guard.objects.standing().filter(unit__enterprise=enterprise_id, starts_at__gt=at)
    days = (clock.day_of(start) for start in ahead.values_list("starts_at", flat=True))
    return sum(category_of(day) == GuardCategory.WEEKNIGHT for day in days)


def organisation_values(enterprise_id: int) -> dict[str, Any]:
    """What a circle has decided, as its form compares it; until then the values from which BHOD starts."""
    decided = CircleOrganisation.objects.filter(enterprise=enterprise_id).first()
    return _decided_values(decided, enterprise_id)


def zone_values(zone: GuardZone) -> dict[str, Any]:
    return {"name": zone.name, "population": zone.population}


def unit_values(unit: GuardUnit) -> dict[str, Any]:
    return {
        "name": unit.name,
        "zone": comparable(unit.zone_id),
        "closed_from": comparable(unit.closed_from),
    }


def shift_values(shift: Shift) -> dict[str, Any]:
    return {
        "category": str(shift.category),
        "name": shift.name,
        "starts": comparable(shift.starts),
        "ends": comparable(shift.ends),
    }


def unpaid_minutes(shift: Shift) -> int:
    """How many minutes of a shift are outside of what is paid, on the day of its kind that loses most."""
    duty = DayShift(shift.name, shift.starts, shift.ends)
    spans = [duty.on(day) for day in _SAMPLES[GuardCategory(shift.category)]]
    return max((ends - starts) // ONE_MINUTE - eligible(starts, ends).minutes for starts, ends in spans)


def overlap(one: Shift, other: Shift) -> bool:
    """Whether two shifts share a minute, on the same day or when a night runs into the next day of the same kind."""
    (start, end), (begins, stops) = _minutes(one), _minutes(other)
    return any(
        start + shifted < stops and begins < end + shifted
        for shifted in (-MINUTES_OF_A_DAY, 0, MINUTES_OF_A_DAY)
    )


def _minutes(shift: Shift) -> tuple[int, int]:
    """From when to when a shift lasts, in minutes from midnight of its day."""
    start, end = (each.hour * 60 + each.minute for each in (shift.starts, shift.ends))
    return start, end if end > start else end + MINUTES_OF_A_DAY


def _decided_values(decided: CircleOrganisation | None, enterprise_id: int) -> dict[str, Any]:
    known = decided or organisation_of(enterprise_id)
    return {
        "organises_weeknights": known.organises_weeknights,
        "swaps_need_manager": known.swaps_need_manager,
    }


def _zone_parts(enterprise_id: int, *, at: datetime) -> list[ZonePart]:
    ahead = Count("guards", filter=Q(guards__ends_at__gt=at) & ~Q(guards__state=GuardState.CANCELLED))
    today = clock.day_of(at)
    lines: dict[int | None, list[UnitLine]] = {}
    for unit in units_of(enterprise_id).select_related(None).annotate(ahead=ahead):
        line = UnitLine(unit, unit.ahead, is_closed=not unit.is_open_on(today))
        lines.setdefault(unit.zone_id, []).append(line)
    parts = [
        ZonePart(
            zone,
            lines.get(zone.pk, []),
            doctors_needed(zone.population, day=today, in_deep_night=False),
            doctors_needed(zone.population, day=today, in_deep_night=True),
        )
        for zone in zones_of(enterprise_id)
    ]
    return [*parts, ZonePart(None, lines[None])] if None in lines else parts


def _shift_parts(enterprise_id: int) -> list[ShiftPart]:
    lines: dict[str, list[ShiftLine]] = {}
    for shift in shifts_of(enterprise_id):
        start, end = _minutes(shift)
        lines.setdefault(shift.category, []).append(ShiftLine(shift, end - start, unpaid_minutes(shift)))
    return [
        ShiftPart(category, lines.get(category, []), UNDIVIDED[category][0]) for category in GuardCategory
    ]
