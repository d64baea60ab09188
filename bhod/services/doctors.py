"""Who is on the list of a circle, and until when (domain.md 1.3; design.md 4, BHOD 2).

Raises PermissionDenied for who may not manage the doctors of the circle; every other refusal is a ValidationError with
a code.
"""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bhod.eligibility import qualification_of
from bhod.enums import SUPERVISING, Qualification
from bhod.models import CircleDoctor
from bhod.permissions import Capability
from bhod.rules.problems import Problem
from bhod.selectors import doctors as selectors
from bhod.selectors.facts import locked_together
from bhod.services.rights import check_capability
from bhod_portal.core import audit, clock
from bhod_portal.core.periods import Period
from csam.models import Enterprise, Person
from prosante_login.models import CareProvider


def check_eligible_code(provider: CareProvider, *, acquired_rights: bool = False) -> Qualification:
    """The qualification of a doctor whose guards are paid.

    Refuses every other with `not_eligible_code`, a code that is paid only to who has acquired rights with
    `acquired_rights_required`, and rights that the code needs not with `acquired_rights_not_needed`.
    """
    qualification = qualification_of(provider)
    if qualification is None:
        raise Problem("not_eligible_code").refusal()
    if qualification.needs_acquired_rights and not acquired_rights:
        raise ValidationError(
            _(
                "Avec ce code de compétence, seul un médecin qui a des droits acquis est honoré : cochez « droits "
                "acquis » si l'INAMI les lui a reconnus."
            ),
            code="acquired_rights_required",
        )
    if acquired_rights and not qualification.needs_acquired_rights:
        raise ValidationError(
            _("Ce code de compétence n'a pas besoin de droits acquis : décochez cette case."),
            code="acquired_rights_not_needed",
        )
    return qualification


@transaction.atomic
def enrol_doctor(
    *,
    enterprise: Enterprise,
    provider: CareProvider,
    period: Period,
    supervisor: CareProvider | None,
    by: Person,
    at: datetime,
    acquired_rights: bool = False,
) -> CircleDoctor:
    """Put a doctor on the list of a circle over a period; a candidate with his supervisor.

    Refuses with `another_world`, `already_enrolled`, what `check_eligible_code` refuses, `supervisor_required`,
    `supervisor_not_allowed` and `supervisor_not_eligible`.
    """
    check_may_manage(enterprise.pk, by=by, at=at)
    check_same_world(enterprise, provider, supervisor)
    check_supervisor(check_eligible_code(provider, acquired_rights=acquired_rights), supervisor)
    lock_providers({provider.pk, *([supervisor.pk] if supervisor else [])})
    doctor = CircleDoctor(
        enterprise=enterprise,
        provider=provider,
        supervisor=supervisor,
        valid_from=period.start,
        valid_until=period.end,
        acquired_rights=acquired_rights,
        enrolled_at=at,
        enrolled_by=by,
    )
    doctor.full_clean()
    doctor.save()
    audit.record(
        "bhod.doctor.enrolled",
        doctor,
        world=enterprise.world,
        by=by,
        at=at,
        provider=provider.pk,
        supervisor=supervisor.pk if supervisor else None,
        valid_from=period.start.isoformat(),
        valid_until=period.end.isoformat() if period.end else None,
        acquired_rights=acquired_rights,
    )
    return doctor


