"""Imports of plannings as pages show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from bhod.enums import PlanningOutcome
from bhod.models import GuardUnit, PlanningImport
from bhod.selectors.planning_results import Place, Result, unpack_result
from bhod_portal.core import clock
from bhod_portal.core.identifiers import format_inami
from bhod_portal.core.periods import Period
from bhod_portal.core.shown import shown_instant
from prosante_login.models import CareProvider

_INAMI_DIGITS = 11


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A guard of the dry run: in words what it is, what it was where that differs, and what there is to say of it."""

    number: int
    outcome: PlanningOutcome
    tone: str
    now: str
    was: str
    problems: Sequence[str]
    notes: Sequence[str]


def received_by(enterprise_id: int) -> QuerySet[PlanningImport]:
    """Every import of a circle, to find one of them in."""
    return PlanningImport.objects.filter(enterprise=enterprise_id)


def imports_of(enterprise_id: int) -> QuerySet[PlanningImport]:
    """Every import of a circle without its lines, the latest first."""
    imports = received_by(enterprise_id).defer("lines", "plan", "mapping")
    return imports.select_related("uploaded_by", "batch").order_by("-uploaded_at", "-pk")


def import_rows(
    packed: Iterable[Sequence[Any]], enterprise_id: int, tones: Mapping[PlanningOutcome, str]
) -> list[ImportRow]:
    """Packed results in words; two queries."""
    results = [unpack_result(each) for each in packed]
    places = [place for each in results for place in (each.now, each.was) if place]
    units = dict(GuardUnit.objects.filter(enterprise=enterprise_id).values_list("pk", "name"))
    # A number that a file names need not be that of a doctor of the circle: who he is, is not told.
    providers = CareProvider.objects.filter(
        pk__in={place[1] for place in places if place[1]}, enrolments__enterprise=enterprise_id
    ).select_related("person")
    doctors = {each.pk: f"Dr {each.person.last_name} {each.person.first_name}" for each in providers}
    return [
        ImportRow(
            each.number,
            each.outcome,
            tones[each.outcome],
            _words(each.now, units, doctors, _named(each)),
            _words(each.was, units, doctors, ("", "")) if each.was and each.was != each.now else "",
            [text for _code, text in each.problems],
            each.notes,
        )
        for each in results
    ]


def suggested_period(planning_import: PlanningImport) -> tuple[Period | None, set[int]]:
    """From the first to the last day of the guards that a file names, and their units; refused lines apart."""
    results = [unpack_result(each) for each in planning_import.plan["results"]]
    places = [each.now for each in results if each.number and each.outcome != PlanningOutcome.REFUSED]
    starts: list[datetime] = [place[2] for place in places if place[2]]
    units = {place[0] for place in places if place[0]}
    if not starts:
        return None, units
    first, last = clock.day_of(min(starts)), clock.day_of(max(starts))
    return Period(first, min(last, first + timedelta(days=365))), units


def _named(result: Result) -> tuple[str, str]:
    unit, doctor = result.named
    return unit, format_inami(doctor) if doctor.isdecimal() and len(doctor) == _INAMI_DIGITS else doctor


def _words(place: Place, units: Mapping[int, str], doctors: Mapping[int, str], named: tuple[str, str]) -> str:
    """Unit, doctor, hours; as the file calls them where they aren't known."""
    unit_id, provider_id, starts_at, ends_at = place
    hours = " – ".join(shown_instant(each) for each in (starts_at, ends_at) if each)
    unit = units.get(unit_id or 0, named[0])
    doctor = doctors.get(provider_id or 0, named[1])
    return ", ".join(part for part in (unit, doctor, hours) if part)
