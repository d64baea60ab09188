"""The pages of money under attack: what a circle would learn of others, addresses that nobody means, and too much of it."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from bhod.enums import GuardAct, GuardState, SettlementOutcome
from bhod.models import Settlement
from tests.bhod.factories import CircleDoctorFactory, GuardFactory, GuardUnitFactory, manager_of
from tests.bhod.payment_factories import TariffFactory
from tests.bhod.payments import carried, closed, drafted, inami_agent
from tests.pages import text_of
from tests.prosante_login.factories import ProviderAccountFactory

MAY, JULY = datetime(2026, 5, 4, 9, tzinfo=UTC), datetime(2026, 7, 2, 9, tzinfo=UTC)


def night(day):
    """A weeknight of 13 hours, 80.60 €, that begins on this day of March 2026."""
    start = datetime(2026, 3, day, 18, tzinfo=UTC)
    return {"starts_at": start, "ends_at": start + timedelta(hours=13), "confirmed": True}


@pytest.fixture
def doctor(circle, world):
    """On duty for the circle; has an account."""
    TariffFactory(world=world)
    provider = CircleDoctorFactory(enterprise=circle, provider__person__last_name="Benali").provider
    ProviderAccountFactory(provider=provider)
    return provider


class TestADebtElsewhere:
    """Another circle cancels two nights for which the doctor was paid; this one has paid him nothing too much."""

    @pytest.fixture
    def guard(self, unit, doctor):
        return GuardFactory(unit=unit, provider=doctor, **night(3) | {"confirmed": False})

    @pytest.fixture
    def run(self, world, doctor, manager, guard):
        agent = inami_agent(world)
        elsewhere = GuardUnitFactory(enterprise__world=world, name="Ailleurs")
        CircleDoctorFactory(enterprise=elsewhere.enterprise, provider=doctor)
        cancelled = [GuardFactory(unit=elsewhere, provider=doctor, **night(day)) for day in (4, 9)]
        closed(drafted(world, by=agent, at=MAY), by=agent, at=MAY)
        Settlement.objects.update(outcome=SettlementOutcome.PAID, answered_at=MAY)
        other = manager_of(elsewhere.enterprise)
        for each in cancelled:
            carried(each, other, MAY, act=GuardAct.CANCELLED, state=GuardState.CANCELLED)
        carried(guard, manager, MAY, act=GuardAct.CONFIRMED, state=GuardState.CONFIRMED)
        run = closed(drafted(world, by=agent, at=JULY), by=agent, at=JULY)
        assert Settlement.objects.get(run=run).outcome == SettlementOutcome.OFFSET
        return run

    @pytest.mark.parametrize("name", ["runs", "run", "guard", "export"])
    def test_is_not_told_to_this_circle(self, client, manager, run, guard, name):
        addresses = {
            "runs": reverse("bhod:finance_runs"),
            "run": reverse("bhod:finance_run", args=[run.pk]),
            "guard": reverse("bhod:finance_guard", args=[guard.pk]),
            "export": reverse("bhod:finance_export", query={"format": "csv", "paiement": run.pk}),
        }
        response = client.get(addresses[name])

        if response.streaming:
            text = b"".join(response.streaming_content).decode("utf-8-sig")
            assert {row["État du paiement"] for row in csv.DictReader(io.StringIO(text), delimiter=";")} == {
                "payé"
            }
            return
        text = text_of(response)
        if name == "guard":
            # What follows for any guard that is paid says that it may have been set against a debt.
            text = text.split("Où il en est")[1]
        assert "payé" in text
        assert "compensé" not in text
