"""From confirmed guards to settlements: what a run takes in, what it leaves, and what it never does twice."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from bhod.enums import GuardAct, GuardState, PayState, RunState, SettlementOutcome
from bhod.models import Guard, GuardCheck, PaymentLine, PaymentRun, Settlement
from bhod.selectors.payments import pay_of_guards
from bhod.services import payment_runs, validation
from bhod_portal.core.refusals import refusal_codes
from prosante_login.models import ProviderAccount
from tests.bhod.payment_factories import SettlementFactory
from tests.bhod.payments import carried, closed, closed_run, drafted, payable_guard
from tests.prosante_login.factories import ProviderAccountFactory

pytestmark = pytest.mark.django_db

# After March and April; the next two months are over on 2 July.
MAY, JULY = datetime(2026, 5, 4, 9, tzinfo=UTC), datetime(2026, 7, 2, 9, tzinfo=UTC)


@pytest.fixture
def guard(unit):
    """A confirmed night of 13 hours (80.60 €) of a doctor of the circle who has an account."""
    return payable_guard(unit)


def shorten(guard, manager, at):
    """An hour less, and confirmed again: 74.40 €."""
    carried(
        guard, manager, at, act=GuardAct.CHANGED, state=GuardState.REGISTERED, ends_at=guard.ends_at - timedelta(hours=1)
    )  # fmt: skip
    carried(guard, manager, at, act=GuardAct.CONFIRMED, state=GuardState.CONFIRMED)


def pay_of(guard, at=JULY):
    return pay_of_guards([Guard.objects.get(pk=guard.pk)], at=at)[guard.pk]


def settlement_of(run):
    return Settlement.objects.get(run=run)


def test_a_confirmed_guard_is_validated_and_paid(guard, world, agent):
    run = drafted(world, by=agent, at=MAY)
    assert [line.amount for line in run.lines.all()] == [Decimal("80.60")]
    assert pay_of(guard).state == PayState.IN_PAYMENT

    closed(run, by=agent, at=MAY)

    settlement = settlement_of(run)
    assert (settlement.earned, settlement.paid, settlement.closing) == (Decimal("80.60"), Decimal("80.60"), 0)
    assert settlement.outcome == SettlementOutcome.SENT
    assert settlement.account == guard.provider.accounts.get()


def test_a_guard_of_a_doctor_without_account_waits_and_comes_with_the_next_run(guard, world, agent):
    guard.provider.accounts.all().delete()
    first = closed_run(world, by=agent, at=MAY)
    assert settlement_of(first).outcome == SettlementOutcome.NO_ACCOUNT
    assert pay_of(guard).state == PayState.WAITING_ACCOUNT

    ProviderAccountFactory(provider=guard.provider)
    second = closed_run(world, by=agent, at=JULY)

    settlement = settlement_of(second)
    assert (settlement.opening, settlement.earned, settlement.paid) == (Decimal("80.60"), 0, Decimal("80.60"))


def test_a_paid_guard_that_is_shortened_is_taken_back_and_paid_anew(guard, world, agent, manager):
    closed_run(world, by=agent, at=MAY)
    shorten(guard, manager, MAY)

    second = closed_run(world, by=agent, at=JULY)

    assert sorted(line.amount for line in second.lines.all()) == [Decimal("-80.60"), Decimal("74.40")]
    settlement = settlement_of(second)
    assert (settlement.earned, settlement.paid, settlement.closing) == (Decimal("-6.20"), 0, Decimal("-6.20"))
    assert settlement.outcome == SettlementOutcome.OFFSET


def test_a_paid_guard_that_waits_to_be_confirmed_again_is_not_taken_back_yet(guard, world, agent, manager):
    closed_run(world, by=agent, at=MAY)
    carried(guard, manager, MAY, act=GuardAct.REOPENED, state=GuardState.REGISTERED)

    second = drafted(world, by=agent, at=JULY)

    assert second.lines.count() == 0
    assert pay_of(guard).state == PayState.TO_CORRECT


def test_a_paid_guard_that_nobody_confirmed_again_in_a_year_is_taken_back(guard, world, agent, manager):
    """The night ended on 6 March 2026: 6 March 2027 is the last day."""
    closed_run(world, by=agent, at=MAY)
    carried(guard, manager, MAY, act=GuardAct.REOPENED, state=GuardState.REGISTERED)
    last_day = datetime(2027, 3, 6, 22, tzinfo=UTC)
    assert drafted(world, by=agent, at=last_day).lines.count() == 0

    run = PaymentRun.objects.get(state=RunState.DRAFT)
    after = last_day + timedelta(hours=2)
    payment_runs.recalculate_run(run=run, by=agent, at=after)
    payment_runs.work_on(run, at=after)

    assert [line.amount for line in run.lines.all()] == [Decimal("-80.60")]


def test_a_cancelled_guard_is_taken_back(guard, world, agent, manager):
    closed_run(world, by=agent, at=MAY)
    carried(guard, manager, MAY, act=GuardAct.CANCELLED, state=GuardState.CANCELLED)
    closed_run(world, by=agent, at=JULY)

    pay = pay_of(guard)
    assert (pay.state, pay.due) == (PayState.RECOVERED, 0)


def test_a_guard_that_changes_while_its_run_is_closed_sends_the_run_back_to_draft(
    guard, world, agent, manager
):
    run = drafted(world, by=agent, at=MAY)
    assert payment_runs.check_run(run=run, seen=(1, Decimal("80.60")), by=agent, at=MAY)
    payment_runs.close_run(run=run, by=agent, at=MAY)
    carried(guard, manager, MAY, act=GuardAct.CANCELLED, state=GuardState.CANCELLED)

    assert payment_runs.work_on_next(real_now=MAY) == run.pk

    run.refresh_from_db()
    assert (run.state, run.lines.count(), run.closed_at) == (RunState.DRAFT, 0, None)
    assert "1 ligne" in run.remark


def test_a_draft_that_is_no_longer_what_was_seen_is_not_checked(guard, world, agent):
    run = drafted(world, by=agent, at=MAY)
    assert not payment_runs.check_run(run=run, seen=(1, Decimal("80.59")), by=agent, at=MAY)
    run.refresh_from_db()
    assert run.state == RunState.DRAFT


def test_a_run_is_opened_once(guard, world, agent):
    payment_runs.open_run(world=world, by=agent, at=MAY)
    with pytest.raises(ValidationError) as refusal:
        payment_runs.open_run(world=world, by=agent, at=MAY)
    assert refusal_codes(refusal.value) == {"run_open"}


def test_two_months_are_paid_once(guard, world, agent):
    closed_run(world, by=agent, at=MAY)
    with pytest.raises(ValidationError) as refusal:
        payment_runs.open_run(world=world, by=agent, at=MAY)
    assert refusal_codes(refusal.value) == {"nothing_due"}


def test_only_agents_of_inami_pay(guard, world, manager):
    with pytest.raises(PermissionDenied):
        payment_runs.open_run(world=world, by=manager, at=MAY)


def test_the_night_opens_the_run_that_is_due_once(guard, world):
    assert [payment_runs.open_due_runs(real_now=MAY) for _ in range(2)] == [1, 0]
    run = PaymentRun.objects.get()
    assert (run.first_day.isoformat(), run.last_day.isoformat()) == ("2026-03-01", "2026-04-30")


def test_a_run_that_is_given_up_is_opened_anew_the_night_after(guard, world, agent):
    assert payment_runs.begin_nights(real_now=MAY) == (1, 1)
    validation.work_on_rounds(real_now=MAY)
    run = PaymentRun.objects.get()
    payment_runs.work_on(run, at=MAY)
    payment_runs.discard_run(run=run, by=agent, at=MAY)

    assert payment_runs.begin_nights(real_now=MAY) == (0, 0)
    assert payment_runs.begin_nights(real_now=MAY + timedelta(days=1)) == (1, 1)


def test_a_run_waits_for_the_round_of_its_night(guard, world):
    payment_runs.begin_nights(real_now=MAY)
    assert payment_runs.work_on_next(real_now=MAY) is None
    validation.work_on_rounds(real_now=MAY)

    run = PaymentRun.objects.get()
    assert payment_runs.work_on_next(real_now=MAY) == run.pk
    assert run.lines.count() == 1


def test_a_draft_that_is_left_open_takes_the_next_months_in(guard, world, agent):
    run = drafted(world, by=agent, at=MAY)
    payment_runs.open_due_runs(real_now=JULY)
    run.refresh_from_db()
    assert (run.state, run.last_day.isoformat()) == (RunState.REQUESTED, "2026-06-30")


def test_a_discarded_run_leaves_its_guards_to_the_next(guard, world, agent):
    run = drafted(world, by=agent, at=MAY)
    payment_runs.discard_run(run=run, by=agent, at=MAY)
    assert pay_of(guard).state == PayState.VALIDATED
    assert drafted(world, by=agent, at=MAY).lines.count() == 1


class TestTheDatabaseHolds:
    """What no service does, nobody can do."""

    @pytest.fixture
    def paid(self, guard, world, agent):
        return closed_run(world, by=agent, at=MAY)

    def refused(self, act):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()

    def test_a_check_is_paid_once(self, paid, world):
        line = paid.lines.get()
        other = PaymentRun.objects.create(
            world=world, number=2, first_day=paid.first_day, last_day=paid.last_day, opened_at=MAY
        )
        self.refused(
            lambda: PaymentLine.objects.create(
                run=other, guard_check=line.guard_check, is_reversal=False, amount=line.amount
            )
        )

    def test_lines_of_a_closed_run_stay(self, paid):
        line = paid.lines.get()
        self.refused(lambda: PaymentLine.objects.filter(pk=line.pk).update(amount=1))
        self.refused(line.delete)
        self.refused(
            lambda: PaymentLine.objects.create(
                run=paid, guard_check=line.guard_check, is_reversal=True, amount=-line.amount
            )
        )

    def test_settlements_of_a_closed_run_stay(self, paid):
        settlement = paid.settlements.get()
        self.refused(lambda: Settlement.objects.filter(pk=settlement.pk).update(paid=1, opening=-79))
        self.refused(settlement.delete)

    def test_a_closed_run_is_never_open_again(self, paid):
        self.refused(lambda: PaymentRun.objects.filter(pk=paid.pk).update(state=RunState.DRAFT))

    def test_a_run_with_rows_is_not_deleted(self, paid, guard, world, agent, manager):
        carried(guard, manager, MAY, act=GuardAct.CANCELLED, state=GuardState.CANCELLED)
        draft = drafted(world, by=agent, at=JULY)
        assert draft.lines.count() == 1
        for run in (paid, draft):
            self.refused(lambda run=run: PaymentRun.objects.filter(pk=run.pk)._raw_delete("default"))

    def test_a_line_has_a_run_and_a_check(self, paid, world):
        draft = PaymentRun.objects.create(
            world=world, number=2, first_day=paid.first_day, last_day=paid.last_day, opened_at=MAY
        )
        line = paid.lines.get()
        nothing = {"is_reversal": False, "amount": Decimal("80.60")}
        self.refused(
            lambda: PaymentLine.objects.create(run_id=0, guard_check_id=line.guard_check_id, **nothing)
        )
        self.refused(lambda: PaymentLine.objects.create(run=draft, guard_check_id=0, **nothing))

    def test_a_settlement_has_a_doctor_and_an_account(self, paid, world):
        draft = PaymentRun.objects.create(
            world=world, number=2, first_day=paid.first_day, last_day=paid.last_day, opened_at=MAY
        )
        settlement = paid.settlements.get()
        self.refused(lambda: SettlementFactory(run=draft, provider_id=0, account=settlement.account))
        self.refused(lambda: SettlementFactory(run=draft, provider=settlement.provider, account_id=0))
        accounts = ProviderAccount.objects.filter(pk=settlement.account_id)
        self.refused(lambda: accounts._raw_delete("default"))

    def test_what_was_found_of_a_guard_is_never_deleted(self, paid):
        self.refused(lambda: GuardCheck.objects.all()._raw_delete("default"))

    def test_what_was_found_of_a_guard_stays(self, paid):
        self.refused(lambda: GuardCheck.objects.update(weeknight=60, amount=Decimal("6.20")))

    def test_a_settlement_adds_up(self, paid, world):
        self.refused(lambda: SettlementFactory(opening=Decimal("0.01")))
