"""The work list of the quality board as a file."""

from datetime import datetime

from django.utils.translation import gettext as _

from bhod.eligibility import MINUTES_OF_AN_HOUR
from bhod.permissions import Capability
from bhod.selectors.quality import Board, Finding
from bhod.services.rights import check_capability
from bhod_portal.core import audit
from bhod_portal.core.shown import shown_instant
from csam.models import Enterprise, Person


def export_quality(*, enterprise: Enterprise, board: Board, by: Person, at: datetime) -> list[list[str]]:
    """The rows of the work list, headings first and without any amount; that it was taken away is kept in the trail."""
    check_capability(by=by, enterprise_id=enterprise.pk, capability=Capability.MANAGE_GUARDS, at=at)
    audit.record(
        "bhod.quality.exported", enterprise, world=enterprise.world, by=by, at=at, count=board.findings
    )
    headings = [
        _("Gravité"),
        _("Règle"),
        _("Début"),
        _("Fin"),
        _("Unité ou zone"),
        _("Médecin"),
        _("Heures en jeu"),
        _("Constat"),
        _("Ce qui le corrige"),
        _("Source"),
    ]
    return [headings, *(_row(finding) for section in board.work for finding in section.findings)]


def _row(finding: Finding) -> list[str]:
    rule = finding.rule
    return [
        str(rule.severity.label),
        str(rule.title),
        shown_instant(finding.starts_at) if finding.starts_at else "",
        shown_instant(finding.ends_at) if finding.ends_at else "",
        finding.unit,
        finding.doctor,
        f"{finding.minutes / MINUTES_OF_AN_HOUR:.2f}".replace(".", ",") if finding.minutes else "",
        finding.problem.text,
        str(rule.mending),
        str(rule.source),
    ]