@transaction.atomic
def end_enrolment(*, doctor: CircleDoctor, last_day: date, by: Person, at: datetime) -> CircleDoctor:
    """Let an enrolment end on its last day, included; a second call with the same day changes nothing.

    Refuses with `already_ended`, `period_out_of_order`, `already_enrolled` and `guards_after_end`.
    """
    check_may_manage(doctor.enterprise_id, by=by, at=at)
    lock_providers({doctor.provider_id})
    doctor.refresh_from_db(fields=["valid_from", "valid_until"])
    if doctor.valid_until == last_day:
        return doctor
    if doctor.valid_until and doctor.valid_until < clock.day_of(at):
        raise ValidationError(_("Cette inscription est déjà terminée."), code="already_ended")
    Period(doctor.valid_from, last_day)
    check_guards_within(doctor, last_day)
    before, doctor.valid_until = doctor.valid_until, last_day
    doctor.full_clean()
    doctor.save(update_fields=["valid_until"])
    audit.record(
        "bhod.doctor.ended",
        doctor,
        world=doctor.enterprise.world,
        by=by,
        at=at,
        before=before.isoformat() if before else None,
        last_day=last_day.isoformat(),
    )
    return doctor


def check_guards_within(doctor: CircleDoctor, last_day: date) -> None:
    """Refuses with `guards_after_end` while guards of the enrolment would lie outside it if it ended on that day."""
    if left := selectors.guards_past(doctor, last_day).count():
        raise ValidationError(
            ngettext(
                "%(number)d garde de ce médecin se termine après ce jour : modifiez-la ou annulez-la d'abord.",
                "%(number)d gardes de ce médecin se terminent après ce jour : modifiez-les ou annulez-les d'abord.",
                left,
            ),
            code="guards_after_end",
            params={"number": left},
        )


def look_up_doctors(*, enterprise: Enterprise, found: int, by: Person, at: datetime) -> None:
    """Keep in the trail that somebody searched the doctors whom INAMI knows, and how many he found; never what he typed."""
    check_may_manage(enterprise.pk, by=by, at=at)
    audit.record("bhod.doctor.looked_up", enterprise, world=enterprise.world, by=by, at=at, count=found)


def lock_together(enterprise_id: int, provider_ids: set[int]) -> None:
    """These doctors with their supervisors and candidates, as they are once nobody can change that any more.

    Always all of them in one order: who became a pair while we waited is not locked on top, where two acts could wait for
    each other; what is locked is let go, and all are locked anew.
    """
    together = locked_together(enterprise_id, provider_ids)
    while True:
        point = transaction.savepoint()
        lock_providers(together)
        now = locked_together(enterprise_id, provider_ids)
        if now <= together:
            transaction.savepoint_commit(point)
            return
        transaction.savepoint_rollback(point)
        together |= now


def lock_providers(pks: set[int]) -> None:
    """One act at a time per doctor: what full_clean() reads next holds what the other act has just written."""
    providers = CareProvider.objects.filter(pk__in=pks).order_by("pk")
    list(providers.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


def check_may_manage(enterprise_id: int, *, by: Person, at: datetime) -> None:
    """Raises PermissionDenied for who may not manage the doctors of the circle."""
    check_capability(by=by, enterprise_id=enterprise_id, capability=Capability.MANAGE_DOCTORS, at=at)


def check_same_world(enterprise: Enterprise, *providers: CareProvider | None) -> None:
    """Refuses a provider of another world than the circle's with `another_world`."""
    if any(each and each.person.world_id != enterprise.world_id for each in providers):
        raise ValidationError(_("Ce médecin n'est pas connu ici."), code="another_world")


def check_supervisor(qualification: Qualification, supervisor: CareProvider | None) -> None:
    """A candidate has a recognised supervisor, and nobody else has one; codes as of `enrol_doctor`."""
    if not qualification.is_candidate:
        if supervisor:
            raise ValidationError(
                _("Un médecin généraliste agréé n'a pas de maître de stage : laissez ce champ vide."),
                code="supervisor_not_allowed",
            )
        return
    if supervisor is None:
        raise ValidationError(
            _(
                "Un candidat médecin généraliste s'inscrit avec son maître de stage : indiquez son numéro INAMI."
            ),
            code="supervisor_required",
        )
    if qualification_of(supervisor) not in SUPERVISING:
        raise ValidationError(
            _("Le maître de stage est un médecin généraliste agréé (code 003 ou 004)."),
            code="supervisor_not_eligible",
        )
