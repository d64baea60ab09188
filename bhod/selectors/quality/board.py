"""The quality board of a circle over a period; a constant number of queries, whatever the number of guards."""

from collections import defaultdict
from datetime import date, datetime

from bhod.eligibility import ONE_DAY
from bhod.enums import Severity
from bhod.models import CircleDoctor, Guard, GuardUnit, GuardZone
from bhod.rules.checks import last_day_to_communicate
from bhod.selectors.guards import days_of, midnight
from bhod.selectors.quality.findings import Board, Finding, Score, board_of
from bhod.selectors.quality.marks import facts_of, organises_weeknights
from bhod.selectors.quality.of_guards import enrolled_elsewhere, findings_of_guards, waiting_for_confirmation
from bhod.selectors.quality.of_hours import Hours, findings_of_hours, minutes_of
from bhod_portal.core import clock
from bhod_portal.core.periods import Period, months_later

# A whole doctor with each of thousands of guards would cost more than all the rest.
_ASKED = ("unit_id", "provider_id", "starts_at", "ends_at", "state")


def quality_board(*, enterprise_id: int, period: Period, at: datetime) -> Board:
    """What the rules say of the hours of the days of a period that has an end, and of the guards that begin in it."""
    every = _guards(enterprise_id, period)
    beginning = [guard for guard in every if period.covers(clock.day_of(guard.starts_at))]
    weeknights = organises_weeknights(enterprise_id)
    hours = _hours(enterprise_id, period, every, weeknights=weeknights, at=at)
    enrolments = _enrolments(enterprise_id)
    latest = {each.provider_id: each for each in enrolments}
    of_guards: list[Finding] = []
    if beginning:
        of_guards = findings_of_guards(
            beginning,
            enterprise_id=enterprise_id,
            facts=facts_of(beginning, enterprise_id, at),
            weeknights=weeknights,
            enrolments=latest,
        )
    findings = [
        *findings_of_hours(hours),
        *of_guards,
        *waiting_for_confirmation(beginning, at),
        *enrolled_elsewhere(enrolments, enterprise_id=enterprise_id, period=period),
    ]
    minutes, covered = minutes_of(hours)
    faulty = {
        each.guard.pk for each in of_guards if each.guard and each.rule.severity != Severity.INFORMATION
    }
    return board_of(findings, Score(minutes, covered, len(beginning), len(beginning) - len(faulty)))


def first_open_day(at: datetime) -> date:
    """The first day whose windows may still be communicated: one year after they end, on the next morning."""
    today = clock.day_of(at)
    day = months_later(today, -12) - ONE_DAY * 3
    while last_day_to_communicate(midnight(day + ONE_DAY)) < today:
        day += ONE_DAY
    return day


def _guards(enterprise_id: int, period: Period) -> list[Guard]:
    """Standing guards of which any hour may lie in the windows of the days, or that begin on one of them."""
    end = period.end or period.start
    guards = Guard.objects.standing().filter(
        unit__enterprise=enterprise_id,
        starts_at__lt=midnight(end + 2 * ONE_DAY),
        ends_at__gt=midnight(period.start),
    )
    return list(guards.only(*_ASKED).order_by("starts_at", "pk"))


def _hours(
    enterprise_id: int, period: Period, guards: list[Guard], *, weeknights: bool, at: datetime
) -> Hours:
    by_unit: dict[int, list[Guard]] = defaultdict(list)
    for guard in guards:
        by_unit[guard.unit_id].append(guard)
    return Hours(
        days=days_of(period),
        first_open=first_open_day(at),
        weeknights=weeknights,
        units=list(GuardUnit.objects.filter(enterprise=enterprise_id).order_by("name", "pk")),
        zones=list(GuardZone.objects.filter(enterprise=enterprise_id).order_by("name", "pk")),
        guards=by_unit,
    )


def _enrolments(enterprise_id: int) -> list[CircleDoctor]:
    """All of a circle, the latest of a doctor last."""
    doctors = CircleDoctor.objects.filter(enterprise=enterprise_id)
    return list(doctors.select_related("provider__person").order_by("valid_from", "pk"))
