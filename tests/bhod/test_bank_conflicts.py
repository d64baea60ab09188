"""Two at once upon the bank's answer: agents who both give it, and a payment that comes back while the next is closed."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db.models import Sum

from bhod.enums import ReturnReason, SettlementOutcome
from bhod.models import PaymentLine, Settlement
from bhod.selectors.payment_runs import figures_of
from bhod.services import bank, payment_runs
from bhod_portal.core.models import AuditEntry, Message
from tests.bhod.payments import closed_run, drafted, payable_guard
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

MAY, JULY, SEPTEMBER = (datetime(2026, month, 4, 9, tzinfo=UTC) for month in (5, 7, 9))
FEE = Decimal("80.60")


@pytest.fixture
def guard(unit):
    return payable_guard(unit)


@pytest.fixture
def run(world, agent):
    return closed_run(world, by=agent, at=MAY)


def test_of_agents_who_answer_at_once_one_is_heard(run, agent):
    """Some say that it came back, some that it was paid: whoever comes first."""
    [settlement] = run.settlements.all()
    answers = [{settlement.pk: ReturnReason.CLOSED_ACCOUNT}, {}]

    found = at_once(lambda number: bank.answer_run(run=run, returned=answers[number % 2], by=agent, at=MAY))

    assert sorted(found) == ["already_answered"] * 3 + ["done"]
    settlement.refresh_from_db()
    returned = settlement.outcome == SettlementOutcome.RETURNED
    assert AuditEntry.objects.filter(act="bhod.payment_run.answered").count() == 1
    assert AuditEntry.objects.filter(act="bhod.settlement.returned").count() == returned
    assert Message.objects.filter(person=settlement.provider.person).count() == returned


def test_a_payment_said_to_be_back_many_times_at_once_is_back_once(run, agent, guard):
    bank.answer_run(run=run, returned={}, by=agent, at=MAY)
    settlement = run.settlements.get()

    at_once(
        lambda _number: bank.return_payment(
            settlement=settlement, reason=ReturnReason.BLOCKED_ACCOUNT, by=agent, at=MAY
        )
    )

    assert AuditEntry.objects.filter(act="bhod.settlement.returned").count() == 1
    assert Message.objects.filter(person=guard.provider.person).count() == 1


def test_what_comes_back_while_the_next_payment_is_closed_is_paid_once(run, agent, world, guard):
    """Whether that one takes it up or the one after it: the doctor has his fee once, and nothing is owed."""
    bank.answer_run(run=run, returned={}, by=agent, at=MAY)
    settlement = run.settlements.get()
    second = drafted(world, by=agent, at=JULY)
    figures = figures_of(second)
    payment_runs.check_run(run=second, seen=(figures.lines, figures.total), by=agent, at=JULY)
    payment_runs.close_run(run=second, by=agent, at=JULY)

    def act(number):
        if number:
            payment_runs.work_on(second, at=JULY)
        else:
            bank.return_payment(settlement=settlement, reason=ReturnReason.BLOCKED_ACCOUNT, by=agent, at=JULY)

    assert at_once(act, times=2) == ["done", "done"]
    closed_run(world, by=agent, at=SEPTEMBER)

    kept = Settlement.objects.filter(provider=guard.provider)
    sent = kept.exclude(outcome=SettlementOutcome.RETURNED).aggregate(sum=Sum("paid"))["sum"]
    assert sent == FEE == PaymentLine.objects.aggregate(sum=Sum("amount"))["sum"]
    assert kept.aggregate(sum=Sum("returned"))["sum"] == FEE
    assert kept.latest("run__number").closing == 0
