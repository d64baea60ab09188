"""The check of the ledger: silent while all agrees, and naming what gets past the database's own guards."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from bhod import tasks
from bhod.enums import GuardAct, GuardState, LedgerFault, ReturnReason, SettlementOutcome
from bhod.models import Guard, GuardCheck, LedgerCheck, PaymentLine, PaymentRun, Settlement, Tariff
from bhod.services import ledger_checks, payment_runs
from tests.bhod.factories import manager_of
from tests.bhod.payment_factories import PaymentRunFactory
from tests.bhod.payments import carried, closed_run, drafted, payable_guard
from tests.csam.factories import WorldFactory
from tests.prosante_login.factories import ProviderAccountFactory

MAY, JULY = datetime(2026, 5, 4, 9, tzinfo=UTC), datetime(2026, 7, 2, 9, tzinfo=UTC)
SEPTEMBER = datetime(2026, 9, 2, 9, tzinfo=UTC)


@pytest.fixture
def guard(unit):
    return payable_guard(unit)


@pytest.fixture
def first(guard, world, agent):
    """The run that paid the guard, 80.60 €."""
    return closed_run(world, by=agent, at=MAY)


@pytest.fixture
def second(guard, first, world, agent):
    """The next run, that took the guard back: it has been cancelled."""
    manager = manager_of(guard.unit.enterprise)
    carried(guard, manager, MAY, act=GuardAct.CANCELLED, state=GuardState.CANCELLED)
    return closed_run(world, by=agent, at=JULY)


@contextmanager
def past_the_database(*tables):
    """What no one can do but who owns the tables: the triggers that keep closed runs as they are sleep."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def found(world, at=JULY):
    return {each["code"] for each in ledger_checks.check_ledger(world=world, at=at).faults}


def test_a_ledger_without_payments_agrees():
    check = ledger_checks.check_ledger(world=WorldFactory(), at=MAY)
    assert (check.earned, check.paid, check.returned, check.balance, check.faults) == (0, 0, 0, 0, [])


def test_what_was_paid_returned_and_is_owed_is_what_was_earned(first, world):
    first.settlements.update(
        outcome=SettlementOutcome.RETURNED, answered_at=MAY, return_reason=ReturnReason.CLOSED_ACCOUNT
    )
    check = ledger_checks.check_ledger(world=world, at=MAY)
    assert (check.earned, check.paid) == (Decimal("80.60"), Decimal("80.60"))
    assert (check.returned, check.balance, check.faults) == (Decimal("80.60"), Decimal("80.60"), [])


def test_a_guard_taken_back_leaves_a_debt(second, world):
    check = ledger_checks.check_ledger(world=world, at=JULY)
    assert (check.earned, check.paid, check.balance) == (0, Decimal("80.60"), Decimal("-80.60"))
    assert check.faults == []


def test_drafts_are_no_part_of_the_ledger(guard, world, agent):
    drafted(world, by=agent, at=MAY)
    assert ledger_checks.check_ledger(world=world, at=MAY).earned == 0


