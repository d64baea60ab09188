"""What is ready is paid by the next payment, whatever agents and the clock do around it; and where it isn't, the check says so."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bhod.enums import GuardAct, GuardState, LedgerFault, RunState
from bhod.models import GuardCheck, PaymentRun, Tariff
from bhod.selectors.payment_runs import figures_of
from bhod.selectors.tariff_changes import TariffValues
from bhod.services import ledger_checks, payment_runs, tariffs, validation
from tests.bhod.factories import GuardFactory
from tests.bhod.payment_factories import ValidationRoundFactory
from tests.bhod.payments import carried, closed_run, drafted, payable_guard

pytestmark = pytest.mark.django_db

MAY, JULY = datetime(2026, 5, 4, 9, tzinfo=UTC), datetime(2026, 7, 2, 9, tzinfo=UTC)
FEE = Decimal("80.60")


@pytest.fixture
def guard(unit):
    return payable_guard(unit)


def another(guard):
    move = timedelta(days=1)
    return GuardFactory(
        unit=guard.unit, provider=guard.provider, confirmed=True, starts_at=guard.starts_at + move, ends_at=guard.ends_at + move
    )  # fmt: skip


def split_at_the_same_price(world, day, agent):
    """From a day on, a tariff of its own says what the old one said; gives the old one as it is now."""
    old = Tariff.objects.get(world=world)
    values = replace(TariffValues.of(old), valid_from=day)
    seen = tariffs.plan_to_add(world, values).stamp
    tariffs.add_tariff(world=world, values=values, seen=seen, by=agent, at=MAY)
    old.refresh_from_db()
    return old


def faults(world, at=JULY):
    return [each["code"] for each in ledger_checks.check_ledger(world=world, at=at).faults]


def test_a_tariff_split_at_the_same_price_keeps_no_guard_back(guard, world, agent):
    validation.validate(world=world, at=MAY)
    split_at_the_same_price(world, guard.starts_at.date(), agent)

    run = payment_runs.open_run(world=world, by=agent, at=MAY)
    payment_runs.work_on(run, at=MAY)

    assert [line.amount for line in run.lines.all()] == [FEE]


def test_what_was_paid_is_right_when_its_tariff_lost_its_day_and_then_changed(guard, world, agent):
    closed_run(world, by=agent, at=MAY)
    old = split_at_the_same_price(world, guard.starts_at.date() - timedelta(days=1), agent)
    values = replace(TariffValues.of(old), amount=Decimal("5.00"))
    tariffs.change_tariff(
        tariff=old, values=values, seen=tariffs.plan_to_change(old, values).stamp, by=agent, at=MAY
    )
    assert faults(world) == []


def test_a_run_calculated_anew_waits_for_the_round_that_is_being_done(guard, world, agent, manager):
    """The clock jumps in the middle of a round: what that finds bears an instant from before the jump."""
    run = drafted(world, by=agent, at=MAY)
    late = another(guard)
    asked = ValidationRoundFactory(world=world, night_of=MAY.date(), opened_at=MAY)
    carried(guard, manager, MAY, act=GuardAct.CANCELLED, state=GuardState.CANCELLED)
    figures = figures_of(run)
    jumped = MAY + timedelta(days=30)
    assert not payment_runs.check_run(run=run, seen=(figures.lines, figures.total), by=agent, at=jumped)
    run.refresh_from_db()
    assert run.state == RunState.REQUESTED
    assert run.remark

    validation.validate(world=world, at=MAY)
    type(asked).objects.filter(pk=asked.pk).update(finished_at=MAY)
    payment_runs.work_on(run, at=jumped)

    run.refresh_from_db()
    assert (run.state, [line.guard_check.guard for line in run.lines.all()]) == (RunState.DRAFT, [late])
    # It still tells why it is another than the agent has seen.
    assert run.remark


def test_what_no_payment_would_ask_for_any_more_is_a_fault(guard, world, agent):
    closed_run(world, by=agent, at=MAY)
    assert faults(world) == []
    another(guard)
    validation.validate(world=world, at=MAY - timedelta(days=3))
    assert faults(world) == [LedgerFault.LEFT]


def test_what_waits_for_the_next_payment_is_none(guard, world, agent):
    closed_run(world, by=agent, at=MAY)
    another(guard)
    validation.validate(world=world, at=MAY + timedelta(days=1))
    assert GuardCheck.objects.count() == 2
    assert faults(world) == []
    assert PaymentRun.objects.get().state == RunState.CLOSED
