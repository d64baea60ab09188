"""Tariffs, what INAMI finds of guards, and the payments and questions that follow; by default all is in order."""

from datetime import date
from decimal import Decimal

import factory

from bhod.enums import CheckOutcome, RunState, SettlementOutcome
from bhod.models import (
    GuardCheck,
    GuardQuestion,
    LedgerCheck,
    PaymentLine,
    PaymentRun,
    Settlement,
    Tariff,
    ValidationRound,
)
from bhod_portal.core import clock
from tests.bhod.factories import GuardFactory
from tests.csam.factories import AT, WorldFactory
from tests.prosante_login.factories import CareProviderFactory, ProviderAccountFactory


class TariffFactory(factory.django.DjangoModelFactory):
    """6,20 € an hour in the demo world from 2017, with no end; made once for a world and first day."""

    class Meta:
        model = Tariff
        django_get_or_create = ("world", "valid_from")

    class Params:
        simulated = factory.Trait(source="Simulation", is_simulated=True)

    world = factory.SubFactory(WorldFactory)
    valid_from = date(2017, 1, 1)
    valid_until = None
    amount = Decimal("6.20")
    source = "Artsenkrant"
    is_simulated = False


class GuardCheckFactory(factory.django.DjangoModelFactory):
    """A confirmed night of 13 hours, validated at 6.20 € an hour: 80.60 €."""

    class Meta:
        model = GuardCheck

    class Params:
        refused = factory.Trait(
            outcome=CheckOutcome.REFUSED,
            problems=[{"code": "not_enrolled", "params": {"day": "05/03/2026"}}],
            tariff=None,
            hourly=None,
            amount=None,
        )
        waiting = factory.Trait(outcome=CheckOutcome.WAITING, tariff=None, hourly=None, amount=None)

    guard = factory.SubFactory(GuardFactory, confirmed=True)
    enterprise = factory.SelfAttribute("guard.unit.enterprise")
    version = factory.SelfAttribute("guard.version")
    provider = factory.SelfAttribute("guard.provider")
    starts_at = factory.SelfAttribute("guard.starts_at")
    ends_at = factory.SelfAttribute("guard.ends_at")
    first_day = factory.LazyAttribute(lambda check: clock.day_of(check.guard.starts_at))
    outcome = CheckOutcome.VALIDATED
    weeknight = 780
    tariff = factory.SubFactory(TariffFactory, world=factory.SelfAttribute("..enterprise.world"))
    hourly = Decimal("6.20")
    amount = Decimal("80.60")
    checked_at = AT


class PaymentRunFactory(factory.django.DjangoModelFactory):
    """The first run of a world: March and April 2026, a draft; checked and closed by `payments.close`."""

    class Meta:
        model = PaymentRun

    world = factory.SubFactory(WorldFactory)
    number = 1
    first_day = date(2026, 3, 1)
    last_day = date(2026, 4, 30)
    state = RunState.DRAFT
    opened_at = AT
    drafted_at = AT


class PaymentLineFactory(factory.django.DjangoModelFactory):
    """The fee of a checked guard in a draft of its world."""

    class Meta:
        model = PaymentLine

    guard_check = factory.SubFactory(GuardCheckFactory)
    run = factory.SubFactory(PaymentRunFactory, world=factory.SelfAttribute("..guard_check.enterprise.world"))
    is_reversal = False
    amount = factory.SelfAttribute("guard_check.amount")


class SettlementFactory(factory.django.DjangoModelFactory):
    """A doctor whose 80.60 € were sent to the bank, in a run that is not closed yet."""

    class Meta:
        model = Settlement

    class Params:
        no_account = factory.Trait(
            outcome=SettlementOutcome.NO_ACCOUNT,
            paid=Decimal("0.00"),
            closing=factory.SelfAttribute("earned"),
            account=None,
        )

    run = factory.SubFactory(PaymentRunFactory)
    provider = factory.SubFactory(CareProviderFactory, person__world=factory.SelfAttribute("...run.world"))
    opening = Decimal("0.00")
    returned = Decimal("0.00")
    earned = Decimal("80.60")
    paid = factory.SelfAttribute("earned")
    closing = Decimal("0.00")
    outcome = SettlementOutcome.SENT
    account = factory.SubFactory(ProviderAccountFactory, provider=factory.SelfAttribute("..provider"))


class ValidationRoundFactory(factory.django.DjangoModelFactory):
    """The round of a night, that waits for the task."""

    class Meta:
        model = ValidationRound

    world = factory.SubFactory(WorldFactory)
    night_of = date(2026, 5, 2)
    opened_at = AT


class LedgerCheckFactory(factory.django.DjangoModelFactory):
    """A ledger in which all agrees: one doctor was paid 80.60 €."""

    class Meta:
        model = LedgerCheck

    world = factory.SubFactory(WorldFactory)
    checked_at = AT
    earned = Decimal("80.60")
    paid = Decimal("80.60")
    returned = Decimal("0.00")
    balance = Decimal("0.00")


class GuardQuestionFactory(factory.django.DjangoModelFactory):
    """A doctor asks about a guard of his, and waits for the circle's answer."""

    class Meta:
        model = GuardQuestion

    guard = factory.SubFactory(GuardFactory, confirmed=True)
    provider = factory.SelfAttribute("guard.provider")
    text = "J'étais de garde jusqu'à 9 h, pas 8 h."
    asked_at = AT
    asked_by = factory.SelfAttribute("provider.person")
