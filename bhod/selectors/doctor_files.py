"""What a circle knows of one of its doctors: his enrolments there, what was done to them, his guards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils.translation import gettext as _

from bhod.models import CircleDoctor, Guard, GuardUnit
from bhod.selectors.doctors import doctors_of
from bhod_portal.core.audit import subject_of
from bhod_portal.core.models import AuditEntry, World
from bhod_portal.core.shown import shown_day
from csam.models import Person
from prosante_login.models import CareProvider


@dataclass(frozen=True, slots=True)
class DoctorGuards:
    """How many standing guards of a doctor in the circle are over at an instant, how many not; starts of the last and the next."""

    past: int
    ahead: int
    last_at: datetime | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """What was done to an enrolment, when (the world's time) and by whom."""

    at: datetime
    by: Person
    text: str


def enrolments_of(doctor: CircleDoctor) -> QuerySet[CircleDoctor]:
    """All enrolments of a doctor in the same circle, the latest first, with the units in which he may be on duty."""
    doctors = doctors_of(doctor.enterprise_id).filter(provider=doctor.provider_id)
    return doctors.select_related("enrolled_by").prefetch_related("allowed_units__unit")


def supervised_by(doctor: CircleDoctor) -> QuerySet[CircleDoctor]:
    """The enrolments in the same circle of the candidates whom a doctor supervises; by name, the latest first."""
    return doctors_of(doctor.enterprise_id).filter(supervisor=doctor.provider_id)


def own_enrolment(provider_id: int | None, *, enterprise_id: int) -> CircleDoctor | None:
    """The latest enrolment in a circle of a provider, where he has one: a supervisor may have none."""
    doctors = CircleDoctor.objects.filter(enterprise=enterprise_id, provider=provider_id)
    return doctors.order_by("-valid_from").first() if provider_id else None


def is_elsewhere(doctor: CircleDoctor, *, on: date) -> bool:
    """Whether the doctor is, or will be, on the list of another circle too; of which one is not for this one to know."""
    elsewhere = CircleDoctor.objects.filter(provider=doctor.provider_id).exclude(
        enterprise=doctor.enterprise_id
    )
    return elsewhere.filter(Q(valid_until=None) | Q(valid_until__gte=on)).exists()


def guards_counted(doctor: CircleDoctor, *, at: datetime) -> DoctorGuards:
    """The standing guards of a doctor in the circle, over all of his enrolments there; one query."""
    guards = Guard.objects.standing().filter(
        provider=doctor.provider_id, unit__enterprise=doctor.enterprise_id
    )
    found = guards.aggregate(
        past=Count("pk", filter=Q(ends_at__lte=at)),
        ahead=Count("pk", filter=Q(ends_at__gt=at)),
        last_at=Max("starts_at", filter=Q(ends_at__lte=at)),
        next_at=Min("starts_at", filter=Q(ends_at__gt=at)),
    )
    return DoctorGuards(**found)


def history_of(doctors: Sequence[CircleDoctor], *, world: World) -> list[HistoryLine]:
    """What the trail knows of these enrolments, the latest first; three queries.

    Enrolments of the first demo world have no line of the trail: who enrolled them stands in themselves.
    """
    subjects = {subject_of(doctor): doctor for doctor in doctors}
    entries = list(
        AuditEntry.objects.filter(world=world, subject__in=subjects)
        .select_related("done_by")
        .order_by("-done_at", "-pk")
    )
    names = _names(entry.details for entry in entries)
    lines = [HistoryLine(entry.done_at, entry.done_by, _sentence(entry, names)) for entry in entries]
    told = {entry.subject for entry in entries if entry.act == "bhod.doctor.enrolled"}
    for subject, doctor in subjects.items():
        if subject not in told:
            text = _("Inscription à partir du %(day)s.") % {"day": _day(doctor.valid_from.isoformat())}
            lines.append(HistoryLine(doctor.enrolled_at, doctor.enrolled_by, text))
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _names(details: Iterable[dict[str, Any]]) -> dict[str, dict[int, str]]:
    """The persons and units whose keys stand in the trail."""
    all_details = list(details)
    providers = {each[key] for each in all_details for key in ("supervisor", "before") if _is_key(each, key)}
    units = {pk for each in all_details for pk in each.get("units", [])}
    return {
        "providers": {
            each.pk: str(each.person)
            for each in CareProvider.objects.filter(pk__in=providers).select_related("person")
        },
        "units": {each.pk: each.name for each in GuardUnit.objects.filter(pk__in=units)} if units else {},
    }


def _is_key(details: dict[str, Any], name: str) -> bool:
    return isinstance(details.get(name), int) and not isinstance(details[name], bool)


def _sentence(entry: AuditEntry, names: dict[str, dict[int, str]]) -> str:
    details, providers = entry.details, names["providers"]
    match entry.act.removeprefix("bhod.doctor."):
        case "enrolled":
            facts = {"start": _day(details.get("valid_from")), "end": _day(details.get("valid_until"))}
            if details.get("valid_until"):
                text = _("Inscription du %(start)s au %(end)s.") % facts
            else:
                text = _("Inscription à partir du %(start)s.") % facts
            if name := providers.get(details.get("supervisor") or 0):
                text += " " + _("Maître de stage : %(name)s.") % {"name": name}
            if details.get("acquired_rights"):
                text += " " + _("Avec droits acquis.")
            return text
        case "ended" | "last_day_changed":
            facts = {"before": _day(details.get("before")), "day": _day(details.get("last_day"))}
            return _("Dernier jour : %(before)s → %(day)s.") % facts
        case "supervisor_changed":
            facts = {
                "before": providers.get(details.get("before") or 0, _("aucun")),
                "name": providers.get(details["supervisor"], ""),
                "day": _day(details["from_day"]),
            }
            return _("Maître de stage à partir du %(day)s : %(before)s → %(name)s.") % facts
        case "rights_changed":
            return _("Droits acquis reconnus.") if details["acquired_rights"] else _("Droits acquis retirés.")
        case _units if "units" in details:
            listed = ", ".join(names["units"].get(pk, "") for pk in details["units"])
            return _("Unités où il est de garde : %(units)s.") % {"units": listed or _("toutes")}
        case _other:
            return _("Inscription modifiée.")


def _day(text: str | None) -> str:
    return shown_day(date.fromisoformat(text)) if text else _("sans fin")
