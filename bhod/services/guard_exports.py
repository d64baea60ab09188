"""The guards of a circle as files that go out: a table that an import reads again, and a calendar."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.utils.translation import get_language

from bhod.eligibility import Eligible
from bhod.enums import GuardCategory, GuardState
from bhod.models import GuardQuerySet
from bhod.permissions import Capability
from bhod.selectors.calendars import published_guards
from bhod.selectors.guards import guard_line
from bhod.selectors.tariffs import TariffBook, tariff_book
from bhod.services.calendar_files import write_calendar
from bhod.services.rights import check_capability
from bhod_portal.core import audit, clock
from bhod_portal.core.identifiers import format_bce, format_inami
from csam.models import Enterprise, Person

# Those of a planning that is imported (domain.md 1.8), and what else tells guards apart.
HEADINGS = (
    "cercle_bce", "zone", "unite", "inami", "medecin", "debut", "fin", "type", "etat", "reference",
)  # fmt: skip
AMOUNT_HEADINGS = ("heures_honorees", "tarif", "montant")
_AT_A_TIME = 500


def export_table(
    *, enterprise: Enterprise, guards: GuardQuerySet, with_amounts: bool, by: Person, at: datetime
) -> Iterator[list[str]]:
    """The rows of guards of this circle, headings first; who took them away is kept in the trail.

    The rows are read while they are asked for, after the act. Raises PermissionDenied for who may not manage the guards,
    and for amounts for who may not see the finances.
    """
    check_capability(by=by, enterprise_id=enterprise.pk, capability=Capability.MANAGE_GUARDS, at=at)
    tariffs = None
    if with_amounts:
        check_capability(by=by, enterprise_id=enterprise.pk, capability=Capability.SEE_FINANCES, at=at)
        tariffs = tariff_book(enterprise.world)
    found = guards.filter(unit__enterprise=enterprise)
    _record(enterprise, found, "csv", by=by, at=at)
    # The language of the request may be gone when the rows are read.
    states = {state.value: str(state.label) for state in GuardState}
    categories = {category: str(category.label) for category in GuardCategory}
    return _rows(enterprise, found, tariffs, states, categories)


def export_calendar(*, enterprise: Enterprise, guards: GuardQuerySet, by: Person, at: datetime) -> bytes:
    """The same guards as a calendar in the language of the page, drafts left out, and never an amount; refuses likewise."""
    check_capability(by=by, enterprise_id=enterprise.pk, capability=Capability.MANAGE_GUARDS, at=at)
    found = guards.filter(unit__enterprise=enterprise)
    _record(enterprise, found, "ics", by=by, at=at)
    return write_calendar(
        published_guards(found), name=enterprise.name, language=get_language() or by.language
    )


def _record(enterprise: Enterprise, guards: GuardQuerySet, kind: str, *, by: Person, at: datetime) -> None:
    audit.record(
        "bhod.guards.exported",
        enterprise,
        world=enterprise.world,
        by=by,
        at=at,
        file=kind,
        count=guards.count(),
    )


def _rows(
    enterprise: Enterprise,
    guards: GuardQuerySet,
    tariffs: TariffBook | None,
    states: dict[str, str],
    categories: dict[GuardCategory, str],
) -> Iterator[list[str]]:
    yield [*HEADINGS, *(AMOUNT_HEADINGS if tariffs else ())]
    circle = format_bce(enterprise.bce_number)
    rows = guards.select_related("unit__zone", "provider__person")
    for guard in rows.iterator(chunk_size=_AT_A_TIME):
        line = guard_line(guard, tariffs)
        person, unit = guard.provider.person, guard.unit
        main = _main(line.eligible)
        row = [
            circle,
            unit.zone.name if unit.zone else "",
            unit.name,
            format_inami(guard.provider.inami_number),
            f"{person.last_name} {person.first_name}",
            _written(guard.starts_at),
            _written(guard.ends_at),
            categories[main] if main else "",
            states[guard.state],
            str(guard.reference),
        ]
        if tariffs:
            tariff = line.pay.tariff if line.pay else None
            row += [
                _number(line.eligible.hours),
                _number(tariff.amount if tariff else None),
                _number(line.pay.amount if line.pay else None),
            ]
        yield row


def _main(counted: Eligible) -> GuardCategory | None:
    """The category of most of a guard's hours; the first of them where several count as many."""
    every = counted.by_category
    return max(every, key=lambda category: every[category], default=None)


def _written(instant: datetime) -> str:
    """By the clock in Brussels, as an import reads it; with the offset in the hour that October repeats."""
    there = instant.astimezone(clock.BRUSSELS)
    if len(clock.instants_at(there.date(), there.time().replace(fold=0))) > 1:
        return there.isoformat(timespec="seconds")
    return f"{there:%d-%m-%Y %H:%M}"


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}".replace(".", ",")
