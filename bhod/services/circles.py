"""How a circle organises its guards: what it has decided, its zones and its units (domain.md 1.2, 1.4).

Each act locks the circle: one manager at a time. Raises PermissionDenied for who may not manage the guards of the circle;
every other refusal is a ValidationError with a code, for all of them `changed_meanwhile` (someone else changed what the
author had before him) and `gone` (someone else removed it).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bhod.models import CircleOrganisation, GuardUnit, GuardZone, Shift
from bhod.permissions import Capability
from bhod.selectors import circle_parts
from bhod.services.rights import check_capability
from bhod_portal.core import audit
from bhod_portal.core.overtaking import check_seen
from bhod_portal.core.shown import shown_day
from csam.models import Enterprise, Person

Part = TypeVar("Part", GuardZone, GuardUnit, Shift)


@transaction.atomic
def change_organisation(
    *,
    enterprise: Enterprise,
    organises_weeknights: bool,
    swaps_need_manager: bool,
    seen: Mapping[str, Any],
    by: Person,
    at: datetime,
) -> bool:
    """Decide whether weeknights are organised and who approves swaps; returns whether anything changed or was new."""
    enterprise = lock_circle(enterprise.pk, by=by, at=at)
    decided = CircleOrganisation.objects.filter(enterprise=enterprise).first()
    now = circle_parts.organisation_values(enterprise.pk)
    wanted = {"organises_weeknights": organises_weeknights, "swaps_need_manager": swaps_need_manager}
    check_seen(seen=seen, now=now, wanted=wanted)
    if decided and wanted == now:
        return False
    CircleOrganisation.objects.update_or_create(
        enterprise=enterprise, defaults={**wanted, "changed_at": at, "changed_by": by}
    )
    audit.record("bhod.circle.changed", enterprise, world=enterprise.world, by=by, at=at, **wanted)
    return True


@transaction.atomic
def add_zone(*, enterprise: Enterprise, name: str, population: int, by: Person, at: datetime) -> GuardZone:
    """Give a circle a zone. Refuses with `zone_name_taken` and `zone_without_population`."""
    enterprise = lock_circle(enterprise.pk, by=by, at=at)
    zone = GuardZone(enterprise=enterprise, name=tidy(name), population=population)
    _check_zone_name(zone)
    zone.full_clean()
    zone.save()
    record("bhod.zone.added", zone, by=by, at=at, population=population)
    return zone


@transaction.atomic
def change_zone(
    *, zone: GuardZone, name: str, population: int, seen: Mapping[str, Any], by: Person, at: datetime
) -> bool:
    """Give a zone another name or population; returns whether anything changed. Refuses as `add_zone`."""
    lock_circle(zone.enterprise_id, by=by, at=at)
    fresh = fresh_part(zone)
    wanted = {"name": tidy(name), "population": population}
    now = circle_parts.zone_values(fresh)
    check_seen(seen=seen, now=now, wanted=wanted)
    if wanted == now:
        return False
    fresh.name, fresh.population = tidy(name), population
    _check_zone_name(fresh)
    fresh.full_clean()
    fresh.save(update_fields=["name", "population"])
    record("bhod.zone.changed", fresh, by=by, at=at, population=population)
    return True


@transaction.atomic
def remove_zone(*, zone: GuardZone, by: Person, at: datetime) -> None:
    """Remove a zone that has no unit. Refuses with `zone_has_units`."""
    lock_circle(zone.enterprise_id, by=by, at=at)
    fresh = fresh_part(zone)
    if number := fresh.units.count():
        raise ValidationError(
            ngettext(
                "%(number)d unité est encore dans cette zone : donnez-lui d'abord une autre zone.",
                "%(number)d unités sont encore dans cette zone : donnez-leur d'abord une autre zone.",
                number,
            ),
            code="zone_has_units",
            params={"number": number},
        )
    record("bhod.zone.removed", fresh, by=by, at=at)
    fresh.delete()


@transaction.atomic
def add_unit(
    *, enterprise: Enterprise, name: str, zone: GuardZone | None, by: Person, at: datetime
) -> GuardUnit:
    """Give a circle a unit, in one of its zones or in none. Refuses with `unit_name_taken` and `zone_of_another_circle`."""
    enterprise = lock_circle(enterprise.pk, by=by, at=at)
    unit = GuardUnit(enterprise=enterprise, name=tidy(name), zone=zone)
    _check_unit(unit)
    unit.full_clean()
    unit.save()
    record("bhod.unit.added", unit, by=by, at=at, zone=zone.pk if zone else None)
    return unit


@transaction.atomic
def change_unit(
    *,
    unit: GuardUnit,
    name: str,
    zone: GuardZone | None,
    closed_from: date | None,
    seen: Mapping[str, Any],
    by: Person,
    at: datetime,
) -> bool:
    """Give a unit another name or zone, close it from a day on, or open it again; returns whether anything changed.

    A unit is closed, never deleted: its past guards stay. Refuses as `add_unit`, and with `unit_has_guards_after` while
    guards of it are not over on the day before.
    """
    lock_circle(unit.enterprise_id, by=by, at=at)
    # Before its guards are counted: who enters one at the same time waits, then finds it closed.
    fresh = fresh_part(unit)
    now = circle_parts.unit_values(fresh)
    fresh.name, fresh.zone, fresh.closed_from = tidy(name), zone, closed_from
    wanted = circle_parts.unit_values(fresh)
    check_seen(seen=seen, now=now, wanted=wanted)
    if wanted == now:
        return False
    _check_unit(fresh)
    if closed_from and wanted["closed_from"] != now["closed_from"]:
        _check_no_guards(fresh, closed_from)
    fresh.full_clean()
    fresh.save(update_fields=["name", "zone", "closed_from"])
    record(
        "bhod.unit.changed",
        fresh,
        by=by,
        at=at,
        zone=zone.pk if zone else None,
        closed_from=closed_from.isoformat() if closed_from else None,
    )
    return True


def lock_circle(enterprise_id: int, *, by: Person, at: datetime) -> Enterprise:
    """The circle, for who may organise its guards; nobody else changes its organisation until this act is done."""
    check_capability(by=by, enterprise_id=enterprise_id, capability=Capability.MANAGE_GUARDS, at=at)
    locked = Enterprise.objects.select_related("world").select_for_update(of=("self",), no_key=True)
    return locked.get(pk=enterprise_id)


def fresh_part(part: Part) -> Part:
    """A zone, unit or shift as it stands now, locked. Refuses with `gone`."""
    rows = type(part).objects.select_for_update(of=("self",), no_key=True)
    fresh = rows.filter(pk=part.pk).first()
    if fresh is None:
        raise ValidationError(
            _("Quelqu'un d'autre l'a supprimée entre-temps : il n'y a plus rien à modifier."), code="gone"
        )
    return fresh


def tidy(name: str) -> str:
    """A name without blanks around it, and with one at a time within."""
    return " ".join(name.split())


def record(act: str, part: Any, *, by: Person, at: datetime, **details: Any) -> None:
    """One line of the trail about a part of a circle, with its name."""
    world = part.enterprise.world
    audit.record(act, part, world=world, by=by, at=at, circle=part.enterprise_id, name=part.name, **details)


def _check_zone_name(zone: GuardZone) -> None:
    others = GuardZone.objects.filter(enterprise=zone.enterprise_id, name__iexact=zone.name)
    if others.exclude(pk=zone.pk).exists():
        raise ValidationError(_("Votre cercle a déjà une zone de ce nom."), code="zone_name_taken")


def _check_unit(unit: GuardUnit) -> None:
    if unit.zone and unit.zone.enterprise_id != unit.enterprise_id:
        raise ValidationError(_("Cette zone appartient à un autre cercle."), code="zone_of_another_circle")
    others = GuardUnit.objects.filter(enterprise=unit.enterprise_id, name__iexact=unit.name)
    if others.exclude(pk=unit.pk).exists():
        raise ValidationError(_("Votre cercle a déjà une unité de ce nom."), code="unit_name_taken")


def _check_no_guards(unit: GuardUnit, closed_from: date) -> None:
    if number := circle_parts.guards_of_unit_from(unit, closed_from).count():
        raise ValidationError(
            ngettext(
                "%(number)d garde de cette unité n'est pas terminée la veille du %(day)s : déplacez-la ou annulez-la "
                "d'abord.",
                "%(number)d gardes de cette unité ne sont pas terminées la veille du %(day)s : déplacez-les ou "
                "annulez-les d'abord.",
                number,
            ),
            code="unit_has_guards_after",
            params={"number": number, "day": shown_day(closed_from)},
        )
