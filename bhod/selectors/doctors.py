"""The doctors on the list of a circle, and the providers that may come onto it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from bhod.eligibility import ONE_DAY, qualification_of
from bhod.enums import EnrolmentState, Qualification
from bhod.models import CircleDoctor, Guard, GuardQuerySet
from bhod.selectors.guards import midnight
from bhod_portal.core.models import World
from prosante_login.models import CareProvider

# A guard may still be registered a year after it: so long its doctor stays in the list to choose from.
KEPT_FOR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class DoctorLine:
    """An enrolment as a reader sees it on a day; no qualification when the code is not one that is paid."""

    doctor: CircleDoctor
    qualification: Qualification | None
    state: EnrolmentState


def doctor_line(doctor: CircleDoctor, *, on: date) -> DoctorLine:
    state = EnrolmentState.CURRENT
    if doctor.valid_from > on:
        state = EnrolmentState.FUTURE
    elif doctor.valid_until and doctor.valid_until < on:
        state = EnrolmentState.ENDED
    return DoctorLine(doctor, qualification_of(doctor.provider), state)


def doctors_of(enterprise_id: int | None) -> QuerySet[CircleDoctor]:
    """Every enrolment of a circle, ended ones too, with doctor and supervisor; by name, the latest first."""
    doctors = CircleDoctor.objects.filter(enterprise=enterprise_id)
    doctors = doctors.select_related("provider__person", "supervisor__person")
    return doctors.order_by("provider__person__sort_name", "provider_id", "-valid_from", "pk")


def doctors_to_choose(enterprise_id: int, *, on: date) -> list[CareProvider]:
    """Who may be put on a guard: the enrolled of today, of later and of the past year, each once; by name."""
    doctors = doctors_of(enterprise_id).filter(Q(valid_until=None) | Q(valid_until__gte=on - KEPT_FOR))
    return list({doctor.provider_id: doctor.provider for doctor in doctors}.values())


def provider_numbered(world: World, inami_number: str) -> CareProvider | None:
    """Who bears this INAMI number (11 digits) in a world, of whatever profession."""
    providers = CareProvider.objects.filter(person__world=world, inami_number=inami_number)
    return providers.select_related("person").order_by("pk").first()


def stamp_of(doctor: CircleDoctor) -> str:
    """What may change in an enrolment, so that a page knows whether somebody else changed it since it was opened."""
    end = doctor.valid_until.isoformat() if doctor.valid_until else ""
    return f"{end}|{doctor.supervisor_id or ''}|{int(doctor.acquired_rights)}"


def guards_against(doctor: CircleDoctor, *, supervisor: CareProvider, from_day: date) -> GuardQuerySet:
    """Standing guards of an enrolment, from a day on, during which a supervisor is on guard himself, in any circle."""
    same_hours = Guard.objects.standing().filter(
        provider=supervisor, starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at")
    )
    guards = Guard.objects.standing().filter(
        Exists(same_hours),
        provider=doctor.provider_id,
        unit__enterprise=doctor.enterprise_id,
        ends_at__gt=midnight(from_day),
    )
    if doctor.valid_until:
        guards = guards.filter(starts_at__lt=midnight(doctor.valid_until + ONE_DAY))
    return guards.select_related("unit").order_by("starts_at", "pk")


def guards_past(doctor: CircleDoctor, last_day: date) -> GuardQuerySet:
    """Standing guards of an enrolment that would lie outside it, wholly or partly, if it ended on that day."""
    guards = Guard.objects.standing().filter(
        provider=doctor.provider_id,
        unit__enterprise=doctor.enterprise_id,
        ends_at__gt=midnight(last_day + ONE_DAY),
    )
    if doctor.valid_until:
        guards = guards.filter(starts_at__lt=midnight(doctor.valid_until + ONE_DAY))
    return guards.select_related("unit").order_by("starts_at", "pk")


def guards_ahead(doctor: CircleDoctor, *, at: datetime) -> GuardQuerySet:
    """Standing guards of a doctor in the circle that aren't over at this instant; the next one first."""
    guards = Guard.objects.standing().filter(
        provider=doctor.provider_id, unit__enterprise=doctor.enterprise_id, ends_at__gt=at
    )
    return guards.select_related("unit").order_by("starts_at", "pk")
