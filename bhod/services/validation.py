"""INAMI's check of the confirmed guards, by night and when an agent asks for it (design.md 4, BHOD 1 and 4).

A guard is judged anew until it is in a payment: what is validated today may be refused tomorrow. From then on nothing is
judged but what the circle itself changes.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.db.models import Exists, OuterRef

from bhod.eligibility import Eligible, amount, eligible
from bhod.enums import CheckOutcome, GuardState
from bhod.models import Guard, GuardChange, GuardCheck, PaymentLine, Tariff, ValidationRound
from bhod.rules.checks import problems_today
from bhod.rules.facts import Facts
from bhod.rules.problems import Problem
from bhod.selectors.facts import duty_of, read_facts, span_of
from bhod.selectors.tariff_changes import PriceChange, days_of
from bhod.selectors.tariffs import TariffBook, tariff_book
from bhod.services.rights import check_inami_agent
from bhod_portal.core import clock
from bhod_portal.core.locks import only_one
from bhod_portal.core.models import World
from csam.models import Person

logger = logging.getLogger(__name__)

_AT_ONCE = 1000
# Whatever is wrong with the data of one circle; a database that is gone is another matter, and the tick tries again.
_UNEXPECTED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, DataError, IntegrityError)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a guard is found to be; without a tariff it may be in order and has no amount yet."""

    outcome: CheckOutcome
    problems: Sequence[Problem]
    counted: Eligible
    tariff: Tariff | None

    @property
    def kept(self) -> list[dict[str, Any]]:
        return [{"code": each.code, "params": dict(each.params)} for each in self.problems]


def nights_due(*, real_now: datetime) -> list[ValidationRound]:
    """The rounds that nobody has asked yet, one for each world with guards on whose day there was none; unsaved."""
    rows = []
    for world in World.objects.filter(Exists(Guard.objects.filter(unit__enterprise__world=OuterRef("pk")))):
        at = clock.at(world, real_now)
        rows.append(ValidationRound(world=world, night_of=clock.day_of(at), opened_at=at))
    known = ValidationRound.objects.filter(night_of__in={each.night_of for each in rows})
    asked = set(known.values_list("world_id", "night_of"))
    return [each for each in rows if (each.world_id, each.night_of) not in asked]


def open_nights(*, real_now: datetime) -> int:
    """Ask the round of the night for each world with guards on whose day none was asked; returns how many."""
    new = nights_due(real_now=real_now)
    # Two that ask at once, or a round that an agent has asked and that waits: that one does.
    ValidationRound.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


@transaction.atomic
def ask_round(*, world: World, by: Person, at: datetime) -> ValidationRound:
    """Ask for a round now; the task does it. While one waits or is being done, it is that one. Agents of INAMI only."""
    check_inami_agent(by)
    World.objects.select_for_update(of=("self",), no_key=True).get(pk=world.pk)
    waiting = ValidationRound.objects.filter(world=world, finished_at=None).first()
    return waiting or ValidationRound.objects.create(world=world, opened_at=at, asked_by=by)


def work_on_rounds(*, real_now: datetime) -> int:
    """Do the rounds that wait; returns how many. A worker that dies leaves the circles it had done, and the round waiting."""
    done = 0
    for each in ValidationRound.objects.filter(finished_at=None).select_related("world").order_by("pk"):
        with only_one("bhod.validation", each.world_id) as mine:
            if mine:
                _do(each, clock.at(each.world, real_now))
                done += 1
    return done


def validate(*, world: World, at: datetime) -> None:
    """Check the confirmed guards of a world that are in no payment, circle by circle, each in a transaction of its own.

    A circle that fails in a way that nobody thought of is logged and waits for the next round: it holds up no other.
    """
    tariffs = tariff_book(world)
    to_check = Guard.objects.filter(state=GuardState.CONFIRMED, unit__enterprise__world=world)
    for enterprise_id in to_check.order_by().values_list("unit__enterprise", flat=True).distinct():
        try:
            validate_circle(enterprise_id=enterprise_id, tariffs=tariffs, at=at)
        except _UNEXPECTED as error:
            # Without the error's own words: they may hold data of persons.
            logger.error("guards of circle %d are not checked: %s", enterprise_id, type(error).__name__)  # noqa: TRY400


