"""What is wrong with the guards of a circle that begin in a period, and with the doctors who have them."""

import calendar
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from bhod.eligibility import DAY_STARTS, ONE_MINUTE, eligible
from bhod.enums import GuardState
from bhod.models import CircleDoctor, Guard
from bhod.rules.facts import Duties, Facts
from bhod.rules.problems import Problem
from bhod.rules.standing import deadline_problem
from bhod.selectors.facts import duty_of
from bhod.selectors.quality.findings import Finding
from bhod.selectors.quality.marks import problems_of_guard
from bhod_portal.core import clock
from bhod_portal.core.periods import Period
from bhod_portal.core.shown import shown_day, shown_hours
from prosante_login.models import CareProvider


def findings_of_guards(
    guards: Sequence[Guard],
    *,
    enterprise_id: int,
    facts: Facts,
    weeknights: bool,
    enrolments: Mapping[int, CircleDoctor],
) -> list[Finding]:
    """`enrolments` names the one to put right, for each doctor who has one; one query, for the names of the others."""
    wrong = []
    for guard in guards:
        problems = problems_of_guard(guard, enterprise_id, facts, weeknights)
        if _is_elsewhere_that_day(guard, enterprise_id, facts.duties):
            problems.append(Problem("two_circles_same_day"))
        if problems:
            wrong.append((guard, problems))
    strangers = {guard.provider_id for guard, _problems in wrong} - enrolments.keys()
    providers = CareProvider.objects.select_related("person").in_bulk(strangers) if strangers else {}
    providers |= {pk: enrolment.provider for pk, enrolment in enrolments.items()}
    return [
        Finding(
            problem,
            minutes=eligible(guard.starts_at, guard.ends_at).minutes,
            starts_at=guard.starts_at,
            ends_at=guard.ends_at,
            guard=guard,
            unit_pk=guard.unit_id,
            unit=facts.unit_names[guard.unit_id],
            doctor=str(providers[guard.provider_id].person),
            doctor_pk=enrolments[guard.provider_id].pk if guard.provider_id in enrolments else None,
        )
        for guard, problems in wrong
        for problem in problems
    ]


def waiting_for_confirmation(guards: Iterable[Guard], at: datetime) -> Iterator[Finding]:
    """Past guards that nothing else is wrong with but that they aren't confirmed yet; one finding for each month."""
    months: dict[date, list[Guard]] = {}
    for guard in guards:
        state = GuardState(guard.state)
        if (
            state == GuardState.REGISTERED
            and guard.ends_at <= at
            and not deadline_problem(guard.ends_at, state, at=at)
        ):
            months.setdefault(clock.day_of(guard.starts_at).replace(day=1), []).append(guard)
    for month, waiting in months.items():
        minutes = sum(eligible(guard.starts_at, guard.ends_at).minutes for guard in waiting)
        params = {
            "guards": len(waiting),
            "month": shown_day(month, "YEAR_MONTH_FORMAT"),
            "hours": shown_hours(minutes),
        }
        yield Finding(
            Problem("not_confirmed", params),
            minutes=minutes,
            starts_at=min(guard.starts_at for guard in waiting),
            ends_at=max(guard.ends_at for guard in waiting),
            days=Period(month, month.replace(day=calendar.monthrange(month.year, month.month)[1])),
        )


def enrolled_elsewhere(
    enrolments: Iterable[CircleDoctor], *, enterprise_id: int, period: Period
) -> Iterator[Finding]:
    """Doctors of the circle who are on the list of another one too; which one is not for this circle to know."""
    own = {each.provider_id: each for each in enrolments if _period_of(each).overlaps(period)}
    others = CircleDoctor.objects.filter(provider__in=own, valid_from__lte=period.end)
    for provider_id in sorted(
        {
            each.provider_id
            for each in others.exclude(enterprise=enterprise_id).only(
                "provider_id", "valid_from", "valid_until"
            )
            if _period_of(each).overlaps(period)
        }
    ):
        doctor = own[provider_id]
        yield Finding(Problem("enrolled_elsewhere"), doctor=str(doctor.provider.person), doctor_pk=doctor.pk)


def _period_of(enrolment: CircleDoctor) -> Period:
    return Period(enrolment.valid_from, enrolment.valid_until)


def _is_elsewhere_that_day(guard: Guard, enterprise_id: int, duties: Duties) -> bool:
    """Whether its doctor has a guard in another circle on one of its days, which go from 08:00 to 08:00 here."""
    first, last = _days_from_morning(guard.starts_at, guard.ends_at)
    own = duty_of(guard, enterprise_id)
    for other in duties.of(guard.provider_id):
        if other.enterprise_id == enterprise_id or other.key == own.key:
            continue
        begins, ends = _days_from_morning(other.starts_at, other.ends_at)
        if begins <= last and first <= ends:
            return True
    return False


def _days_from_morning(starts_at: datetime, ends_at: datetime) -> tuple[date, date]:
    morning = timedelta(hours=DAY_STARTS.hour)
    first, last = (each.astimezone(clock.BRUSSELS) - morning for each in (starts_at, ends_at - ONE_MINUTE))
    return first.date(), last.date()
