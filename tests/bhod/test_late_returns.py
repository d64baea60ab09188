"""A payment that the bank sends back months later, when others were made since: no page says meanwhile that it is paid."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bhod.enums import PayState, ReturnReason, SettlementOutcome
from bhod.selectors import statements
from bhod.selectors.bank import waiting_doctors
from bhod.selectors.payments import pay_of_guards
from bhod.services import bank
from tests.bhod.factories import GuardFactory
from tests.bhod.payments import closed_run, payable_guard
from tests.prosante_login.factories import ProviderAccountFactory

pytestmark = pytest.mark.django_db

MAY, JULY, SEPTEMBER, NOVEMBER = (datetime(2026, month, 4, 9, tzinfo=UTC) for month in (5, 7, 9, 11))


@pytest.fixture
def guard(unit):
    """A night of 80.60 € that the first payment pays."""
    return payable_guard(unit)


def paid(world, agent, at):
    """A payment of two months that reaches everybody."""
    run = closed_run(world, by=agent, at=at)
    bank.answer_run(run=run, returned={}, by=agent, at=at)
    return run


def next_night(guard, nights=1):
    move = timedelta(days=nights)
    return GuardFactory(
        unit=guard.unit, provider=guard.provider, confirmed=True, starts_at=guard.starts_at + move, ends_at=guard.ends_at + move
    )  # fmt: skip


def send_back(run, agent, at, reason=ReturnReason.BLOCKED_ACCOUNT):
    settlement = run.settlements.get()
    assert bank.return_payment(settlement=settlement, reason=reason, by=agent, at=at)
    return settlement


def states(at, *guards):
    found = pay_of_guards(guards, at=at)
    return [found[each.pk].state for each in guards]


def parts(guard):
    """Of each payment: what became of its money, and the later one that paid it."""
    found = statements.parts_of(guard.unit.enterprise_id)
    return [(each.outcome, each.settled_later) for each in found]


def test_what_came_back_after_another_payment_is_not_paid(guard, world, agent):
    first = paid(world, agent, MAY)
    another = next_night(guard)
    paid(world, agent, JULY)
    send_back(first, agent, JULY)

    assert states(JULY, guard, another) == [PayState.RETURNED, PayState.PAID]
    pay = pay_of_guards([guard], at=JULY)[guard.pk]
    assert pay.paid == 0
    assert [(each.line.amount, each.is_received) for each in pay.lines] == [(Decimal("80.60"), False)]
    assert parts(guard) == [(SettlementOutcome.RETURNED, None), (SettlementOutcome.PAID, None)]
    assert statements.years_of(statements.parts_of(guard.unit.enterprise_id)) == [2026]
    [year] = statements.year_statement(statements.parts_of(guard.unit.enterprise_id), 2026)
    assert year.received.total == Decimal("80.60")


def test_it_is_paid_by_the_first_payment_after_it_came_back(guard, world, agent):
    first = paid(world, agent, MAY)
    next_night(guard)
    paid(world, agent, JULY)
    send_back(first, agent, JULY)

    third = paid(world, agent, SEPTEMBER)

    assert states(SEPTEMBER, guard) == [PayState.PAID]
    assert parts(guard) == [(SettlementOutcome.PAID, third), (SettlementOutcome.PAID, None)]


def test_two_that_come_back_one_after_the_other_are_told_apart(guard, world, agent):
    """The newer one first: the older one comes back only when the newer is paid again."""
    first = paid(world, agent, MAY)
    another = next_night(guard)
    next_night(guard, 2)
    second = paid(world, agent, JULY)
    send_back(second, agent, JULY)
    third = paid(world, agent, SEPTEMBER)
    send_back(first, agent, SEPTEMBER)

    assert states(SEPTEMBER, guard, another) == [PayState.RETURNED, PayState.PAID]
    assert parts(guard) == [(SettlementOutcome.RETURNED, None), (SettlementOutcome.PAID, third)]

    fourth = paid(world, agent, NOVEMBER)
    assert parts(guard) == [(SettlementOutcome.PAID, fourth), (SettlementOutcome.PAID, third)]


def test_the_reason_of_who_waits_is_that_of_what_came_back_last(guard, world, agent):
    first = paid(world, agent, MAY)
    next_night(guard)
    second = paid(world, agent, JULY)
    send_back(second, agent, JULY, ReturnReason.INCORRECT_ACCOUNT)
    ProviderAccountFactory(provider=guard.provider, used_from=JULY.date(), iban="BE68539007547034")
    paid(world, agent, SEPTEMBER)
    send_back(first, agent, SEPTEMBER, ReturnReason.BLOCKED_ACCOUNT)

    [found] = waiting_doctors(world, on=SEPTEMBER.date())

    assert (found.owed, found.reason) == (Decimal("80.60"), ReturnReason.BLOCKED_ACCOUNT)