@transaction.atomic
def validate_circle(*, enterprise_id: int, tariffs: TariffBook, at: datetime) -> None:
    """Check those of one circle; what is found as before is left as it is."""
    in_payment = PaymentLine.objects.filter(
        guard_check__guard=OuterRef("pk"), guard_check__superseded_at=None, is_reversal=False
    )
    guards = list(
        Guard.objects.filter(~Exists(in_payment), state=GuardState.CONFIRMED, unit__enterprise=enterprise_id)
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    if not guards:
        return
    standing = {each.guard_id: each for each in GuardCheck.objects.standing().filter(guard__in=guards)}
    facts = read_facts(
        enterprise_id=enterprise_id,
        provider_ids={each.provider_id for each in guards},
        span=span_of((each.starts_at, each.ends_at) for each in guards),
        at=at,
    )
    superseded, made = [], []
    for guard in guards:
        check = _check(guard, _finding(guard, enterprise_id, facts, tariffs), enterprise_id, at)
        known = standing.get(guard.pk)
        if known is None or _content(known) != _content(check):
            made.append(check)
            superseded += [known.pk] if known else []
    GuardCheck.objects.filter(pk__in=superseded).update(superseded_at=at)
    GuardCheck.objects.bulk_create(made, batch_size=_AT_ONCE)


def supersede(changes: Iterable[GuardChange], *, at: datetime) -> None:
    """What was found of guards that have just changed holds no longer; called by the one place that writes guards."""
    changed = [each.guard_id for each in changes if each.before_state == GuardState.CONFIRMED]
    if changed:
        GuardCheck.objects.standing().filter(guard__in=changed).update(superseded_at=at)


def supersede_prices(*, world: World, changes: Iterable[PriceChange], at: datetime) -> None:
    """What was found at a price that has just changed holds no longer, until the next round; not what is in a payment."""
    in_payment = PaymentLine.objects.filter(guard_check=OuterRef("pk"))
    found = GuardCheck.objects.standing().filter(
        days_of(changes), ~Exists(in_payment), outcome=CheckOutcome.VALIDATED, enterprise__world=world
    )
    # Guards first, and in order, as whoever changes or checks them: one waits for the other, and none gives way.
    guards = Guard.objects.filter(pk__in=found.values("guard")).order_by("pk")
    list(guards.select_for_update(of=("self",), no_key=True).values_list("pk"))
    found.update(superseded_at=at)


def _do(asked: ValidationRound, at: datetime) -> None:
    validate(world=asked.world, at=at)
    found = Counter(
        GuardCheck.objects.standing()
        .filter(
            ~Exists(PaymentLine.objects.filter(guard_check=OuterRef("pk"))), enterprise__world=asked.world
        )
        .values_list("outcome", flat=True)
    )
    ValidationRound.objects.filter(pk=asked.pk, finished_at=None).update(
        finished_at=at,
        validated=found[CheckOutcome.VALIDATED],
        refused=found[CheckOutcome.REFUSED],
        waiting=found[CheckOutcome.WAITING],
    )


def _finding(guard: Guard, enterprise_id: int, facts: Facts, tariffs: TariffBook) -> Finding:
    problems = problems_today(duty_of(guard, enterprise_id), facts)
    counted = eligible(guard.starts_at, guard.ends_at)
    if not problems and not counted.minutes:
        problems = [Problem("outside_windows")]
    if problems:
        return Finding(CheckOutcome.REFUSED, problems, counted, None)
    tariff = tariffs.on(clock.day_of(guard.starts_at))
    return Finding(CheckOutcome.VALIDATED if tariff else CheckOutcome.WAITING, (), counted, tariff)


def _check(guard: Guard, finding: Finding, enterprise_id: int, at: datetime) -> GuardCheck:
    tariff = finding.tariff
    return GuardCheck(
        enterprise_id=enterprise_id,
        guard=guard,
        version=guard.version,
        provider_id=guard.provider_id,
        starts_at=guard.starts_at,
        ends_at=guard.ends_at,
        first_day=clock.day_of(guard.starts_at),
        outcome=finding.outcome,
        problems=finding.kept,
        weekend=finding.counted.weekend,
        holiday=finding.counted.holiday,
        weeknight=finding.counted.weeknight,
        tariff=tariff,
        hourly=tariff.amount if tariff else None,
        amount=amount(finding.counted.minutes, tariff.amount) if tariff else None,
        checked_at=at,
    )


def _content(check: GuardCheck) -> tuple[Any, ...]:
    """All that is found, but when."""
    return (
        check.version, check.outcome, check.problems, check.weekend, check.holiday, check.weeknight, check.tariff_id,
        check.hourly, check.amount,
    )  # fmt: skip
