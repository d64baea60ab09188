"""« Exporter les utilisateurs (.csv) » (seed 000, line 321)."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from access_mgmt.enums import MEMBER_TYPES, MemberKind, MemberStatus
from access_mgmt.models import Quality, QualityMember
from bhod_portal.core import audit
from bhod_portal.core.identifiers import format_niss
from csam.models import Person

_AT_A_TIME = 500


def export_members(
    *, quality: Quality, found: QuerySet[QualityMember], by: Person, at: datetime
) -> Iterator[list[str]]:
    """The rows of a list of users as its manager sees it, headings first; who took it away is kept in the trail.

    The rows are read while they are asked for, after the act.
    """
    audit.record(
        "access_mgmt.member.exported",
        quality,
        world=quality.enterprise.world,
        by=by,
        at=at,
        count=found.count(),
    )
    headings = [_("Nom"), _("Prénom"), _("Nom d'utilisateur"), _("Type"), _("NISS"), _("Statut")]
    # The language of the request may be gone when the rows are read.
    types = {kind.value: str(MEMBER_TYPES[kind]) for kind in MemberKind}
    statuses = {status: str(status.label) for status in MemberStatus}
    return _rows(found, headings, types, statuses)


def _rows(
    found: QuerySet[QualityMember],
    headings: list[str],
    types: dict[str, str],
    statuses: dict[MemberStatus, str],
) -> Iterator[list[str]]:
    yield headings
    for member in found.iterator(chunk_size=_AT_A_TIME):
        person = member.person
        names = [person.last_name, person.first_name, person.username]
        yield [*names, types[member.kind], format_niss(person.niss), statuses[member.status]]
