"""The guards of a circle: register, change, cancel (design.md 4, BHOD 1 and 4; domain.md 1.2, 1.3, 1.6).

Raises PermissionDenied for who may not manage the guards of the circle; every other refusal is a ValidationError with
a code.
"""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from bhod.eligibility import clock_hours, qualification_of
from bhod.enums import GuardState
from bhod.models import CircleDoctor, Guard, GuardUnit
from bhod.permissions import Capability
from bhod.selectors.doctors import enrolments_over, supervised_over
from bhod.selectors.guards import days_of_guard, overlapping
from bhod.services.doctors import check_eligible_code, lock_providers
from bhod.services.rights import check_capability
from bhod_portal.core import audit, clock
from bhod_portal.core.periods import months_later
from csam.models import Person
from prosante_login.models import CareProvider

# A weekend is the longest period that is paid (domain.md 1.2); that no guard may be longer is our guess.
LONGEST = timedelta(hours=48)
SECONDS_OF_A_MINUTE = 60


@transaction.atomic
def register_guard(
    *,
    unit: GuardUnit,
    provider: CareProvider,
    starts_at: datetime,
    ends_at: datetime,
    by: Person,
    at: datetime,
) -> Guard:
    """Put an enrolled doctor on guard for a unit. Instants are aware, the end is excluded.

    Refuses with `guard_out_of_order`, `guard_not_on_minute`, `guard_too_long`, `guard_too_old`, `not_eligible_code`,
    `not_enrolled`, `supervisor_required`, `guard_overlap` and `candidate_and_supervisor`.
    """
    _check_may_manage(unit, by=by, at=at)
    guard = Guard(
        unit=unit,
        provider=provider,
        starts_at=starts_at,
        ends_at=ends_at,
        registered_at=at,
        registered_by=by,
    )
    _check(guard, at=at)
    guard.save()
    _record("bhod.guard.registered", guard, by=by, at=at, **_facts(guard))
    return guard


@transaction.atomic
def change_guard(
    *,
    guard: Guard,
    unit: GuardUnit,
    provider: CareProvider,
    starts_at: datetime,
    ends_at: datetime,
    by: Person,
    at: datetime,
) -> Guard:
    """Give a standing guard another unit of the same circle, another doctor or other hours.

    Refuses as `register_guard` does, and with `already_cancelled` and `unit_of_another_circle`.
    """
    guard = Guard.objects.select_for_update(of=("self",), no_key=True).get(pk=guard.pk)
    _check_may_manage(guard.unit, by=by, at=at)
    if guard.state == GuardState.CANCELLED:
        raise ValidationError(
            _("Cette garde est annulée : elle ne se modifie plus."), code="already_cancelled"
        )
    if unit.enterprise_id != guard.unit.enterprise_id:
        raise ValidationError(_("Cette unité appartient à un autre cercle."), code="unit_of_another_circle")
    _check_age(guard.ends_at, at=at)
    before = _facts(guard)
    guard.unit, guard.provider, guard.starts_at, guard.ends_at = unit, provider, starts_at, ends_at
    _check(guard, at=at)
    guard.save(update_fields=["unit", "provider", "starts_at", "ends_at"])
    _record("bhod.guard.changed", guard, by=by, at=at, before=before, after=_facts(guard))
    return guard


@transaction.atomic
def cancel_guard(*, guard: Guard, reason: str, by: Person, at: datetime) -> Guard:
    """Cancel a standing guard and keep it, with the reason. Refuses with `already_cancelled` and `reason_required`."""
    _check_may_manage(guard.unit, by=by, at=at)
    if not reason.strip():
        raise ValidationError(_("Indiquez le motif de l'annulation."), code="reason_required")
    changed = Guard.objects.filter(pk=guard.pk, state=GuardState.REGISTERED).update(
        state=GuardState.CANCELLED, cancelled_at=at, cancelled_by=by, cancel_reason=reason.strip()
    )
    if not changed:
        raise ValidationError(_("Cette garde est déjà annulée."), code="already_cancelled")
    guard.refresh_from_db()
    _record("bhod.guard.cancelled", guard, by=by, at=at)
    return guard


def _check_may_manage(unit: GuardUnit, *, by: Person, at: datetime) -> None:
    check_capability(by=by, enterprise_id=unit.enterprise_id, capability=Capability.MANAGE_GUARDS, at=at)


def _check(guard: Guard, *, at: datetime) -> None:
    _check_hours(guard)
    _check_age(guard.ends_at, at=at)
    check_eligible_code(guard.provider)
    first, last = _days(guard)[0], _days(guard)[-1]
    supervised = supervised_over(guard.provider_id, first=first, last=last)
    supervisors = {each.supervisor_id for each in _enrolments(guard).values() if each.supervisor_id}
    # The two of a supervised pair are locked together: one of two simultaneous guards sees the other.
    lock_providers({guard.provider_id, *supervisors, *(candidate for candidate, _circle in supervised)})
    enrolments = _check_enrolled(guard)
    _check_free(guard)
    _check_not_both(guard, list(enrolments.values()), supervised)
    guard.full_clean()