class TestFaults:
    """Each is made as only the owner of the tables could make it."""

    def test_a_line_of_another_amount(self, first, world, caplog):
        with past_the_database("bhod_paymentline"):
            PaymentLine.objects.update(amount=Decimal("80.61"))
        check = ledger_checks.check_ledger(world=world, at=MAY)
        line = next(each for each in check.faults if each["code"] == LedgerFault.LINE)
        assert (line["run"], line["stands"], line["should"]) == (1, "80.61", "80.60")
        assert {each["code"] for each in check.faults} == {
            LedgerFault.LINE,
            LedgerFault.EARNED,
            LedgerFault.BALANCE,
        }
        assert "3 faults: BALANCE, EARNED, LINE" in caplog.text

    def test_a_tariff_that_was_changed_after_the_payment(self, first, world):
        Tariff.objects.update(amount=Decimal("6.30"))
        assert found(world) == {LedgerFault.LINE}

    def test_a_line_about_a_guard_of_another_world(self, first, world):
        elsewhere = WorldFactory(code="ailleurs")
        circle = GuardCheck.objects.get().enterprise
        type(circle).objects.filter(pk=circle.pk).update(world=elsewhere)
        assert found(world) == {LedgerFault.WORLD}

    def test_a_line_taken_back_that_was_never_paid(self, second, world):
        with past_the_database("bhod_paymentline"):
            PaymentLine.objects.filter(is_reversal=False).delete()
        assert LedgerFault.TAKEN_BACK in found(world)

    def test_a_guard_that_is_paid_twice(self, first, second, world):
        again = _another_check(GuardCheck.objects.get())
        with past_the_database("bhod_paymentline"):
            PaymentLine.objects.filter(is_reversal=True).delete()
            PaymentLine.objects.create(run=second, guard_check=again, is_reversal=False, amount=again.amount)
        assert LedgerFault.TWICE in found(world)

    def test_fees_that_are_no_sum_of_lines(self, first, world):
        with past_the_database("bhod_settlement"):
            first.settlements.update(earned=Decimal("80.00"), paid=Decimal("80.00"))
        assert found(world) == {LedgerFault.EARNED, LedgerFault.BALANCE}

    def test_lines_that_nobody_settled(self, first, world):
        with past_the_database("bhod_settlement"):
            first.settlements.all().delete()
        assert found(world) == {LedgerFault.EARNED, LedgerFault.BALANCE}

    def test_a_balance_that_forgets_the_last_one(self, first, second, world):
        with past_the_database("bhod_settlement"):
            first.settlements.update(
                outcome=SettlementOutcome.NO_ACCOUNT, paid=0, closing=Decimal("80.60"), account=None
            )
        assert LedgerFault.OPENING in found(world)

    def test_a_balance_that_is_lost_on_the_way(self, second, world, agent):
        """What a doctor owes is on each payment, until he has given it back: the next looks at the last one only."""
        closed_run(world, by=agent, at=SEPTEMBER)
        assert found(world) == set()
        with past_the_database("bhod_settlement"):
            Settlement.objects.filter(run__number=3).delete()
        assert found(world) == {LedgerFault.CARRIED}

    def test_a_return_that_the_bank_never_sent(self, second, world):
        with past_the_database("bhod_settlement"):
            second.settlements.update(returned=Decimal("80.60"), closing=0)
        assert found(world) == {LedgerFault.RETURNED}

    def test_money_on_the_account_of_another_doctor(self, first, world):
        with past_the_database("bhod_settlement"):
            first.settlements.update(account=ProviderAccountFactory())
        assert found(world) == {LedgerFault.ACCOUNT}


class TestWhen:
    def test_once_on_each_day_of_the_world(self, first, world):
        assert [ledger_checks.check_due(real_now=MAY) for _ in range(2)] == [1, 0]
        assert ledger_checks.check_due(real_now=MAY + timedelta(days=1)) == 1

    def test_asks_little_when_nothing_is_due(self, first, world, django_assert_num_queries):
        ledger_checks.check_due(real_now=MAY)
        PaymentRunFactory(world=WorldFactory(code="ailleurs"))
        ledger_checks.check_due(real_now=MAY)
        with django_assert_num_queries(1):
            ledger_checks.check_due(real_now=MAY)

    def test_again_after_each_payment(self, guard, world, agent):
        run = drafted(world, by=agent, at=MAY)
        ledger_checks.check_due(real_now=MAY)
        payment_runs.check_run(run=run, seen=(1, Decimal("80.60")), by=agent, at=MAY)
        payment_runs.close_run(run=run, by=agent, at=MAY)
        assert payment_runs.work_on_next(real_now=MAY) == run.pk
        assert ledger_checks.check_due(real_now=MAY, worked=[run.pk]) == 1
        assert [each.paid for each in LedgerCheck.objects.order_by("pk")] == [0, Decimal("80.60")]

    def test_not_while_another_worker_does_it(self, first, world, monkeypatch):
        @contextmanager
        def taken(what, key):
            assert (what, key) == ("bhod.ledger", world.pk)
            yield False

        monkeypatch.setattr(ledger_checks, "only_one", taken)
        assert ledger_checks.check_due(real_now=MAY) == 0

    def test_the_task_does_it(self, first, world):
        tasks.work_on_payments()
        assert LedgerCheck.objects.get().paid == Decimal("80.60")

    def test_worlds_without_payments_have_none(self, guard):
        assert ledger_checks.check_due(real_now=MAY) == 0

    def test_agents_of_inami_ask_for_it(self, guard, world, agent):
        assert ledger_checks.check_now(world=world, by=agent, at=MAY).faults == []
        with pytest.raises(PermissionDenied):
            ledger_checks.check_now(world=world, by=manager_of(guard.unit.enterprise), at=MAY)


def _another_check(check):
    Guard.objects.filter(pk=check.guard_id).update(version=check.version + 1)
    check.pk, check.version, check.superseded_at = None, check.version + 1, None
    check.save(force_insert=True)
    return check


def test_one_statement_adds_up_a_ledger(first, world, django_assert_num_queries):
    with django_assert_num_queries(2):
        ledger_checks.check_ledger(world=world, at=MAY)
    assert Settlement.objects.count() == PaymentRun.objects.count() == 1
