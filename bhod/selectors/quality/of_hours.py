"""What is wrong with the hours of units and zones: none on guard, or too few."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bhod.models import Guard, GuardUnit, GuardZone
from bhod.rules.coverage import Gap, Stretch, gaps, merged, windows_of_days
from bhod.rules.norms import shortages
from bhod.rules.problems import Problem
from bhod.selectors.quality.findings import Finding
from bhod_portal.core.shown import shown_hours, shown_number


@dataclass(frozen=True)
class Hours:
    """The paid hours of a circle over some days; those before `first_open` can't be communicated any more."""

    days: Sequence[date]
    first_open: date
    weeknights: bool
    units: Sequence[GuardUnit]
    zones: Sequence[GuardZone]
    guards: Mapping[int, Sequence[Guard]]

    def windows(self, unit: GuardUnit | None = None, *, lost: bool = False) -> list[Stretch]:
        """Those in which a unit is open; of days whose guards can still be communicated, or of the lost ones."""
        closed = unit.closed_from if unit else None
        return windows_of_days(
            (day for day in self.days if (day < self.first_open) is lost and (not closed or day < closed)),
            weeknights=self.weeknights,
        )

    def taken(self, unit: GuardUnit) -> list[Stretch]:
        return [Stretch(guard.starts_at, guard.ends_at) for guard in self.guards.get(unit.pk, ())]

    def gaps(self, unit: GuardUnit, *, lost: bool = False) -> list[Gap]:
        return gaps(self.windows(unit, lost=lost), self.taken(unit))

    def is_open(self, unit: GuardUnit) -> bool:
        """Whether the unit has guards on any of the days."""
        return unit.closed_from is None or unit.closed_from > self.days[0]


def findings_of_hours(hours: Hours) -> Iterator[Finding]:
    for unit in hours.units:
        for gap in hours.gaps(unit):
            yield _uncovered("uncovered", unit, gap)
        for gap in hours.gaps(unit, lost=True):
            yield _uncovered("uncovered_lost", unit, gap)
        yield from _together(unit, hours.taken(unit))
    yield from _of_zones(hours)


def minutes_of(hours: Hours) -> tuple[int, int]:
    """The paid minutes of all units, and those of them that have a guard."""
    every = uncovered = 0
    for unit in hours.units:
        for lost in (False, True):
            every += sum(window.minutes for window in hours.windows(unit, lost=lost))
            uncovered += sum(gap.minutes for gap in hours.gaps(unit, lost=lost))
    return every, every - uncovered


def _uncovered(code: str, unit: GuardUnit, gap: Gap) -> Finding:
    return Finding(
        Problem(code, {"unit": unit.name, "hours": shown_hours(gap.minutes)}),
        minutes=gap.minutes,
        starts_at=gap.whole.starts_at,
        ends_at=gap.whole.ends_at,
        unit_pk=unit.pk,
        unit=unit.name,
        fill=gap.first,
    )


def _together(unit: GuardUnit, taken: Sequence[Stretch]) -> Iterator[Finding]:
    """That several doctors are on guard at once in a unit: how often, and how long."""
    shared, until = [], None
    for each in sorted(taken):
        if until and each.starts_at < until:
            shared.append(Stretch(each.starts_at, min(each.ends_at, until)))
        until = max(until, each.ends_at) if until else each.ends_at
    if shared:
        together = sum((each.ends_at - each.starts_at for each in merged(shared)), timedelta(0))
        params = {
            "unit": unit.name,
            "times": len(shared),
            "hours": shown_hours(together // timedelta(minutes=1)),
        }
        yield Finding(Problem("two_doctors_one_unit", params), unit_pk=unit.pk, unit=unit.name)


def _of_zones(hours: Hours) -> Iterator[Finding]:
    open_units = [unit for unit in hours.units if hours.is_open(unit)]
    for unit in open_units:
        if unit.zone_id is None:
            yield Finding(Problem("unit_without_zone", {"unit": unit.name}), unit_pk=unit.pk, unit=unit.name)
    for zone in hours.zones:
        own = [unit for unit in hours.units if unit.zone_id == zone.pk]
        if not any(hours.is_open(unit) for unit in own):
            yield Finding(Problem("zone_without_units", {"zone": zone.name}), unit=zone.name)
            continue
        taken = [stretch for unit in own for stretch in hours.taken(unit)]
        windows = hours.windows()
        for shortage in shortages(zone.population, windows, taken):
            stretch = shortage.stretch
            window = next(each for each in windows if each.ends_at > stretch.starts_at)
            params = {
                "zone": zone.name,
                "population": shown_number(zone.population),
                "needed": shortage.needed,
                "present": shortage.present,
            }
            yield Finding(
                Problem("norm_not_met", params),
                starts_at=stretch.starts_at,
                ends_at=stretch.ends_at,
                unit=zone.name,
                fill=Stretch(stretch.starts_at, min(stretch.ends_at, window.ends_at)),
                unit_pk=next(unit.pk for unit in own if hours.is_open(unit)),
            )
