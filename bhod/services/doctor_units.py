"""In which units of a circle an enrolled doctor may be on duty (AR 8 July 2002, art. 4-5: each unit has its own service)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bhod.models import CircleDoctor, DoctorUnit, GuardUnit
from bhod.permissions import Capability
from bhod.selectors import doctor_units as selectors
from bhod.services.doctors import lock_providers
from bhod.services.rights import check_capability
from bhod_portal.core import audit, clock
from bhod_portal.core.overtaking import check_seen
from csam.models import Person


@transaction.atomic
def set_units(
    *, doctor: CircleDoctor, units: Collection[GuardUnit], seen: Mapping[str, Any], by: Person, at: datetime
) -> bool:
    """Say in which units a doctor may be on duty, in all of them where none is named; returns whether anything changed.

    Raises PermissionDenied for who may not manage the doctors of the circle, and ValidationError `already_ended`,
    `unit_of_another_circle`, `changed_meanwhile`, and `guards_elsewhere` while he has guards to come in another unit.
    """
    check_capability(by=by, enterprise_id=doctor.enterprise_id, capability=Capability.MANAGE_DOCTORS, at=at)
    # Who enters a guard of this doctor at the same time waits, then finds his units.
    lock_providers({doctor.provider_id})
    doctor.refresh_from_db(fields=["valid_from", "valid_until"])
    if doctor.valid_until and doctor.valid_until < clock.day_of(at):
        raise ValidationError(_("Cette inscription est déjà terminée."), code="already_ended")
    if any(unit.enterprise_id != doctor.enterprise_id for unit in units):
        raise ValidationError(_("Cette unité appartient à un autre cercle."), code="unit_of_another_circle")
    now, wanted = selectors.unit_values(doctor), {"units": sorted(str(unit.pk) for unit in units)}
    check_seen(seen=seen, now=now, wanted=wanted)
    if wanted == now:
        return False
    if units:
        _check_no_guards_elsewhere(doctor, units, at=at)
    doctor.allowed_units.all().delete()
    DoctorUnit.objects.bulk_create(DoctorUnit(doctor=doctor, unit=unit) for unit in units)
    audit.record(
        "bhod.doctor.units",
        doctor,
        world=doctor.enterprise.world,
        by=by,
        at=at,
        units=sorted(unit.pk for unit in units),
    )
    return True


def _check_no_guards_elsewhere(doctor: CircleDoctor, units: Collection[GuardUnit], *, at: datetime) -> None:
    if number := selectors.guards_elsewhere(doctor, units, at=at).count():
        raise ValidationError(
            ngettext(
                "%(number)d garde à venir de ce médecin est dans une autre unité : modifiez-la ou annulez-la d'abord.",
                "%(number)d gardes à venir de ce médecin sont dans d'autres unités : modifiez-les ou annulez-les d'abord.",
                number,
            ),
            code="guards_elsewhere",
            params={"number": number},
        )
