"""Level too weak, quit, who am I: the pages about one's own session."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from csam.enums import DigitalKey
from tests.csam.factories import AT, AccessManagerFactory, LegalFunctionFactory, PersonFactory, WorldFactory
from tests.csam.login import log_in

HOME = reverse("training:portal_home")
TOO_WEAK = reverse("csam:level_too_weak")
LOGOUT = reverse("csam:logout")
WHOAMI = reverse("csam:whoami")


@pytest.fixture
def sofie(client):
    """A local manager who came in with user name and password."""
    person = PersonFactory(username="sofiejanssens", first_name="Sofie", last_name="Janssens")
    log_in(client, person, DigitalKey.PASSWORD)
    return person


class TestLevelTooWeak:
    def test_compares_both_levels_and_offers_a_stronger_key(self, client, sofie):
        response = client.get(TOO_WEAK, {"next": "/bhod/gardes/"})

        assertContains(response, "<strong>300</strong>")
        assertContains(response, "<strong>200</strong>")
        card, *_ = response.context["groups"][0].cards
        assert card.url == f"{reverse('csam:eid_login')}?next=%2Fbhod%2Fgardes%2F"

    def test_shows_the_written_procedure_to_who_has_no_stronger_key(self, client):
        log_in(client, PersonFactory(), DigitalKey.EIDAS)

        response = client.get(TOO_WEAK, {"next": reverse("csam:enterprise_register")})

        assertContains(response, f'href="{reverse("csam:exceptional_procedure")}"')

    @pytest.mark.parametrize("onward", ["/securite-sociale/accueil/", WHOAMI])
    def test_lets_go_on_who_is_strong_enough(self, client, sofie, onward):
        response = client.get(TOO_WEAK, {"next": onward})

        assertRedirects(response, onward, fetch_redirect_response=False)

    @pytest.mark.parametrize(
        "onward", ["", "https://example.org/bhod/", "ailleurs", "csam:whoami", "//a.be/"]
    )
    def test_leads_home_without_a_place_of_ours(self, client, sofie, onward):
        response = client.get(TOO_WEAK, {"next": onward})

        assertRedirects(response, HOME, fetch_redirect_response=False)


class TestLogout:
    def test_asks_first(self, client, sofie):
        assertContains(client.get(LOGOUT), "Voulez-vous quitter ?")
        assert "_auth_user_id" in client.session

    def test_closes_the_session(self, client, sofie):
        response = client.post(LOGOUT)

        assertRedirects(response, HOME, fetch_redirect_response=False)
        assert "_auth_user_id" not in client.session
        assert client.get(WHOAMI).status_code == 302

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_leads_home_who_is_not_logged_in(self, client, method):
        WorldFactory()

        assertRedirects(getattr(client, method)(LOGOUT), HOME, fetch_redirect_response=False)


class TestWhoami:
    def test_shows_name_world_key_and_level(self, client, sofie):
        response = client.get(WHOAMI)

        assertContains(response, "Sofie Janssens")
        assertContains(response, "Monde demo")
        assertContains(response, "avec vos codes d&#x27;accès")
        assertContains(response, "200")
        assertContains(response, sofie.email)
        assertContains(response, "Vous n'êtes Gestionnaire d'Accès d'aucune entreprise")

    def test_shows_ones_own_niss_and_functions(self, client):
        function = LegalFunctionFactory(name="Présidente")
        LegalFunctionFactory(person=function.person, over=True, name="Trésorière")
        AccessManagerFactory(of_domain=True, person=function.person)
        log_in(client, function.person)

        response = client.get(WHOAMI)

        niss = function.person.niss
        assertContains(response, f"{niss[:2]}.{niss[2:4]}.{niss[4:6]}-{niss[6:9]}.{niss[9:]}")
        assertContains(response, "Présidente")
        assertContains(response, function.enterprise.name)
        assertNotContains(response, "Trésorière")
        assertContains(response, "Soins de santé")

    def test_says_how_old_the_session_is_and_when_it_ends(self, client):
        with time_machine.travel(AT, tick=False) as now:
            log_in(client, PersonFactory())
            now.shift(timedelta(minutes=25))
            rows = {row.label: row.value for row in client.get(WHOAMI).context["session"]}

        assert rows["Ouverte"] == rows["Dernière identification"] == "il y a 25\xa0minutes"
        assert rows["Se ferme au plus tard"] == "dans 9\xa0heures, 35\xa0minutes"

    @pytest.mark.parametrize(
        ("made", "link"),
        [
            ({"with_codes": True}, "account_change_password"),
            ({"username": "sanscode"}, "account_set_password"),
            ({}, None),
        ],
    )
    def test_leads_to_keys_password_and_sessions(self, client, made, link):
        log_in(client, PersonFactory(**made))

        response = client.get(WHOAMI)

        for name in ("csam:key_list", "usersessions_list"):
            assertContains(response, f'href="{reverse(name)}"')
        for name in ("account_change_password", "account_set_password"):
            assertContains(response, f'href="{reverse(name)}"', count=int(name == link))

    def test_costs_the_same_however_many_functions(self, client, django_assert_max_num_queries):
        person = PersonFactory()
        for _ in range(10):
            AccessManagerFactory(person=LegalFunctionFactory(person=person).person)
        log_in(client, person)

        # Session, person, world, functions, roles, and the two ends of the transaction.
        with django_assert_max_num_queries(7):
            client.get(WHOAMI)
