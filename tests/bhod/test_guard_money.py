"""Whatever happens to guards: what the circle's manager reads of them agrees with the lines of the ledger."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bhod.models import Guard, PaymentLine
from bhod.selectors.finances import finance_overview
from bhod.selectors.guard_money import Money, money_of_guards
from bhod.selectors.tariffs import tariff_book
from bhod_portal.core.periods import Period
from tests.bhod.test_ledger_properties import Ledger, acts


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
            assert each.money.in_payment + each.money.returned == each.pay.on_its_way
        for provider_id, money in shares.items():
            assert money.paid + money.in_payment + money.returned == lines[provider_id]

    def shown(self):
        guards = list(Guard.objects.filter(pk__in=[each.pk for each in self.guards]))
        return money_of_guards(guards, tariffs=tariff_book(self.world), at=self.now)

    def overview(self):
        return finance_overview(
            enterprise_id=self.guards[0].unit.enterprise_id,
            world=self.world,
            period=Period(date(2026, 3, 1), date(2026, 3, 31)),
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
