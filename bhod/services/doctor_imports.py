"""A file of doctors: shown first line by line, then done as shown, all accepted lines or none.

Raises PermissionDenied for who may not manage the doctors of the circle.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bhod.models import CircleDoctor
from bhod.services.doctor_files import read_doctor_file, read_line
from bhod.services.doctor_import_plans import DoctorPlan, plan_import, providers_named
from bhod.services.doctors import check_may_manage, lock_together, look_up_doctors
from bhod_portal.core import audit
from bhod_portal.core.file_lines import ImportLine, fingerprint_of
from csam.models import Enterprise, Person

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a file would do, and what there is to say of the file itself."""

    lines: Sequence[ImportLine]
    remarks: Sequence[str]
    plan: DoctorPlan


def try_file(*, enterprise: Enterprise, content: bytes, size: int, by: Person, at: datetime) -> DryRun:
    """Read a file and say what it would do; that so many numbers were looked up is kept in the trail.

    Refuses with what `doctor_files.read_doctor_file` does.
    """
    check_may_manage(enterprise.pk, by=by, at=at)
    file = read_doctor_file(content=content, size=size)
    return DryRun(file.lines, file.remarks, try_lines(enterprise=enterprise, lines=file.lines, by=by, at=at))


def try_lines(*, enterprise: Enterprise, lines: Sequence[ImportLine], by: Person, at: datetime) -> DoctorPlan:
    """What the lines of a file read before would do now; trail as of `try_file`."""
    plan = plan_import(enterprise=enterprise, asked=[read_line(line) for line in lines])
    found = sum(bool(result.name) for result in plan.results)
    look_up_doctors(enterprise=enterprise, found=found, by=by, at=at)
    return plan


@transaction.atomic
def import_doctors(
    *, enterprise: Enterprise, lines: Sequence[ImportLine], shown: str, by: Person, at: datetime
) -> DoctorPlan:
    """Do what a dry run with the fingerprint `shown` showed, all of it or nothing.

    Refuses with `changed_meanwhile` when these lines would do something else by now.
    """
    check_may_manage(enterprise.pk, by=by, at=at)
    # What is planned under these locks still holds when it is done: of enrolments, and of guards.
    asked = [read_line(line) for line in lines]
    lock_together(enterprise.pk, providers_named(enterprise, asked))
    plan = plan_import(enterprise=enterprise, asked=asked)
    if fingerprint_of(plan.results) != shown:
        raise ValidationError(
            _("La situation a changé depuis le contrôle : voici ce que le fichier ferait maintenant."),
            code="changed_meanwhile",
        )
    changed = [doctor for doctor, _until, _rights in plan.changed]
    CircleDoctor.objects.bulk_update(changed, ["valid_until", "acquired_rights"], batch_size=_AT_ONCE)
    added = CircleDoctor.objects.bulk_create(
        (
            CircleDoctor(
                enterprise=enterprise,
                provider=each.provider,
                supervisor=each.supervisor,
                valid_from=each.period.start,
                valid_until=each.period.end,
                acquired_rights=each.acquired_rights,
                enrolled_at=at,
                enrolled_by=by,
            )
            for each in plan.added
        ),
        batch_size=_AT_ONCE,
    )
    _record(enterprise, plan, added, by=by, at=at)
    return plan


def _record(
    enterprise: Enterprise, plan: DoctorPlan, added: Sequence[CircleDoctor], *, by: Person, at: datetime
) -> None:
    """As each of these acts by itself is kept in the trail."""
    trail: dict[str, list[tuple[CircleDoctor, dict[str, Any]]]] = {
        "bhod.doctor.enrolled": [(doctor, _facts(doctor)) for doctor in added],
        "bhod.doctor.last_day_changed": [
            (doctor, {"before": _iso(until), "last_day": _iso(doctor.valid_until)})
            for doctor, until, _rights in plan.changed
            if until != doctor.valid_until
        ],
        "bhod.doctor.rights_changed": [
            (doctor, {"acquired_rights": doctor.acquired_rights})
            for doctor, _until, rights in plan.changed
            if rights != doctor.acquired_rights
        ],
    }
    for act, subjects in trail.items():
        audit.record_all(act, subjects, world=enterprise.world, by=by, at=at)


def _facts(doctor: CircleDoctor) -> dict[str, Any]:
    return {
        "provider": doctor.provider_id,
        "supervisor": doctor.supervisor_id,
        "valid_from": doctor.valid_from.isoformat(),
        "valid_until": _iso(doctor.valid_until),
        "acquired_rights": doctor.acquired_rights,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
