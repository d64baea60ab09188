"""Whatever happens to guards: what the circle's manager and the doctors read of them agrees with the lines of the ledger."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bhod.enums import SettlementOutcome
from bhod.models import Guard, PaymentLine
from bhod.selectors import statements
from bhod.selectors.bank import waiting_doctors
from bhod.selectors.finances import finance_overview
from bhod.selectors.guard_money import Money, money_of_guards
from bhod.selectors.ledger_accounts import account_of, balances_of
from bhod.selectors.own_payments import PayMonth, balance, own_settlements, pay_months
from bhod.selectors.tariffs import tariff_book
from bhod_portal.core import clock
from bhod_portal.core.periods import Period
from tests.bhod.factories import GuardFactory
from tests.bhod.payment_factories import TariffFactory
from tests.bhod.test_ledger_properties import Ledger, acts

MARCH = date(2026, 3, 1)
WAITING = {SettlementOutcome.RETURNED, SettlementOutcome.NO_ACCOUNT}


class ShownLedger(Ledger):
    """Compares what is shown, instead of what is kept."""

    def check(self):
        lines = defaultdict(Decimal)
        for line in PaymentLine.objects.select_related("guard_check"):
            lines[line.guard_check.provider_id] += line.amount
        shares = defaultdict(Money)
        for each in self.shown():
            for provider_id, money in each.shares.items():
                shares[provider_id] += money
            assert each.money.total == each.worth
            assert each.money.paid == each.pay.paid
            on_its_way = sum(line.line.amount for line in each.pay.lines if not line.is_received)
            assert each.money.in_payment + each.money.returned == on_its_way
        for doctor in self.doctors:
            self.compare(doctor)
            self.compare_payments(doctor)
        for provider_id, money in shares.items():
            assert money.paid + money.in_payment + money.returned == lines[provider_id]

    def compare(self, doctor):
        """What a doctor reads of the guards that are his is what his circle reads of him."""
        mine = [each.shares[doctor.pk] for each in self.shown() if each.guard.provider_id == doctor.pk]
        [month] = pay_months(doctor, 2026, tariffs=tariff_book(self.world), at=self.now) or [PayMonth(MARCH)]
        total = sum(mine, Money())
        assert (month.money.expected, month.money.validated, month.money.paid) == (
            total.expected,
            total.validated,
            total.paid,
        )
        assert month.in_payment == total.in_payment + total.returned

    def compare_payments(self, doctor):
        """What is said of his payments: of what reached him or is on its way, of what waits, and of what he is owed."""
        enterprise_id = self.guards[0].unit.enterprise_id
        by_outcome = defaultdict(Decimal)
        for part in statements.parts_of(enterprise_id):
            if part.provider_id == doctor.pk:
                by_outcome[part.outcome in WAITING] += part.total
        settlements = list(own_settlements(doctor))
        closing = settlements[0].closing if settlements else Decimal(0)
        debt = min(closing, Decimal(0))
        assert by_outcome[False] == self.purses[doctor.pk] + debt
        assert by_outcome[True] == self.owed(doctor) - debt
        [account] = balances_of([doctor])
        entries = account_of(doctor)
        known = entries[-1].balance if entries else Decimal(0)
        assert balance(settlements) == account.owed == known == self.owed(doctor)
        waiting = waiting_doctors(self.world, on=clock.day_of(self.now))
        said = {each.settlement.provider_id: each.owed for each in waiting}
        assert said.get(doctor.pk, Decimal(0)) == max(self.owed(doctor), Decimal(0))

    def shown(self):
        guards = list(Guard.objects.filter(pk__in=[each.pk for each in self.guards]))
        return money_of_guards(guards, tariffs=tariff_book(self.world), at=self.now)

    def overview(self):
        return finance_overview(
            enterprise_id=self.guards[0].unit.enterprise_id,
            world=self.world,
            period=Period(MARCH, date(2026, 3, 31)),
            tariffs=tariff_book(self.world),
            at=self.now,
        )


@pytest.mark.django_db
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(acts, max_size=12))
def test_what_is_shown_agrees_with_the_ledger(sequence):
    with transaction.atomic():
        ledger = ShownLedger()
        for act, number in sequence:
            ledger.do(act, number)
        ledger.end()

        overview = ledger.overview()
        sums = {each.provider.pk: each.sum.money for each in overview.doctors}
        for doctor in ledger.doctors:
            assert sums.get(doctor.pk, Money()) == Money(paid=Decimal(ledger.worth(doctor)))
        assert sum((each.amount for each in overview.categories), Decimal(0)) == overview.total.money.total
        assert sum(sums.values(), Money()) == overview.total.money
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_what_nobody_can_confirm_any_more_is_expected_by_nobody():
    guard = GuardFactory()
    TariffFactory(world=guard.unit.enterprise.world)
    tariffs = tariff_book(guard.unit.enterprise.world)
    for after, expected in ((timedelta(days=365), "80.60"), (timedelta(days=366), "0.00")):
        at = guard.ends_at + after
        [found] = money_of_guards([guard], tariffs=tariffs, at=at)
        [month] = pay_months(guard.provider, guard.starts_at.year, tariffs=tariffs, at=at)
        assert found.money.expected == month.money.expected == Decimal(expected)
