"""Mandates as their holders see them: a person's own, those of an enterprise, and the answer."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from csam.enums import ManagerKind
from prosante_login import selectors
from prosante_login.enums import MandateState
from prosante_login.models import Mandate
from prosante_login.services import mandates
from tests.csam.factories import AccessManagerFactory, EmploymentFactory, PersonFactory
from tests.csam.login import log_in
from tests.pages import shows
from tests.prosante_login.factories import MandateDelegateFactory, MandateFactory
from tests.prosante_login.mandate_acts import LATER, TODAY, give, representative_of
from tests.prosante_login.views.test_mandates import grow_old, page

pytestmark = pytest.mark.usefixtures("stopped_clock")

RECEIVED = reverse("prosante_login:received_mandates")


def enterprise_page(company):
    return reverse("prosante_login:enterprise_mandates", args=[company.bce_number])


def state():
    return selectors.state_of(Mandate.objects.get(), TODAY)


class TestReceived:
    def test_shows_what_waits_what_is_active_and_what_is_over(self, client, provider, friend):
        waiting = MandateFactory(provider=provider, holder_person=friend, to_accept=True)
        MandateFactory(holder_person=friend, valid_until=date(2026, 3, 10))
        MandateFactory(holder_person=friend, stopped=True)
        log_in(client, friend)

        answer = client.get(RECEIVED)

        assertContains(answer, page("mandate_answer", waiting))
        for words in ("Karim Haddad", "Dernier jour aujourd'hui", "Arrêté"):
            assert shows(answer, words), words

    def test_is_empty_at_first_and_names_ones_enterprises(self, client, company):
        log_in(client, representative_of(company))

        answer = client.get(RECEIVED)

        assert shows(answer, "Aucun mandat n'attend de signature.")
        assertContains(answer, enterprise_page(company))

    def test_the_menu_says_that_those_of_an_enterprise_are_of_them(self, client, company):
        log_in(client, representative_of(company))

        answer = client.get(enterprise_page(company))

        assertContains(answer, f'<a href="{RECEIVED}" aria-current="true">Mandats reçus</a>', html=True)

    def test_says_what_waits_for_ones_enterprises(self, client, provider, company):
        MandateFactory(
            provider=provider,
            for_enterprise=True,
            holder_enterprise=company,
            accepted_at=None,
            accepted_by=None,
        )
        MandateFactory(for_enterprise=True, holder_enterprise=company, stopped=True)
        MandateFactory(for_enterprise=True, holder_enterprise=company)
        log_in(client, representative_of(company))

        assert shows(client.get(RECEIVED), "1 mandat à signer")

    def test_reads_as_much_for_twenty_as_for_two(self, client, friend, max_reads):
        MandateFactory.create_batch(20, holder_person=friend)
        log_in(client, friend)
        with max_reads(8):
            client.get(RECEIVED)


class TestAnswer:
    def test_signs(self, client, provider, friend):
        mandate = give(provider, friend)
        log_in(client, friend)
        assert shows(client.get(page("mandate_answer", mandate)), "Adresses de travail")

        signed = client.post(page("mandate_answer", mandate), {"accept": "1"}, follow=True)

        assertRedirects(signed, page("mandate_detail", mandate))
        assert shows(signed, "continuez en tant que mandataire, puis cherchez votre mandant")
        assert state() == MandateState.ACTIVE

    def test_refuses(self, client, provider, friend):
        log_in(client, friend)
        client.post(page("mandate_answer", give(provider, friend)), {"refuse": "1"})

        assert state() == MandateState.REFUSED

    def test_for_an_enterprise(self, client, provider, company):
        mandate = give(provider, company)
        log_in(client, representative_of(company))
        assert shows(client.get(page("mandate_answer", mandate)), f"Vous signez pour {company.name}")

        signed = client.post(page("mandate_answer", mandate), {"accept": "1"}, follow=True)

        assert shows(signed, f"au sein de l'organisation {company.name}")

    def test_a_second_click_shows_it_as_it_stands(self, client, provider, friend):
        mandate = give(provider, friend)
        log_in(client, friend)
        client.post(page("mandate_answer", mandate), {"accept": "1"})

        again = client.post(page("mandate_answer", mandate), {"accept": "1"}, follow=True)

        assert shows(again, "Ce mandat est déjà accepté.")
        assertRedirects(client.get(page("mandate_answer", mandate)), page("mandate_detail", mandate))

    def test_neither_answer_asks_again(self, client, provider, friend):
        mandate = give(provider, friend)
        log_in(client, friend)

        answer = client.post(page("mandate_answer", mandate), {"answer": "1"})

        assertRedirects(answer, page("mandate_answer", mandate))
        assert state() == MandateState.TO_ACCEPT

    def test_says_why_a_stopped_enterprise_no_longer_signs(self, client, provider, company):
        mandate = give(provider, company)
        company.stopped_on = date(2026, 3, 9)
        company.save(update_fields=["stopped_on"])
        log_in(client, representative_of(company))

        answer = client.post(page("mandate_answer", mandate), {"accept": "1"})

        assert shows(answer, "elle ne répond plus à un mandat")

    def test_asks_for_a_proof_of_the_last_minutes(self, client, provider, friend):
        mandate = give(provider, friend)
        log_in(client, friend)
        grow_old(client)

        asked = client.post(page("mandate_answer", mandate), {"accept": "1"})

        assert asked["Location"].startswith(reverse("csam:identification"))
        assert state() == MandateState.TO_ACCEPT

    def test_is_not_the_providers(self, client, provider, friend):
        log_in(client, provider.person)

        assert shows(client.get(page("mandate_answer", give(provider, friend))), "Vous l'avez signé")


class TestEnterprise:
    @pytest.mark.parametrize("who", ["representative", "gap", "delegate"])
    def test_opens_to_who_acts_for_it(self, client, company, who):
        MandateFactory(for_enterprise=True, holder_enterprise=company)
        persons = {
            "representative": lambda: representative_of(company),
            "gap": lambda: AccessManagerFactory(enterprise=company).person,
            "delegate": lambda: MandateDelegateFactory(enterprise=company).person,
        }
        log_in(client, persons[who]())

        answer = client.get(enterprise_page(company))

        assert shows(answer, "Actif")
        delegates = reverse("prosante_login:delegate_list", args=[company.bce_number])
        (assertNotContains if who == "delegate" else assertContains)(answer, delegates)

    @pytest.mark.parametrize("who", ["worker", "co-GAP"])
    def test_tells_who_is_known_there_whom_to_ask(self, client, company, who):
        known = (
            EmploymentFactory(enterprise=company)
            if who == "worker"
            else AccessManagerFactory(enterprise=company, kind=ManagerKind.CO_MAIN)
        )
        log_in(client, known.person)

        answer = client.get(enterprise_page(company))

        assert answer.status_code == 403
        assert shows(answer, str(representative_of(company)))

    def test_is_not_there_for_others(self, client, company):
        log_in(client, PersonFactory(world=company.world))
        assert client.get(enterprise_page(company)).status_code == 404
        log_in(client, PersonFactory(stranger=True))
        assert client.get(enterprise_page(company)).status_code == 404

    def test_a_mandate_closes_with_the_delegation(self, client, provider, company):
        mandate = mandates.accept(mandate=give(provider, company), by=representative_of(company), at=LATER)
        delegate = MandateDelegateFactory(enterprise=company)
        log_in(client, delegate.person)
        assert client.get(page("mandate_detail", mandate)).status_code == 200

        delegate.ended_at, delegate.ended_by = LATER, representative_of(company)
        delegate.save(update_fields=["ended_at", "ended_by"])

        assert client.get(page("mandate_detail", mandate)).status_code == 404

    def test_a_mandate_closes_when_the_delegate_leaves(self, client, provider, company):
        mandate = mandates.accept(mandate=give(provider, company), by=representative_of(company), at=LATER)
        delegate = MandateDelegateFactory(enterprise=company).person
        delegate.employments.update(valid_until=TODAY - timedelta(days=1))
        log_in(client, delegate)

        assert client.get(page("mandate_detail", mandate)).status_code == 404
        assert client.get(enterprise_page(company)).status_code == 404
        usable = selectors.usable_mandates(person=delegate, enterprise_id=company.pk, on=TODAY)
        assert not usable.exists()
        assert delegate not in selectors.those_who_act_for(company, on=TODAY)
