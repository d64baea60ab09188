"""What becomes of the lines of a file of users: as it is shown, kept in a draft, and done."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from access_mgmt.enums import Function
from access_mgmt.models import QualityMember, RoleAssignment
from bhod_portal.core.file_lines import Change, LineResult, counts_of, fingerprint_of
from bhod_portal.core.periods import Period
from bhod_portal.core.shown import shown_day
from csam.models import Person


@dataclass(slots=True)
class Plan:
    """What the accepted lines would do, by the key of the person; `results` has every line of the file."""

    results: list[LineResult] = field(default_factory=list)
    persons: dict[int, Person] = field(default_factory=dict)
    usernames: dict[int, str] = field(default_factory=dict)
    added: dict[int, dict[str, Any]] = field(default_factory=dict)
    changed: dict[int, dict[str, Any]] = field(default_factory=dict)
    members: dict[int, QualityMember] = field(default_factory=dict)
    grants: list[tuple[int, Function, Period]] = field(default_factory=list)
    moves: list[tuple[RoleAssignment, Period]] = field(default_factory=list)
    changes: dict[int, list[Change]] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        return counts_of(self.results)

    @property
    def fingerprint(self) -> str:
        """The same for two plans that show and do the same."""
        return fingerprint_of(self.results)


def period_of(assignment: RoleAssignment) -> Period:
    """Its days."""
    return Period(assignment.valid_from, assignment.valid_until)


def days_of(period: Period) -> str:
    """A period in words."""
    if period.end is None:
        return _("depuis le %(start)s, sans fin") % {"start": shown_day(period.start)}
    return _("du %(start)s au %(end)s") % {
        "start": shown_day(period.start),
        "end": shown_day(period.end),
    }


def shown(key: str, value: Any) -> str:
    """A value of a member's data as people read it; empty where there is none."""
    if value is None or value == "":
        return ""
    if key == "secured_applications":
        names = dict(QualityMember._meta.get_field(key).base_field.choices)  # type: ignore[union-attr]  # an ArrayField
        return ", ".join(str(names[each]) for each in value)
    choices = QualityMember._meta.get_field(key).choices  # type: ignore[union-attr]  # a field, no relation
    return str(dict(choices)[value]) if choices else str(value)
