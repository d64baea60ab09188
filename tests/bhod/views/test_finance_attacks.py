"""The pages of money under attack: what a circle would learn of others, keys of another world, and names that do something."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from defusedxml import ElementTree
from django.urls import reverse
from openpyxl import load_workbook

from bhod.enums import GuardAct, GuardState, SettlementOutcome
from bhod.models import Settlement, Tariff
from csam.enums import DigitalKey
from csam.models import Person
from tests.bhod.factories import CircleDoctorFactory, GuardFactory, GuardUnitFactory, manager_of
from tests.bhod.payment_factories import TariffFactory
from tests.bhod.payments import carried, closed, drafted, inami_agent
from tests.csam.factories import WorldFactory
from tests.csam.login import log_in
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


class TestAnotherWorld:
    """Keys of one world in the addresses of another."""

    @pytest.fixture
    def run(self, world, unit, doctor):
        GuardFactory(unit=unit, provider=doctor, **night(3))
        agent = inami_agent(world)
        return closed(drafted(world, by=agent, at=MAY), by=agent, at=MAY)

    @pytest.fixture
    def stranger(self, client):
        agent = inami_agent(WorldFactory(code="autre", frozen_at=JULY))
        log_in(client, agent, DigitalKey.PASSWORD)
        return agent

    def test_an_agent_finds_no_payment_of_it(self, client, stranger, run):
        steps = [
            "detail",
            "lines",
            "recalculate",
            "check",
            "close",
            "discard",
            "file",
            "answer",
            "answer_check",
        ]
        addresses = [reverse(f"bhod:run_{name}", args=[run.pk]) for name in steps]
        addresses.append(reverse("bhod:run_return", args=[run.pk, run.settlements.get().pk]))

        for address in addresses:
            found = {client.get(address).status_code, client.post(address).status_code}
            assert found <= {404, 405}, address

    def test_an_agent_finds_no_doctor_of_it(self, client, stranger, run, doctor):
        assert client.get(reverse("bhod:ledger_account", args=[doctor.person.public_id])).status_code == 404
        for name in ("ledger_accounts", "run_waiting", "agent_home"):
            assert "Benali" not in text_of(client.get(reverse(f"bhod:{name}")))

    def test_an_agent_changes_no_tariff_of_it(self, client, stranger, run):
        [tariff] = Tariff.objects.all()
        address = reverse("bhod:tariff_remove", args=[tariff.pk])

        assert client.get(address).status_code == 404
        client.post(address)
        assert Tariff.objects.get() == tariff


class TestFiles:
    """What money is taken away in stays on no disk that nobody chose, and does nothing where it is opened."""

    @pytest.fixture
    def run(self, world, unit, doctor):
        Person.objects.filter(pk=doctor.person_id).update(
            last_name="=HYPERLINK(A1)", first_name="#eval(1) <x>&\x0b"
        )
        GuardFactory(unit=unit, provider=doctor, **night(3))
        agent = inami_agent(world)
        return closed(drafted(world, by=agent, at=MAY), by=agent, at=MAY)

    @pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
    def test_of_a_circle_are_kept_by_nobody_else(self, client, manager, run, kind):
        response = client.get(reverse("bhod:finance_export"), {"format": kind, "paiement": run.pk})

        assert "no-store" in response["Cache-Control"]
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Disposition"].startswith("attachment;")

    def test_names_are_no_formulas(self, client, manager, run):
        asked = {"format": "csv", "par": "medecins", "paiement": run.pk}
        table = b"".join(client.get(reverse("bhod:finance_export"), asked).streaming_content).decode()
        book = client.get(reverse("bhod:finance_export"), asked | {"format": "xlsx"}).content

        assert "'=HYPERLINK" in table
        cells = [cell for page in load_workbook(io.BytesIO(book)) for row in page for cell in row]
        assert {cell.data_type for cell in cells if "HYPERLINK" in str(cell.value)} == {"s"}

    def test_a_name_is_no_element_of_the_order_to_the_bank(self, client, agent, run):
        response = client.get(reverse("bhod:run_file", args=[run.pk]))

        assert "no-store" in response["Cache-Control"]
        names = [
            each.text for each in ElementTree.fromstring(response.content).iter() if each.tag.endswith("}Nm")
        ]
        assert any("HYPERLINK(A1)" in name for name in names)
        assert not any(set(name) & set("<>&=#\x0b") for name in names)
