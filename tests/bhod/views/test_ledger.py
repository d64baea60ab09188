"""The ledger, as INAMI's agents read it: whether it agrees, what doesn't, and the account of each doctor."""

import uuid
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DataError, connection
from django.urls import reverse

from bhod.enums import GuardAct, GuardState, LedgerFault, ReturnReason, SettlementOutcome
from bhod.models import LedgerCheck, Settlement
from bhod.selectors.ledger_accounts import account_of, balances_of
from bhod.services import bank
from csam.enums import StaffRole
from tests.bhod.factories import CircleDoctorFactory, GuardFactory, manager_of
from tests.bhod.payment_factories import LedgerCheckFactory, TariffFactory
from tests.bhod.payments import carried, closed_run
from tests.csam.factories import PersonFactory, WorldFactory
from tests.csam.login import log_in
from tests.pages import text_of
from tests.prosante_login.factories import CareProviderFactory, ProviderAccountFactory

LEDGER, ACCOUNTS = reverse("bhod:ledger"), reverse("bhod:ledger_accounts")
MAY, JUNE, JULY = (datetime(2026, month, 4, 9, tzinfo=UTC) for month in (5, 6, 7))


def account_url(provider):
    return reverse("bhod:ledger_account", args=[provider.person.public_id])


@pytest.fixture
def guard(circle, unit):
    """A confirmed night, 80.60 €, of Zoé Wauters, who has an account."""
    doctor = CareProviderFactory(
        person__world=circle.world, person__first_name="Zoé", person__last_name="Wauters"
    )
    guard = GuardFactory(unit=unit, provider=doctor, confirmed=True)
    CircleDoctorFactory(enterprise=circle, provider=doctor)
    ProviderAccountFactory(provider=doctor)
    TariffFactory(world=circle.world)
    return guard


@pytest.fixture
def paid(guard, world, agent):
    """The closed run that pays it."""
    return closed_run(world, by=agent, at=MAY)


class TestLedger:
    def test_before_the_first_check(self, client, agent):
        text = text_of(client.get(LEDGER))
        assert "n'a pas encore été contrôlé" in text
        assert "Aucun contrôle n'a encore eu lieu" in text

    def test_an_agent_adds_it_up_now(self, client, agent, paid):
        text = text_of(client.post(LEDGER, follow=True))
        assert "Le grand livre concorde, au centime près." in text
        assert "Honoraires 80,60 € = versé 80,60 € − retourné 0,00 € + solde 0,00 €" in text.replace(
            "\xa0", " "
        )

    def test_names_what_is_wrong(self, client, agent, guard, world, max_reads):
        faults = [
            {"code": LedgerFault.LINE, "run": 1, "provider": guard.provider_id, "guard": guard.pk, "stands": "80.61", "should": "80.60"},
            {"code": LedgerFault.BALANCE, "run": None, "provider": None, "guard": None, "stands": "", "should": ""},
        ]  # fmt: skip
        LedgerCheckFactory(world=world, faults=faults)
        with max_reads(12):
            response = client.get(LEDGER)
        text = text_of(response).replace("\xa0", " ")
        assert "ne concorde pas : 2 fautes" in text
        assert "une ligne n'est pas le montant du contrôle de sa garde" in text
        assert "Zoé Wauters" in text
        assert "05/03/2026 19:00 – 06/03/2026 08:00, Ouest" in text
        assert "80,61 €" in text

    def test_a_check_that_fails_is_said_at_once(self, client, agent, paid, monkeypatch):
        fault = {"code": LedgerFault.WORLD, "run": 1, "provider": None, "guard": None, "stands": "1.00", "should": "0.00"}  # fmt: skip
        monkeypatch.setattr("bhod.services.ledger_checks._fault", lambda row: fault)
        monkeypatch.setattr("bhod.services.ledger_checks._CHECK", "SELECT NULL, NULL, NULL, NULL, 0, 0, 0, 0, 1 UNION ALL SELECT 'WORLD', 1, NULL, NULL, 1, 0, NULL, NULL, NULL")  # fmt: skip
        assert "voyez les fautes ci-dessous" in text_of(client.post(LEDGER, follow=True))

    def test_a_second_click_waits_for_the_first(self, client, agent, paid, monkeypatch):
        """While one is being done, nobody starts another: it is the heaviest statement that there is."""
        monkeypatch.setattr("bhod.services.ledger_checks.only_one", lambda *_what: nullcontext(False))

        text = text_of(client.post(LEDGER, follow=True))

        assert "Un contrôle du grand livre est en cours" in text
        assert not LedgerCheck.objects.exists()

    def test_one_that_fails_lets_the_next_begin(self, client, agent, paid, monkeypatch):
        monkeypatch.setattr("bhod.services.ledger_checks._CHECK", "SELECT 1 / 0")
        with pytest.raises(DataError):
            client.post(LEDGER)

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            )
            assert cursor.fetchone() == (0,)

    def test_shows_the_checks_of_this_world_only(self, client, agent, world):
        LedgerCheckFactory(world=world, checked_at=MAY)
        LedgerCheckFactory(world=WorldFactory(code="ailleurs"), checked_at=JUNE)
        text = text_of(client.get(LEDGER))
        assert "04/05/2026" in text
        assert "04/06/2026" not in text

    @pytest.mark.parametrize("address", [LEDGER, ACCOUNTS])
    def test_is_for_agents_of_inami(self, client, world, address):
        log_in(client, person := PersonFactory(world=world, staff_role=StaffRole.CSAM, with_codes=True))
        assert client.get(address).status_code == 403
        type(person).objects.filter(pk=person.pk).update(staff_role="")
        assert client.get(address).status_code == 404
        assert LedgerCheck.objects.count() == 0


