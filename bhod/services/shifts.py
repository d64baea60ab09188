"""When the guards of a circle usually start and end (AR 8 July 2002, art. 5; domain.md 1.4); refusals as in `circles`."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bhod.enums import GuardCategory
from bhod.models import Shift
from bhod.selectors import circle_parts
from bhod.services.circles import fresh_part, lock_circle, record, tidy
from bhod_portal.core.overtaking import check_seen
from csam.models import Enterprise, Person


@transaction.atomic
def add_shift(
    *,
    enterprise: Enterprise,
    category: GuardCategory,
    name: str,
    starts: time,
    ends: time,
    by: Person,
    at: datetime,
) -> Shift:
    """Say when guards of a kind of day start and end, by the clock in Brussels. Refuses with `shift_overlaps`.

    Hours that are not paid are allowed: a circle may want a doctor there all the same (`circle_parts.unpaid_minutes`).
    """
    enterprise = lock_circle(enterprise.pk, by=by, at=at)
    shift = Shift(enterprise=enterprise, category=category, name=tidy(name), starts=starts, ends=ends)
    _check_overlap(shift)
    shift.full_clean()
    shift.save()
    record("bhod.shift.added", shift, by=by, at=at, **_facts(shift))
    return shift


@transaction.atomic
def change_shift(
    *,
    shift: Shift,
    category: GuardCategory,
    name: str,
    starts: time,
    ends: time,
    seen: Mapping[str, Any],
    by: Person,
    at: datetime,
) -> bool:
    """Change a shift; guards already entered keep their hours. Returns whether anything changed. Refuses as `add_shift`."""
    lock_circle(shift.enterprise_id, by=by, at=at)
    fresh = fresh_part(shift)
    now = circle_parts.shift_values(fresh)
    fresh.category, fresh.name, fresh.starts, fresh.ends = category, tidy(name), starts, ends
    wanted = circle_parts.shift_values(fresh)
    check_seen(seen=seen, now=now, wanted=wanted)
    if wanted == now:
        return False
    _check_overlap(fresh)
    fresh.full_clean()
    fresh.save(update_fields=["category", "name", "starts", "ends"])
    record("bhod.shift.changed", fresh, by=by, at=at, **_facts(fresh))
    return True


@transaction.atomic
def remove_shift(*, shift: Shift, by: Person, at: datetime) -> None:
    """Remove a shift; guards already entered keep their hours."""
    lock_circle(shift.enterprise_id, by=by, at=at)
    fresh = fresh_part(shift)
    record("bhod.shift.removed", fresh, by=by, at=at, **_facts(fresh))
    fresh.delete()


def _check_overlap(shift: Shift) -> None:
    others = Shift.objects.filter(enterprise=shift.enterprise_id, category=shift.category).exclude(
        pk=shift.pk
    )
    other = next((each for each in others.order_by("starts") if circle_parts.overlap(shift, each)), None)
    if other:
        raise ValidationError(
            _(
                "La plage « %(name)s », de %(start)s à %(end)s, couvre déjà une partie de ces heures les mêmes jours. Plusieurs "
                "médecins peuvent être de garde dans la même plage : une seule suffit."
            ),
            code="shift_overlaps",
            params={"name": other.name, "start": f"{other.starts:%H:%M}", "end": f"{other.ends:%H:%M}"},
        )


def _facts(shift: Shift) -> dict[str, str]:
    return {
        "category": shift.category,
        "starts": shift.starts.isoformat("minutes"),
        "ends": shift.ends.isoformat("minutes"),
    }
