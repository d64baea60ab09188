"""Whatever circles, agents and the bank do, and in whatever order: the ledger balances, and in the end all get their due.

The doctors' purses are counted beside, in plain Python: what the bank has really moved.
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bhod.enums import GuardAct, GuardState, ReturnReason, RunState, SettlementOutcome
from bhod.models import Guard, PaymentLine, PaymentRun, Settlement
from bhod.selectors.payment_runs import figures_of
from bhod.services import bank, ledger_checks, payment_runs, validation
from tests.bhod.factories import CircleDoctorFactory, GuardFactory, GuardUnitFactory, manager_of
from tests.bhod.payment_factories import TariffFactory
from tests.bhod.payments import carried, inami_agent
from tests.prosante_login.factories import ProviderAccountFactory

START = datetime(2026, 5, 4, 9, tzinfo=UTC)
BETWEEN = timedelta(hours=9)
# Of which some are not confirmed at first.
NIGHTS, CONFIRMED = 4, 2
DOCTORS = 2

numbers = st.integers(0, 11)
acts = st.one_of(
    # One half of what happens is of circles, the other of agents, the bank and the doctors' accounts.
    st.tuples(st.sampled_from(["correct", "correct", "shorten", "hand_over", "cancel", "restore", "reopen", "confirm"]), numbers),
    st.tuples(
        st.sampled_from(
            ["two_months", "two_months", "validate", "draft", "close", "pay", "discard", "answer", "send_back", "send_back_late", "account", "later"]
        ),
        numbers,
    ),
)  # fmt: skip


class Ledger:
    """A circle of two doctors and four nights, and all that can happen to them."""

    def __init__(self):
        self.now = START
        unit = GuardUnitFactory()
        self.world = unit.enterprise.world
        self.agent, self.manager = inami_agent(self.world), manager_of(unit.enterprise)
        TariffFactory(world=self.world)
        self.doctors = [CircleDoctorFactory(enterprise=unit.enterprise).provider for _ in range(DOCTORS)]
        for doctor in self.doctors:
            ProviderAccountFactory(provider=doctor)
        starts_at = [datetime(2026, 3, 2 + night, 18, tzinfo=UTC) for night in range(NIGHTS)]
        self.guards = [
            GuardFactory(
                unit=unit, provider=self.doctors[0], starts_at=each, ends_at=each + timedelta(hours=13), confirmed=number < CONFIRMED
            )
            for number, each in enumerate(starts_at)
        ]  # fmt: skip
        self.purses = dict.fromkeys((each.pk for each in self.doctors), Decimal(0))

    def do(self, act, number):
        self.now += BETWEEN
        try:
            with transaction.atomic():
                getattr(self, act)(number)
        except ValidationError:
            return  # refused: nothing is done
        self.check()

    def check(self):
        """The ledger agrees with itself, and with the purses."""
        found = ledger_checks.check_ledger(world=self.world, at=self.now)
        assert found.faults == []
        assert found.earned == found.paid - found.returned + found.balance
        assert found.paid - found.returned == sum(self.purses.values())
        fees = defaultdict(Decimal)
        for line in self._lines():
            fees[line.guard_check.provider_id] += line.amount
        for doctor in self.doctors:
            assert fees[doctor.pk] == self.purses[doctor.pk] + self.owed(doctor)

    def owed(self, doctor):
        """What stands in the books for him after his last payment, with what came back since."""
        rows = list(Settlement.objects.filter(provider=doctor).order_by("run__number"))
        came_back = sum(each.paid for each in rows if each.outcome == SettlementOutcome.RETURNED)
        return (rows[-1].closing if rows else 0) + came_back - sum(each.returned for each in rows)

    # The circle
    def shorten(self, number):
        ends_at = self._guard(number).starts_at + timedelta(minutes=61 * (1 + number))
        self._edit(number, GuardAct.CHANGED, GuardState.REGISTERED, ends_at=ends_at)

    def hand_over(self, number):
        doctor = self._doctor(number // NIGHTS)
        self._edit(number, GuardAct.CHANGED, GuardState.REGISTERED, provider_id=doctor.pk)

    def cancel(self, number):
        self._edit(number, GuardAct.CANCELLED, GuardState.CANCELLED)

    def correct(self, number):
        self.shorten(number)
        self.confirm(number)

    def restore(self, number):
        self._edit(number, GuardAct.UNDONE, GuardState.CONFIRMED)

    def reopen(self, number):
        self._edit(number, GuardAct.REOPENED, GuardState.REGISTERED)

    def confirm(self, number):
        if self._guard(number).state == GuardState.REGISTERED:
            self._edit(number, GuardAct.CONFIRMED, GuardState.CONFIRMED)

    # INAMI
    def validate(self, _number):
        validation.validate(world=self.world, at=self.now)

    def draft(self, _number):
        """Open a run, or do the step for which the open one waits."""
        run = self._open_run() or payment_runs.open_run(world=self.world, by=self.agent, at=self.now)
        payment_runs.work_on(run, at=self.now)
        run.refresh_from_db()
        if run.state == RunState.CLOSED:
            for each in Settlement.objects.filter(run=run):
                self.purses[each.provider_id] += each.paid

    def close(self, number):
        """Have the draft closed as it stands; the task hasn't done it yet."""
        self.draft(number)
        while (run := self._open_run()) and run.state != RunState.CLOSING:
            figures = figures_of(run)
            seen = (figures.lines, figures.total)
            # What has changed since it was made is calculated anew at first.
            if payment_runs.check_run(run=run, seen=seen, by=self.agent, at=self.now):
                payment_runs.close_run(run=run, by=self.agent, at=self.now)

    def pay(self, number):
        self.close(number)
        if self._open_run():
            self.draft(number)

    def discard(self, _number):
        if run := self._open_run():
            payment_runs.discard_run(run=run, by=self.agent, at=self.now)

    def two_months(self, number):
        """As it goes when nothing comes between."""
        for act in (self.later, self.validate, self.pay, self.answer):
            act(number)

    # The bank, and the doctors
    def answer(self, _number):
        self._answer()

    def send_back(self, number):
        self._answer(self._doctor(number))

    def _answer(self, *doctors):
        """All that waits was paid, but what was sent to these doctors."""
        run = (
            PaymentRun.objects.filter(settlements__outcome=SettlementOutcome.SENT).order_by("number").first()
        )
        if run is None:
            return
        sent = Settlement.objects.filter(run=run, outcome=SettlementOutcome.SENT, provider__in=doctors)
        returned = list(sent)
        reasons = {each.pk: ReturnReason.BLOCKED_ACCOUNT for each in returned}
        bank.answer_run(run=run, returned=reasons, by=self.agent, at=self.now)
        for each in returned:
            self.purses[each.provider_id] -= each.paid

    def send_back_late(self, number):
        for each in Settlement.objects.filter(
            provider=self._doctor(number), outcome=SettlementOutcome.PAID
        ).order_by("pk")[:1]:
            bank.return_payment(
                settlement=each, reason=ReturnReason.BLOCKED_ACCOUNT, by=self.agent, at=self.now
            )
            self.purses[each.provider_id] -= each.paid

    def account(self, number):
        """A doctor withdraws his account, or names another one."""
        doctor = self._doctor(number)
        if not doctor.accounts.filter(withdrawn_at=None).update(
            withdrawn_at=self.now, withdrawn_by=doctor.person
        ):
            ProviderAccountFactory(provider=doctor)

    def later(self, _number):
        self.now += timedelta(days=61)

    def end(self):
        """Everything is confirmed, everybody names an account, the bank pays all that it is sent."""
        for act in ("draft", "discard"):
            self.do(act, 0)
        for number in range(NIGHTS):
            self.do("confirm", number)
        for doctor in self.doctors:
            if not doctor.accounts.filter(withdrawn_at=None).exists():
                ProviderAccountFactory(provider=doctor)
        for act in ("two_months", "two_months"):
            self.do(act, 0)

    def worth(self, doctor):
        """What his guards come to as they are now: whole minutes of weeknights at 6,20 €, half a cent up."""
        minutes = [
            int((each.ends_at - each.starts_at).total_seconds()) // 60
            for each in Guard.objects.filter(provider=doctor, state=GuardState.CONFIRMED)
        ]
        return sum(Decimal((each * 620 * 2 + 60) // 120) / 100 for each in minutes)

    # What they need
    def _edit(self, number, act, state, **moved):
        carried(self._guard(number), self.manager, self.now, act=act, state=state, **moved)

    def _guard(self, number):
        return Guard.objects.get(pk=self.guards[number % NIGHTS].pk)

    def _doctor(self, number):
        return self.doctors[number % DOCTORS]

    def _open_run(self):
        return PaymentRun.objects.exclude(state=RunState.CLOSED).first()

    def _lines(self):
        return PaymentLine.objects.filter(run__state=RunState.CLOSED).select_related("guard_check")


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(acts, max_size=20))
def test_any_history_keeps_the_ledger_balanced(sequence):
    with transaction.atomic():
        ledger = Ledger()
        # What is changed from now on has been paid.
        for act in ("validate", "pay", "answer"):
            ledger.do(act, 0)
        for act, number in sequence:
            ledger.do(act, number)
        ledger.end()

        for doctor in ledger.doctors:
            # Nothing is owed to anybody; who was paid too much owes it.
            assert ledger.owed(doctor) <= 0
            assert ledger.purses[doctor.pk] + ledger.owed(doctor) == ledger.worth(doctor)
        transaction.set_rollback(True)
