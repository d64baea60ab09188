"""Where one mends what the quality board finds."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from bhod.rules.coverage import Stretch
from bhod.selectors.quality import Finding
from bhod_portal.core import clock

OF_ENROLMENTS = {"not_enrolled", "acquired_rights_required", "supervisor_required", "not_eligible_code"}
OF_THE_CIRCLE = {"unit_closed", "weeknight_not_organised"}


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


def mending_links(finding: Finding) -> list[Link]:
    """The pages that mend a finding, the likeliest first; none where there is nothing to do."""
    code = finding.problem.code
    if code in {"uncovered", "norm_not_met"} and finding.fill:
        one = Link(_("Ajouter une garde"), _guard_to_add(finding.unit_pk, finding.fill))
        if finding.fill.ends_at == finding.ends_at:
            return [one]
        return [one, Link(_("Ajouter une série de gardes"), _series(finding))]
    if code == "not_confirmed" and finding.days and finding.days.end:
        days = {"du": f"{finding.days.start:%d-%m-%Y}", "au": f"{finding.days.end:%d-%m-%Y}"}
        return [Link(_("Confirmer ces gardes"), f"{reverse('bhod:guard_confirm')}?{urlencode(days)}")]
    if code in {"unit_without_zone", "zone_without_units"}:
        return [_circle()]
    if finding.guard is None:
        return []
    return [*_of_guard(finding, code), Link(_("Modifier la garde"), _guard("edit", finding))]


def _of_guard(finding: Finding, code: str) -> list[Link]:
    """What mends it better than a change of the guard."""
    if code == "deadline_passed":
        return [Link(_("Annuler la garde"), _guard("cancel", finding))]
    if code == "draft_past":
        return [Link(_("Enregistrer le brouillon"), _drafts_of_its_day(finding))]
    if code == "deadline_near":
        return [Link(_("Confirmer la garde"), _guard("confirm_one", finding))]
    if code in OF_THE_CIRCLE:
        return [_circle()]
    return _of_enrolment(finding, code)


def _of_enrolment(finding: Finding, code: str) -> list[Link]:
    if code == "unit_not_allowed" and finding.doctor_pk:
        return [Link(_("Voir ses unités"), reverse("bhod:doctor_units", args=[finding.doctor_pk]))]
    if code not in OF_ENROLMENTS:
        return []
    if finding.doctor_pk is None:
        return [Link(_("Inscrire le médecin"), reverse("bhod:doctor_enrol"))]
    page, label = (
        ("doctor_detail", _("Voir l'inscription"))
        if code == "not_eligible_code"
        else ("doctor_change", _("Corriger l'inscription"))
    )
    return [Link(label, reverse(f"bhod:{page}", args=[finding.doctor_pk]))]


def _series(finding: Finding) -> str:
    asked: dict[str, object] = {"unite": finding.unit_pk} if finding.unit_pk else {}
    if finding.starts_at and finding.ends_at:
        # It ends in the morning of the day after.
        last = finding.ends_at - timedelta(days=1)
        days = (clock.day_of(finding.starts_at), clock.day_of(max(last, finding.starts_at)))
        asked |= {name: f"{day:%d-%m-%Y}" for name, day in zip(("du", "au"), days, strict=True)}
    return f"{reverse('bhod:guard_series')}?{urlencode(asked)}"


def _drafts_of_its_day(finding: Finding) -> str:
    assert finding.guard is not None  # noqa: S101  (findings of guards only)
    day = f"{clock.day_of(finding.guard.starts_at):%d-%m-%Y}"
    query = urlencode({"du": day, "au": day, "unite": finding.unit_pk})
    return f"{reverse('bhod:guard_publish')}?{query}"


def _circle() -> Link:
    return Link(_("Organisation du cercle"), reverse("bhod:circle"))


def _guard(act: str, finding: Finding) -> str:
    assert finding.guard is not None  # noqa: S101  (findings of guards only)
    return reverse(f"bhod:guard_{act}", args=[finding.guard.pk])


def _guard_to_add(unit_pk: int | None, fill: Stretch) -> str:
    start, end = (each.astimezone(clock.BRUSSELS) for each in (fill.starts_at, fill.ends_at))
    query = {
        "unite": unit_pk,
        "jour": f"{start:%Y-%m-%d}",
        "debut": f"{start:%H:%M}",
        "fin": f"{end:%Y-%m-%dT%H:%M}",
    }
    return f"{reverse('bhod:guard_create')}?{urlencode(query)}"
