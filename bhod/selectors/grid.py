"""The guards of a month by day, in a grid of units or of doctors, and what the rules say of each."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from bhod.eligibility import (
    DAY_STARTS,
    ONE_DAY,
    Eligible,
    clock_hours,
    eligible,
    is_weekend,
    legal_holidays,
    qualification_of,
)
from bhod.enums import GuardState, Qualification
from bhod.models import Guard, GuardUnit
from bhod.rules.checks import LONGEST, problems_today
from bhod.rules.facts import Duties, Duty, Facts, by_circle_and_provider, by_supervisor
from bhod.rules.problems import Problem
from bhod.rules.standing import deadline_problem, window_problems
from bhod.selectors.doctors import doctors_of
from bhod.selectors.facts import circle_enrolments
from bhod.selectors.guards import days_of, days_of_guard, guards_of, midnight
from bhod.selectors.payments import GuardPay, pay_of_guards
from bhod.selectors.tariffs import Pay, TariffBook
from bhod_portal.core import clock
from bhod_portal.core.periods import Period
from prosante_login.models import CareProvider

_PLAIN_CODES = {Qualification.RECOGNISED_003, Qualification.RECOGNISED_004}
# What a cell shows, of a hundred guards and more: whole models would cost more than all the rest.
_SHOWN = (
    "pk", "unit_id", "provider_id", "starts_at", "ends_at", "state",
    "unit__name", "provider__person__last_name", "provider__person__first_name",
    "provider__profession", "provider__inami_number",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hours:
    """What follows from when a guard starts and ends: its days, those on which it goes on past 08:00, what counts.

    `is_short` says that the hours themselves are in order.
    """

    starts_at: datetime
    ends_at: datetime
    first_day: date
    last_day: date
    is_short: bool
    later_days: tuple[date, ...]
    eligible: Eligible

    @property
    def is_longer_than_a_day(self) -> bool:
        return self.ends_at - self.starts_at > ONE_DAY


@dataclass(frozen=True, slots=True)
class GridGuard:
    """A guard in a cell; `pay` is None for who may not see amounts, and for a cancelled guard.

    `payment` is where its money stands, for a list that has asked for it.
    """

    pk: int
    unit_id: int
    provider_id: int
    unit: str
    doctor: str
    first_name: str
    state: GuardState
    hours: Hours
    pay: Pay | None
    problems: Sequence[Problem]
    payment: GuardPay | None = None

    @property
    def is_cancelled(self) -> bool:
        return self.state == GuardState.CANCELLED


@dataclass(frozen=True, slots=True)
class GridDay:
    """A column of the month: the day, and the name of the legal holiday that it is."""

    day: date
    holiday: str
    is_today: bool

    @property
    def is_weekend(self) -> bool:
        return is_weekend(self.day)


@dataclass(frozen=True, slots=True)
class GridCell:
    """A unit or a doctor on a day: the guards that begin, and those of the days before that go on past 08:00."""

    column: GridDay
    guards: Sequence[GridGuard]
    going_on: Sequence[GridGuard]

    @property
    def is_uncovered(self) -> bool:
        return not self.going_on and all(guard.is_cancelled for guard in self.guards)


@dataclass(frozen=True, slots=True)
class GridRow:
    """`pk` is that of the unit or of the doctor whose row it is."""

    pk: int
    name: str
    cells: Sequence[GridCell]


@dataclass(frozen=True, slots=True)
class MonthGrid:
    """Rows by days, and what the standing guards that begin in the month come to; `cancelled` are those of the month."""

    by_doctor: bool
    with_cancelled: bool
    columns: Sequence[GridDay]
    rows: Sequence[GridRow]
    guards: int
    eligible: Eligible
    with_problems: int
    cancelled: int


def month_grid(
    *,
    enterprise_id: int,
    units: Sequence[GuardUnit],
    month: Period,
    at: datetime,
    tariffs: TariffBook | None,
    weeknights: bool = True,
    by_doctor: bool = False,
    with_cancelled: bool = False,
) -> MonthGrid:
    """The guards of a calendar month in Brussels, by unit or by doctor; two queries, by doctor three."""
    days, today = days_of(month), clock.day_of(at)
    columns = [GridDay(day, legal_holidays(day.year).get(day, ""), is_today=day == today) for day in days]
    guards = month_guards(
        enterprise_id=enterprise_id, units=units, month=month, at=at, tariffs=tariffs, weeknights=weeknights
    )
    beginning: dict[tuple[int, date], list[GridGuard]] = defaultdict(list)
    going_on: dict[tuple[int, date], list[GridGuard]] = defaultdict(list)
    count, total, doubtful, cancelled = 0, Eligible(), 0, 0
    for guard in guards:
        row, begins_here = (
            guard.provider_id if by_doctor else guard.unit_id,
            guard.hours.first_day >= month.start,
        )
        if guard.is_cancelled:
            cancelled += begins_here
            if with_cancelled:
                beginning[row, guard.hours.first_day].append(guard)
            continue
        beginning[row, guard.hours.first_day].append(guard)
        for day in guard.hours.later_days:
            going_on[row, day].append(guard)
        if begins_here:
            count, total, doubtful = count + 1, total + guard.hours.eligible, doubtful + bool(guard.problems)
    names = _doctor_names(enterprise_id, month, guards) if by_doctor else _unit_names(units, month, guards)
    rows = [
        GridRow(
            pk,
            name,
            [
                GridCell(column, beginning.get((pk, column.day), ()), going_on.get((pk, column.day), ()))
                for column in columns
            ],
        )
        for pk, name in names.items()
    ]
    return MonthGrid(by_doctor, with_cancelled, columns, rows, count, total, doubtful, cancelled)


def month_guards(
    *,
    enterprise_id: int,
    units: Sequence[GuardUnit],
    month: Period,
    at: datetime,
    tariffs: TariffBook | None,
    weeknights: bool = True,
) -> list[GridGuard]:
    """The guards of a period with an end, cancelled ones too, with what is wrong with each; in order of time.

    Two queries. Guards in other circles are not looked at: the database lets no doctor be in two places.
    """
    days = days_of(month)
    found = guards_of(enterprise_id).filter(
        starts_at__lt=midnight(days[-1] + ONE_DAY), ends_at__gt=midnight(days[0])
    )
    rows = list(found.select_related(None).values_list(*_SHOWN))
    facts = _facts(rows, enterprise_id=enterprise_id, units=units, month=month, at=at)
    guards = []
    for pk, unit_id, provider_id, starts_at, ends_at, state, unit, doctor, first_name, *_code_of in rows:
        hours = hours_of(starts_at, ends_at)
        pay: Pay | None = None
        problems: Sequence[Problem] = ()
        if state != GuardState.CANCELLED:
            if tariffs is not None:
                pay = tariffs.pay(hours.eligible, day=hours.first_day)
            duty = Duty(starts_at, ends_at, pk, enterprise_id, unit_id, provider_id)
            problems = _problems(duty, hours, GuardState(state), facts, at=at, weeknights=weeknights)
        guards.append(
            GridGuard(
                pk, unit_id, provider_id, unit, doctor, first_name, GuardState(state), hours, pay, problems
            )
        )
    return guards


def with_payments(guards: Iterable[GridGuard], *, at: datetime) -> list[GridGuard]:
    """The same, each with where its money stands; four queries, and never for who may not see amounts."""
    listed = list(guards)
    rows = list(Guard.objects.filter(pk__in=[each.pk for each in listed]))
    payments = pay_of_guards(rows, at=at)
    return [replace(each, payment=payments.get(each.pk)) for each in listed]


@lru_cache(maxsize=4096)
def hours_of(starts_at: datetime, ends_at: datetime) -> Hours:
    """The same guards' hours are asked for page after page, and units have theirs in common."""
    days = days_of_guard(starts_at, ends_at)
    later = (
        day
        for day in days[1:]
        # A night that ends at 08:00 belongs to the day on which it began.
        if datetime.combine(day, DAY_STARTS, tzinfo=clock.BRUSSELS) < ends_at
    )
    is_short = clock_hours(starts_at, ends_at) <= LONGEST and not (starts_at.second or ends_at.second)
    return Hours(starts_at, ends_at, days[0], days[-1], is_short, tuple(later), eligible(starts_at, ends_at))


