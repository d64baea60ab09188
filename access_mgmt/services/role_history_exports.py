"""The history of all functions of an enterprise as the rows of a file."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from access_mgmt.enums import Function, QualityKind
from access_mgmt.models import RoleAssignment
from bhod_portal.core import audit, clock
from bhod_portal.core.identifiers import format_niss
from csam.models import Enterprise, Person

ROLE_HISTORY_EXPORTED = "access_mgmt.role_history.exported"
_AT_A_TIME = 2000
# As the rows read them, in this order.
_READ = (
    "member__quality__kind",
    "member__person__last_name",
    "member__person__first_name",
    "member__person__username",
    "member__person__niss",
    "function",
    "valid_from",
    "valid_until",
    "requested_at",
    "requested_by__first_name",
    "requested_by__last_name",
    "effective_roles__applied_at",
    "revoked_at",
    "revoked_by__first_name",
    "revoked_by__last_name",
    "effective_roles__withdrawn_at",
)


def export_role_history(*, enterprise: Enterprise, by: Person, at: datetime) -> Iterator[list[str]]:
    """All that was ever asked in all qualities of an enterprise, headings first; who took it away is kept in the trail.

    The rows are read from the server while they are asked for, after the act: as little memory for many as for few.
    """
    asked = _asked(enterprise)
    audit.record(ROLE_HISTORY_EXPORTED, enterprise, world=enterprise.world, by=by, at=at, count=asked.count())
    headings = [
        _("Qualité"),
        _("Nom"),
        _("Prénom"),
        _("Nom d'utilisateur"),
        _("NISS"),
        _("Fonction"),
        _("Date de début"),
        _("Date de fin"),
        _("Demandée le"),
        _("Demandée par"),
        _("Appliquée le"),
        _("Retrait demandé le"),
        _("Retrait demandé par"),
        _("Retirée le"),
    ]
    # The language of the request may be gone when the rows are read.
    qualities = {kind.value: str(kind.label) for kind in QualityKind}
    functions = {function.value: str(function.label) for function in Function}
    return _rows(asked, headings, qualities, functions)


def _asked(enterprise: Enterprise) -> QuerySet[RoleAssignment]:
    return RoleAssignment.objects.filter(member__quality__enterprise=enterprise).order_by(
        "requested_at", "pk"
    )


def _rows(
    asked: QuerySet[RoleAssignment],
    headings: list[str],
    qualities: dict[str, str],
    functions: dict[str, str],
) -> Iterator[list[str]]:
    yield headings
    for row in asked.values_list(*_READ).iterator(chunk_size=_AT_A_TIME):
        kind, last_name, first_name, username, niss, function, start, end, asked_at, *rest = row
        asker_first, asker_last, applied_at, revoked_at, taker_first, taker_last, withdrawn_at = rest
        yield [
            qualities[kind],
            last_name,
            first_name,
            username,
            format_niss(niss),
            functions[function],
            _day(start),
            _day(end),
            _moment(asked_at),
            _name(asker_first, asker_last),
            _moment(applied_at),
            _moment(revoked_at),
            _name(taker_first, taker_last),
            _moment(withdrawn_at),
        ]


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _moment(instant: datetime | None) -> str:
    return f"{instant.astimezone(clock.BRUSSELS):%d/%m/%Y %H:%M:%S}" if instant else ""


def _name(*parts: Any) -> str:
    return " ".join(filter(None, parts))