class TestAccounts:
    def test_before_the_first_payment(self, client, agent):
        assert "Aucun médecin n'a encore de compte" in text_of(client.get(ACCOUNTS))

    def test_lists_every_doctor_who_was_settled(self, client, agent, paid, max_reads):
        with max_reads(10):
            text = text_of(client.get(ACCOUNTS))
        assert "1 compte" in text
        assert "Zoé Wauters" in text

    def test_finds_a_part_of_a_name(self, client, agent, paid):
        assert "Zoé Wauters" in text_of(client.get(ACCOUNTS, {"nom": "ZOE"}))
        assert "Aucun médecin payé ne porte ce nom" in text_of(client.get(ACCOUNTS, {"nom": "Peeters"}))
        assert "Zoé Wauters" in text_of(client.get(ACCOUNTS, {"nom": "x" * 200}))

    def test_never_shows_an_account_number(self, client, agent, paid):
        for address in (LEDGER, ACCOUNTS, account_url(paid.settlements.get().provider)):
            page = client.get(address).content.decode()
            assert "BE71" not in page
            assert "6769" not in page


class TestAccount:
    def test_tells_all_that_happened_with_the_balance_after_each(
        self, client, agent, guard, paid, world, max_reads
    ):
        """Paid, sent back, cancelled by the circle, taken back: nothing is owed in the end."""
        bank.answer_run(
            run=paid,
            returned={paid.settlements.get().pk: ReturnReason.CLOSED_ACCOUNT},
            by=agent,
            at=JUNE,
        )
        manager = manager_of(guard.unit.enterprise)
        carried(guard, manager, JUNE + timedelta(days=1), act=GuardAct.CANCELLED, state=GuardState.CANCELLED)
        closed_run(world, by=agent, at=JULY)

        entries = account_of(guard.provider)

        assert [(each.kind, each.amount, each.balance) for each in entries] == [
            ("FEES", Decimal("80.60"), Decimal("80.60")),
            ("PAID", Decimal("-80.60"), 0),
            ("RETURNED", Decimal("80.60"), Decimal("80.60")),
            ("TAKEN_BACK", Decimal("-80.60"), 0),
        ]
        [balance] = balances_of([guard.provider])
        assert (balance.earned, balance.paid, balance.returned, balance.owed) == (0, Decimal("80.60"), Decimal("80.60"), 0)  # fmt: skip
        with max_reads(10):
            text = text_of(client.get(account_url(guard.provider))).replace("\xa0", " ")
        assert "Paiement n° 1 : honoraires de 1 garde" in text
        assert "Paiement n° 1 : versement -80,60 €" in text
        assert "Paiement n° 1 : versement retourné par la banque (compte clôturé)" in text
        assert "Paiement n° 2 : reprise de 1 garde modifiée ou annulée après paiement" in text
        assert "Rien ne lui est dû" in text

    def test_says_what_is_owed_to_him(self, client, agent, guard, world):
        guard.provider.accounts.all().delete()
        closed_run(world, by=agent, at=MAY)
        assert Settlement.objects.get().outcome == SettlementOutcome.NO_ACCOUNT
        assert "80,60 € lui restent dus" in text_of(client.get(account_url(guard.provider)))

    def test_says_what_he_owes(self, client, agent, guard, paid, world):
        manager = manager_of(guard.unit.enterprise)
        carried(guard, manager, JUNE, act=GuardAct.CANCELLED, state=GuardState.CANCELLED)
        closed_run(world, by=agent, at=JULY)
        assert "il a été trop payé" in text_of(client.get(account_url(guard.provider)))

    def test_nobody_else_has_one(self, client, agent, world):
        assert client.get(account_url(CareProviderFactory(person__world=world))).status_code == 404
        assert client.get(reverse("bhod:ledger_account", args=[uuid.uuid4()])).status_code == 404
