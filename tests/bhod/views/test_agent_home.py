"""Where an agent of INAMI begins, who gets there, and the checks that he asks for."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod.enums import ReturnReason, RunState, SettlementOutcome
from bhod.models import PaymentRun, Settlement, ValidationRound
from csam.enums import DigitalKey, StaffRole
from tests.bhod.factories import AT
from tests.bhod.payment_factories import (
    GuardCheckFactory,
    LedgerCheckFactory,
    PaymentLineFactory,
    PaymentRunFactory,
    SettlementFactory,
    ValidationRoundFactory,
)
from tests.bhod.payments import closed_by_hand
from tests.csam.factories import PersonFactory, WorldFactory
from tests.csam.login import log_in
from tests.html_guard import assert_clean
from tests.pages import text_of

HOME, ASK, WAITING = (reverse(f"bhod:{name}") for name in ("agent_home", "round_ask", "run_waiting"))


class TestWhoMaySee:
    @pytest.mark.parametrize("role", [StaffRole.CSAM, StaffRole.HELPDESK, StaffRole.TRAINER])
    def test_other_staff_is_told_why_not(self, client, world, role):
        log_in(client, PersonFactory(world=world, staff_role=role, with_codes=True), DigitalKey.PASSWORD)

        assertContains(client.get(HOME), "agents de l&#x27;INAMI", status_code=403)

    def test_a_manager_may_not_know(self, client, manager):
        assert client.get(HOME).status_code == 404
        assert client.post(ASK).status_code == 404

    def test_whoever_is_not_logged_in_identifies_himself(self, client, world):
        assert client.get(HOME)["Location"].startswith(reverse("csam:identification"))


class TestHome:
    def test_before_the_first_payment(self, client, agent):
        response = client.get(HOME)

        assert_clean(response.content.decode())
        text = text_of(response)
        assert "Aucun paiement n'est ouvert" in text
        assert "Rien n'attend" in text
        assert "gardes du 01/01/2026 au 28/02/2026 s'ouvre de lui-même à partir du 01/03/2026" in text
        assert "Aucun contrôle n'a encore eu lieu" in text

    def test_shows_the_open_payment_and_what_comes_next(self, client, agent, world, max_reads):
        run = PaymentRunFactory(world=world, first_day=date(2026, 1, 1), last_day=date(2026, 2, 28))
        PaymentLineFactory(run=run)
        PaymentRunFactory(number=9, world=WorldFactory(code="ailleurs"))
        LedgerCheckFactory(world=world)
        ValidationRoundFactory(world=world, finished_at=AT, validated=7, refused=2)

        with max_reads(19):
            response = client.get(HOME)

        text = text_of(response)
        assert "Le paiement n° 1 (gardes du 01/01/2026 au 28/02/2026) est ouvert : 1 ligne, 80,60 €" in text
        assert "gardes du 01/03/2026 au 30/04/2026 s'ouvre de lui-même à partir du 01/05/2026" in text
        assert "Il attend que vous le vérifiiez" in text
        assert "Le grand livre concorde" in text
        assert [row.run.number for row in response.context["runs"]] == [1]
        assert [each.validated for each in response.context["rounds"]] == [7]

    def test_says_that_the_ledger_does_not_agree(self, client, agent, world):
        LedgerCheckFactory(world=world, checked_at=AT - timedelta(days=1))
        LedgerCheckFactory(world=world, faults=[{"code": "x"}])

        assertContains(client.get(HOME), "Le grand livre ne concorde pas")

    def test_says_what_waits(self, client, agent, world):
        closed_run = PaymentRunFactory(world=world)
        SettlementFactory(run=closed_run)
        SettlementFactory(run=closed_run, no_account=True)
        PaymentRun.objects.update(
            state=RunState.CLOSED, checked_at=AT, checked_by=agent, closed_at=AT, closed_by=agent
        )
        GuardCheckFactory(waiting=True)

        response = client.get(HOME)

        assert_clean(response.content.decode())
        text = text_of(response).replace("\xa0", " ")
        assert "1 versement du paiement n° 1 (80,60 €) attend la réponse de la banque" in text
        assert "1 médecin n'a pas de compte utilisable : 80,60 €" in text
        assert "1 garde confirmée attend un tarif" in text
        assert "Rien n'attend" not in text

    def test_counts_whose_payment_came_back_as_the_list_of_those_who_wait_does(self, client, agent, world):
        closed_run = PaymentRunFactory(world=world)
        SettlementFactory(run=closed_run, no_account=True)
        sent = SettlementFactory(run=closed_run)
        closed_by_hand(closed_run, by=agent, at=AT)
        Settlement.objects.filter(pk=sent.pk).update(
            outcome=SettlementOutcome.RETURNED, answered_at=AT, return_reason=ReturnReason.CLOSED_ACCOUNT
        )

        text = text_of(client.get(HOME)).replace("\xa0", " ")

        assert "2 médecins n'ont pas de compte utilisable : 161,20 €" in text
        assert "2 médecins attendent 161,20 €" in text_of(client.get(WAITING)).replace("\xa0", " ")

    @pytest.mark.parametrize("state", RunState)
    def test_names_every_state(self, client, agent, world, state):
        at = (
            {"checked_at": AT, "checked_by": agent}
            if state not in {RunState.REQUESTED, RunState.DRAFT}
            else {}
        )
        over = {"closed_at": AT, "closed_by": agent} if state in {RunState.CLOSING, RunState.CLOSED} else {}
        PaymentRunFactory(world=world, state=state, **at, **over)

        assertContains(client.get(HOME), state.label)


class TestAskingForACheck:
    def test_asks_once(self, client, agent, world):
        assertContains(client.get(HOME), "Contrôler maintenant")

        assertRedirects(client.post(ASK), HOME)
        client.post(ASK)

        asked = ValidationRound.objects.get()
        assert (asked.world, asked.asked_by, asked.finished_at) == (world, agent, None)
        assertNotContains(client.get(HOME), "Contrôler maintenant")
        assert f"demandé le {AT + timedelta(hours=1):%d/%m/%Y %H:%M}" in text_of(client.get(HOME))
