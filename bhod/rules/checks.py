"""The rules, one guard at a time, against what is known of all (design.md 4, BHOD 4)."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from bhod.eligibility import clock_hours
from bhod.rules.facts import Duty, Enrolment, Facts
from bhod.rules.problems import Problem, shown_other
from bhod_portal.core import clock
from bhod_portal.core.periods import months_later
from bhod_portal.core.shown import shown_day, shown_instant

# A weekend is the longest period that is paid (domain.md 1.2); that no guard may be longer is our guess.
LONGEST = timedelta(hours=48)
# A year that was mistyped is likelier than a plan this far ahead: our guess.
FURTHEST_MONTHS = 24
SECONDS_OF_A_MINUTE = 60


def problems_of(duty: Duty, facts: Facts) -> list[Problem]:
    """What is wrong with a guard; where its hours make no sense, nothing else is asked."""
    return list(_hours(duty)) or list(_age(duty, facts.at)) or _of_the_circle(duty, facts)


def problems_today(duty: Duty, facts: Facts) -> list[Problem]:
    """What is wrong with a guard that stands: it may have been right when it was entered; its age isn't asked."""
    return list(_hours(duty)) or _of_the_circle(duty, facts)


def _of_the_circle(duty: Duty, facts: Facts) -> list[Problem]:
    enrolled = facts.enrolled_on(duty)
    return [
        *_code(duty, facts, enrolled),
        *_enrolment(duty, facts, enrolled),
        *_unit(duty, facts, enrolled),
        *_overlap(duty, facts),
        *_candidate_and_supervisor(duty, facts, enrolled),
    ]


def last_day_to_communicate(ends_at: datetime) -> date:
    """The last day on which a guard may still be communicated: one year after it (AR 10 October 2013; domain.md 1.6)."""
    return months_later(clock.day_of(ends_at), 12)


def age_problem(ends_at: datetime, *, at: datetime) -> Problem | None:
    """That a guard is more than a year past."""
    last_day = last_day_to_communicate(ends_at)
    return Problem("guard_too_old", {"day": shown_day(last_day)}) if clock.day_of(at) > last_day else None


def _hours(duty: Duty) -> Iterator[Problem]:
    if duty.ends_at <= duty.starts_at:
        yield Problem("guard_out_of_order")
    elif any(each.timestamp() % SECONDS_OF_A_MINUTE for each in (duty.starts_at, duty.ends_at)):
        yield Problem("guard_not_on_minute")
    elif clock_hours(duty.starts_at, duty.ends_at) > LONGEST:
        yield Problem("guard_too_long")


def _age(duty: Duty, at: datetime) -> Iterator[Problem]:
    if clock.day_of(duty.starts_at) > months_later(clock.day_of(at), FURTHEST_MONTHS):
        yield Problem("guard_too_far")
    elif problem := age_problem(duty.ends_at, at=at):
        yield problem


def _code(duty: Duty, facts: Facts, enrolled: Mapping[date, Enrolment]) -> Iterator[Problem]:
    code = facts.codes.get(duty.provider_id)
    if code is None:
        yield Problem("not_eligible_code")
    elif code.needs_acquired_rights and not all(each.acquired_rights for each in enrolled.values()):
        yield Problem("acquired_rights_required")


def _enrolment(duty: Duty, facts: Facts, enrolled: Mapping[date, Enrolment]) -> Iterator[Problem]:
    missing = [day for day in duty.days if day not in enrolled]
    if missing:
        yield Problem("not_enrolled", {"day": shown_day(missing[0])})
    code = facts.codes.get(duty.provider_id)
    if code and code.is_candidate and any(each.supervisor_id is None for each in enrolled.values()):
        yield Problem("supervisor_required")


def _unit(duty: Duty, facts: Facts, enrolled: Mapping[date, Enrolment]) -> Iterator[Problem]:
    unit = facts.unit_names.get(duty.unit_id, "")
    closed_from = facts.closed_from.get(duty.unit_id)
    if closed_from and duty.days[-1] >= closed_from:
        yield Problem("unit_closed", {"unit": unit, "day": shown_day(closed_from)})
    if any(each.units and duty.unit_id not in each.units for each in enrolled.values()):
        yield Problem("unit_not_allowed", {"unit": unit})


def _overlap(duty: Duty, facts: Facts) -> Iterator[Problem]:
    other = next(facts.duties.sharing_a_minute(duty, duty.provider_id), None)
    if other is None:
        return
    if other.enterprise_id != duty.enterprise_id:
        # What goes on in another circle is not for this one to know.
        yield Problem("guard_overlap_elsewhere")
        return
    params = {
        "start": shown_instant(other.starts_at),
        "end": shown_instant(other.ends_at),
        "unit": facts.unit_names.get(other.unit_id, ""),
    }
    yield Problem("guard_overlap", params, other)


def _candidate_and_supervisor(
    duty: Duty, facts: Facts, enrolled: Mapping[date, Enrolment]
) -> Iterator[Problem]:
    """The fee goes to one person only: never to both a candidate and his supervisor (domain.md 1.3)."""
    supervisors = {each.supervisor_id for each in enrolled.values() if each.supervisor_id is not None}
    others = [other for each in sorted(supervisors) for other in facts.duties.sharing_a_minute(duty, each)]
    for enrolment in facts.supervised_on(duty):
        others += [
            other
            for other in facts.duties.sharing_a_minute(duty, enrolment.provider_id)
            if other.enterprise_id == enrolment.enterprise_id
        ]
    if others:
        # One of this circle first: it is the one that can be shown.
        other = min(others, key=lambda each: (each.enterprise_id != duty.enterprise_id, each))
        shown = {"other": shown_other(other, duty.enterprise_id)}
        yield Problem("candidate_and_supervisor", shown, other)