def _problems(
    duty: Duty, hours: Hours, state: GuardState, facts: Facts, *, at: datetime, weeknights: bool
) -> Sequence[Problem]:
    found: tuple[Problem, ...] = ()
    if not _is_plainly_in_order(duty, hours, facts):
        found = tuple(problems_today(duty, facts))
    found += _window_problems(duty.starts_at, duty.ends_at, weeknights)
    if (
        state != GuardState.CONFIRMED
        and duty.ends_at <= at
        and (late := deadline_problem(duty.ends_at, state, at=at))
    ):
        found += (late,)
    return found


def _is_plainly_in_order(duty: Duty, hours: Hours, facts: Facts) -> bool:
    """Whether the rules need not be asked, as of most guards: a recognised doctor with nothing particular to him.

    The database lets no doctor be in two places.
    """
    code = facts.codes.get(duty.provider_id)
    if code not in _PLAIN_CODES or duty.provider_id in facts.supervised or not hours.is_short:
        return False
    closed_from = facts.closed_from.get(duty.unit_id)
    if closed_from and hours.last_day >= closed_from:
        return False
    enrolments = facts.enrolments.get((duty.enterprise_id, duty.provider_id), ())
    if len(enrolments) != 1:
        return False
    [enrolment] = enrolments
    period: Period = enrolment.period
    units: frozenset[int] = enrolment.units
    return (
        period.start <= hours.first_day
        and (period.end is None or hours.last_day <= period.end)
        and (not units or duty.unit_id in units)
        and enrolment.supervisor_id is None
    )


