"""What becomes of an enrolment: another last day, another supervisor, acquired rights, an end that takes guards along.

Guards always lie within the enrolments of their doctor, and a candidate is never on guard with his supervisor
(domain.md 1.3): each act refuses what would leave one outside. Raises PermissionDenied for who may not manage the
doctors of the circle. `seen` is the stamp (`selectors.doctors.stamp_of`) of what the person had before his eyes: where
something else was changed meanwhile, an act refuses with `changed_meanwhile`; what is already as asked stays so.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from bhod.eligibility import ONE_DAY
from bhod.enums import BatchKind, GuardAct, GuardState
from bhod.models import CircleDoctor, DoctorUnit, Guard
from bhod.selectors import doctors as selectors
from bhod.selectors.plans import Entry, Plan
from bhod.services.doctors import (
    check_eligible_code,
    check_guards_within,
    check_may_manage,
    check_same_world,
    check_supervisor,
    end_enrolment,
    lock_together,
)
from bhod.services.planning import Done, carry_out
from bhod_portal.core import audit
from bhod_portal.core.kept_texts import keep
from bhod_portal.core.periods import Period
from bhod_portal.core.shown import shown_instant
from csam.models import Person
from prosante_login.models import CareProvider


@transaction.atomic
def change_last_day(
    *, doctor: CircleDoctor, last_day: date | None, by: Person, at: datetime, seen: str | None = None
) -> CircleDoctor:
    """Let an enrolment end earlier or later, or have no end (None); one that is over may be opened again.

    Refuses with `period_out_of_order`, `guards_after_end`, and `already_enrolled` where it would reach into a later one.
    """
    check_may_manage(doctor.enterprise_id, by=by, at=at)
    lock_together(doctor.enterprise_id, {doctor.provider_id})
    doctor.refresh_from_db()
    if doctor.valid_until == last_day:
        return doctor
    _check_seen(doctor, seen)
    Period(doctor.valid_from, last_day)
    if last_day and (doctor.valid_until is None or last_day < doctor.valid_until):
        check_guards_within(doctor, last_day)
    before, doctor.valid_until = doctor.valid_until, last_day
    doctor.full_clean()
    doctor.save(update_fields=["valid_until"])
    days = {"before": _iso(before), "last_day": _iso(last_day)}
    _record("last_day_changed", doctor, by=by, at=at, **days)
    return doctor


@transaction.atomic
def change_supervisor(
    *,
    doctor: CircleDoctor,
    supervisor: CareProvider,
    from_day: date,
    by: Person,
    at: datetime,
    seen: str | None = None,
) -> CircleDoctor:
    """Give a candidate another supervisor from a day on: his enrolment ends the day before, and another begins.

    From its first day on, the enrolment itself gets him. Returns the one that has the new supervisor. Refuses with what
    `enrol_doctor` refuses of a supervisor, `outside_enrolment`, and `candidate_and_supervisor` where both would be on
    guard at the same hours.
    """
    check_may_manage(doctor.enterprise_id, by=by, at=at)
    check_same_world(doctor.enterprise, supervisor)
    lock_together(doctor.enterprise_id, {doctor.provider_id, supervisor.pk})
    doctor.refresh_from_db()
    check_supervisor(check_eligible_code(doctor.provider, acquired_rights=doctor.acquired_rights), supervisor)
    if already := _supervised_from(doctor, supervisor, from_day):
        return already
    _check_seen(doctor, seen)
    if not Period(doctor.valid_from, doctor.valid_until).covers(from_day):
        raise ValidationError(
            _("Ce jour tombe en dehors de l'inscription : choisissez un de ses jours."),
            code="outside_enrolment",
        )
    _check_never_together(doctor, supervisor, from_day)
    before = doctor.supervisor_id
    changed = doctor
    if from_day == doctor.valid_from:
        doctor.supervisor = supervisor
        doctor.full_clean()
        doctor.save(update_fields=["supervisor"])
    else:
        changed = _begun_anew(doctor, supervisor, from_day, by=by, at=at)
    _record(
        "supervisor_changed",
        doctor,
        by=by,
        at=at,
        before=before,
        supervisor=supervisor.pk,
        from_day=from_day.isoformat(),
        enrolment=changed.pk,
    )
    return changed


@transaction.atomic
def change_acquired_rights(
    *, doctor: CircleDoctor, acquired_rights: bool, by: Person, at: datetime, seen: str | None = None
) -> CircleDoctor:
    """Say whether INAMI has recognised acquired rights of a doctor, as his code asks; refuses as `check_eligible_code`."""
    check_may_manage(doctor.enterprise_id, by=by, at=at)
    lock_together(doctor.enterprise_id, {doctor.provider_id})
    doctor.refresh_from_db()
    if doctor.acquired_rights == acquired_rights:
        return doctor
    _check_seen(doctor, seen)
    check_eligible_code(doctor.provider, acquired_rights=acquired_rights)
    doctor.acquired_rights = acquired_rights
    doctor.full_clean()
    doctor.save(update_fields=["acquired_rights"])
    _record("rights_changed", doctor, by=by, at=at, acquired_rights=acquired_rights)
    return doctor


@transaction.atomic
def end_with_guards(
    *,
    doctor: CircleDoctor,
    last_day: date,
    reason: str,
    seen: Mapping[int, int],
    by: Person,
    at: datetime,
) -> Done | None:
    """End an enrolment and cancel, as one batch, its guards that would lie outside it; None when there was none left.

    `seen` are the versions of the guards that were shown, by their keys. Refuses with `reason_required`,
    `guards_performed` where one is over already, `changed_meanwhile`, and what `end_enrolment` refuses.
    """
    check_may_manage(doctor.enterprise_id, by=by, at=at)
    if not reason.strip():
        raise ValidationError(_("Indiquez le motif de l'annulation."), code="reason_required")
    lock_together(doctor.enterprise_id, {doctor.provider_id})
    doctor.refresh_from_db()
    if doctor.valid_until == last_day:
        return None
    guards = list(selectors.guards_past(doctor, last_day))
    if any(guard.ends_at <= at for guard in guards):
        raise ValidationError(
            _(
                "Une de ces gardes est déjà terminée : elle ne s'annule pas ici. Choisissez un dernier jour plus tard, ou "
                "traitez-la seule."
            ),
            code="guards_performed",
        )
    if {guard.pk: guard.version for guard in guards} != seen:
        raise ValidationError(
            _("Les gardes de ce médecin ont changé entre-temps : voici celles d'aujourd'hui."),
            code="changed_meanwhile",
        )
    done = _cancelled(doctor, guards, last_day, reason.strip(), by=by, at=at) if guards else None
    end_enrolment(doctor=doctor, last_day=last_day, by=by, at=at)
    return done


def _cancelled(
    doctor: CircleDoctor, guards: list[Guard], last_day: date, reason: str, *, by: Person, at: datetime
) -> Done:
    entries = [
        Entry.of(guard, act=GuardAct.CANCELLED, state=GuardState.CANCELLED, reason=reason) for guard in guards
    ]
    label = keep(
        gettext_noop("Fin de l'inscription de %(doctor)s le %(day)s"),
        doctor=str(doctor.provider.person),
        day=last_day,
    )
    return carry_out(plan=Plan(doctor.enterprise_id, entries), by=by, at=at, batch=(BatchKind.CANCEL, label))


def _check_seen(doctor: CircleDoctor, seen: str | None) -> None:
    if seen is not None and seen != selectors.stamp_of(doctor):
        raise ValidationError(
            _(
                "Quelqu'un d'autre a modifié cette inscription entre-temps : voici où elle en est. Recommencez si c'est "
                "encore utile."
            ),
            code="changed_meanwhile",
        )


def _supervised_from(doctor: CircleDoctor, supervisor: CareProvider, from_day: date) -> CircleDoctor | None:
    """The enrolment that has this supervisor from that day on already: a second click finds it."""
    if doctor.supervisor_id == supervisor.pk:
        return doctor
    same = CircleDoctor.objects.filter(
        enterprise=doctor.enterprise_id,
        provider=doctor.provider_id,
        supervisor=supervisor,
        valid_from=from_day,
    )
    return same.first()


def _check_never_together(doctor: CircleDoctor, supervisor: CareProvider, from_day: date) -> None:
    guards = list(selectors.guards_against(doctor, supervisor=supervisor, from_day=from_day))
    if not guards:
        return
    text = ngettext(
        "Ce maître de stage est lui-même de garde pendant une garde du candidat, celle du %(start)s : déplacez l'une des "
        "deux d'abord.",
        "Ce maître de stage est lui-même de garde pendant %(number)d gardes du candidat, la première du %(start)s : "
        "déplacez les unes ou les autres d'abord.",
        len(guards),
    )
    params = {"number": len(guards), "start": shown_instant(guards[0].starts_at)}
    raise ValidationError(text, code="candidate_and_supervisor", params=params)


def _begun_anew(
    doctor: CircleDoctor, supervisor: CareProvider, from_day: date, *, by: Person, at: datetime
) -> CircleDoctor:
    """The rest of an enrolment, from a day on, as one of its own; with the same rights and in the same units."""
    later = CircleDoctor(
        enterprise=doctor.enterprise,
        provider=doctor.provider,
        supervisor=supervisor,
        valid_from=from_day,
        valid_until=doctor.valid_until,
        acquired_rights=doctor.acquired_rights,
        enrolled_at=at,
        enrolled_by=by,
    )
    doctor.valid_until = from_day - ONE_DAY
    doctor.save(update_fields=["valid_until"])
    later.full_clean()
    later.save()
    units = doctor.allowed_units.values_list("unit_id", flat=True)
    DoctorUnit.objects.bulk_create(DoctorUnit(doctor=later, unit_id=unit) for unit in units)
    _record(
        "enrolled",
        later,
        by=by,
        at=at,
        provider=doctor.provider_id,
        supervisor=supervisor.pk,
        valid_from=from_day.isoformat(),
        valid_until=_iso(later.valid_until),
        acquired_rights=later.acquired_rights,
    )
    return later


def _record(act: str, doctor: CircleDoctor, *, by: Person, at: datetime, **details: Any) -> None:
    audit.record(f"bhod.doctor.{act}", doctor, world=doctor.enterprise.world, by=by, at=at, **details)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