def _days(guard: Guard) -> list[date]:
    return days_of_guard(guard.starts_at, guard.ends_at)


def _enrolments(guard: Guard) -> dict[date, CircleDoctor]:
    return enrolments_over(
        enterprise_id=guard.unit.enterprise_id, provider_id=guard.provider_id, days=_days(guard)
    )


def _check_hours(guard: Guard) -> None:
    if guard.ends_at <= guard.starts_at:
        raise ValidationError(_("La fin de la garde doit suivre son début."), code="guard_out_of_order")
    if any(each.timestamp() % SECONDS_OF_A_MINUTE for each in (guard.starts_at, guard.ends_at)):
        raise ValidationError(
            _("Une garde commence et se termine à une minute juste."), code="guard_not_on_minute"
        )
    if clock_hours(guard.starts_at, guard.ends_at) > LONGEST:
        raise ValidationError(
            _("Une garde dure 48 heures au plus, le temps d'un week-end : partagez-la en plusieurs gardes."),
            code="guard_too_long",
        )


def _check_age(ends_at: datetime, *, at: datetime) -> None:
    last_day = months_later(clock.day_of(ends_at), 12)
    if clock.day_of(at) > last_day:
        raise ValidationError(
            _(
                "Une garde se communique au plus tard un an après : le délai de celle-ci a expiré le %(day)s "
                "(arrêté royal du 10 octobre 2013)."
            ),
            code="guard_too_old",
            params={"day": date_format(last_day, "d/m/Y")},
        )


def _check_enrolled(guard: Guard) -> dict[date, CircleDoctor]:
    enrolments = _enrolments(guard)
    missing = [day for day in _days(guard) if day not in enrolments]
    if missing:
        raise ValidationError(
            _("Ce médecin n'est pas inscrit dans le cercle le %(day)s : inscrivez-le d'abord."),
            code="not_enrolled",
            params={"day": date_format(missing[0], "d/m/Y")},
        )
    qualification = qualification_of(guard.provider)
    unsupervised = any(each.supervisor_id is None for each in enrolments.values())
    if qualification and qualification.is_candidate and unsupervised:
        raise ValidationError(
            _("Ce candidat est inscrit sans maître de stage : terminez cette inscription et refaites-la."),
            code="supervisor_required",
        )
    return enrolments


def _check_free(guard: Guard) -> None:
    other = overlapping(guard).filter(provider=guard.provider_id).select_related("unit").first()
    if other is None:
        return
    if other.unit.enterprise_id == guard.unit.enterprise_id:
        text = _("Ce médecin est déjà de garde du %(start)s au %(end)s, unité %(unit)s.")
    else:
        text = _("Ce médecin est déjà de garde dans un autre cercle pendant une partie de ces heures.")
    raise ValidationError(
        text,
        code="guard_overlap",
        params={
            "start": _shown(other.starts_at),
            "end": _shown(other.ends_at),
            "unit": other.unit.name,
        },
    )


def _check_not_both(guard: Guard, enrolments: list[CircleDoctor], supervised: set[tuple[int, int]]) -> None:
    """The fee goes to one person only: never to both a candidate and his supervisor (domain.md 1.3)."""
    supervisors = {each.supervisor_id for each in enrolments if each.supervisor_id}
    candidates = {candidate for candidate, _circle in supervised}
    for other in overlapping(guard).filter(provider__in=supervisors | candidates).select_related("unit"):
        if other.provider_id in supervisors or (other.provider_id, other.unit.enterprise_id) in supervised:
            raise ValidationError(
                _(
                    "Un candidat et son maître de stage ne sont jamais de garde aux mêmes heures : l'autre l'est du "
                    "%(start)s au %(end)s."
                ),
                code="candidate_and_supervisor",
                params={"start": _shown(other.starts_at), "end": _shown(other.ends_at)},
            )


def _shown(instant: datetime) -> str:
    return date_format(localtime(instant, clock.BRUSSELS), "d/m/Y H:i")


def _facts(guard: Guard) -> dict[str, int | str]:
    return {
        "unit": guard.unit_id,
        "provider": guard.provider_id,
        "starts_at": guard.starts_at.isoformat(),
        "ends_at": guard.ends_at.isoformat(),
    }


def _record(act: str, guard: Guard, *, by: Person, at: datetime, **details: object) -> None:
    audit.record(act, guard, world=guard.unit.enterprise.world, by=by, at=at, **details)