@lru_cache(maxsize=4096)
def _window_problems(starts_at: datetime, ends_at: datetime, weeknights: bool) -> tuple[Problem, ...]:
    return tuple(window_problems(starts_at, ends_at, weeknights=weeknights))


def _facts(
    rows: Iterable[tuple[Any, ...]],
    *,
    enterprise_id: int,
    units: Iterable[GuardUnit],
    month: Period,
    at: datetime,
) -> Facts:
    enrolments = circle_enrolments(
        enterprise_id, Period(month.start - ONE_DAY * 3, (month.end or month.start) + ONE_DAY * 3)
    )
    duties = Duties()
    codes: dict[int, Qualification | None] = {}
    for pk, unit_id, provider_id, starts_at, ends_at, state, *_names, profession, number in rows:
        codes[provider_id] = _code(profession, number)
        if state != GuardState.CANCELLED:
            duties.add(Duty(starts_at, ends_at, pk, enterprise_id, unit_id, provider_id))
    return Facts(
        at=at,
        codes=codes,
        enrolments=by_circle_and_provider(enrolments),
        supervised=by_supervisor(enrolments),
        unit_names={each.pk: each.name for each in units},
        closed_from={each.pk: each.closed_from for each in units if each.closed_from},
        duties=duties,
    )


@lru_cache(maxsize=4096)
def _code(profession: str, inami_number: str) -> Qualification | None:
    return qualification_of(CareProvider(profession=profession, inami_number=inami_number))


def _unit_names(units: Iterable[GuardUnit], month: Period, guards: Iterable[GridGuard]) -> Mapping[int, str]:
    """The units that are open on a day of the month, and those with a guard in it all the same."""
    busy = {each.unit_id for each in guards}
    return {
        each.pk: each.name
        for each in units
        if each.closed_from is None or each.closed_from > month.start or each.pk in busy
    }


def _doctor_names(enterprise_id: int, month: Period, guards: Iterable[GridGuard]) -> Mapping[int, str]:
    """Who is on the list of the circle on a day of the month, and who has a guard without being on it."""
    listed = doctors_of(enterprise_id).filter(valid_from__lte=month.end)
    people = {
        each.provider_id: (each.provider.person.last_name, each.provider.person.first_name)
        for each in listed
        if each.valid_until is None or each.valid_until >= month.start
    }
    people |= {
        each.provider_id: (each.doctor, each.first_name) for each in guards if each.provider_id not in people
    }
    shared = Counter(last for last, _first in people.values())
    # Two of one name have their first names, too.
    return {pk: f"{first} {last}" if shared[last] > 1 else last for pk, (last, first) in people.items()}
