"""The list of a circle's doctors as a file; its columns are those that an import reads."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bhod.models import CircleDoctor
from bhod.selectors.doctors import doctor_line
from bhod.services.doctors import check_may_manage
from bhod_portal.core import audit, clock
from bhod_portal.core.identifiers import format_inami
from csam.models import Enterprise, Person

_AT_A_TIME = 500


def export_doctors(
    *, enterprise: Enterprise, found: QuerySet[CircleDoctor], by: Person, at: datetime
) -> Iterator[list[str]]:
    """The rows of a list of enrolments, headings first; that it was taken away is kept in the trail.

    The rows are read while they are asked for, after the act.
    """
    check_may_manage(enterprise.pk, by=by, at=at)
    audit.record(
        "bhod.doctor.exported", enterprise, world=enterprise.world, by=by, at=at, count=found.count()
    )
    headings = [
        _("Numéro INAMI"),
        _("Nom"),
        _("Prénom"),
        _("Qualification"),
        _("Inscrit du"),
        _("Inscrit jusqu'au"),
        _("Numéro INAMI du maître de stage"),
        _("Maître de stage"),
        _("Droits acquis"),
        _("Unités"),
        _("État"),
    ]
    return _rows(found, headings, clock.day_of(at), (_("oui"), _("toutes")))


def _rows(
    found: QuerySet[CircleDoctor], headings: list[str], on: date, words: tuple[str, str]
) -> Iterator[list[str]]:
    yield headings
    yes, everywhere = words
    doctors = found.prefetch_related("allowed_units__unit")
    for doctor in doctors.iterator(chunk_size=_AT_A_TIME):
        line = doctor_line(doctor, on=on)
        person, supervisor = doctor.provider.person, doctor.supervisor
        units = sorted(each.unit.name for each in doctor.allowed_units.all())
        yield [
            format_inami(doctor.provider.inami_number),
            person.last_name,
            person.first_name,
            str(line.qualification.label) if line.qualification else "",
            _day(doctor.valid_from),
            _day(doctor.valid_until),
            format_inami(supervisor.inami_number) if supervisor else "",
            str(supervisor.person) if supervisor else "",
            yes if doctor.acquired_rights else "",
            ", ".join(units) or everywhere,
            str(line.state.label),
        ]


def _day(day: date | None) -> str:
    return date_format(day, "d-m-Y") if day else ""
