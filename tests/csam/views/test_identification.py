from html import unescape

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from tests.csam.factories import PersonFactory, WorldFactory
from tests.csam.login import log_in

URL = reverse("csam:identification")
EID, PASSWORD = reverse("csam:eid_login"), reverse("csam:password_login")


@pytest.fixture(autouse=True)
def _world():
    WorldFactory()


def test_offers_every_key_on_the_way_to_nowhere(client):
    response = client.get(URL)

    assertContains(response, "S'identifier à l'administration en ligne")
    assertContains(response, f'href="{EID}"')
    assertContains(response, f'href="{PASSWORD}"')


@pytest.mark.parametrize(
    ("path", "offers_password"),
    [
        pytest.param("/csam/enregistrement/", False, id="CSAM designation"),
        pytest.param("/securite-sociale/accueil/", True, id="access management"),
        pytest.param("/prosante/profil/", False, id="ProSanté"),
        pytest.param("/bhod/gardes/?mois=2026-03", False, id="BHOD"),
    ],
)
def test_offers_the_keys_of_the_service(client, path, offers_password):
    response = client.get(URL, {"next": path})

    cards = [card for group in response.context["groups"] for card in group.cards]
    assert [card.url.split("?")[0] for card in cards] == [EID, PASSWORD][: 1 + offers_password]
    assert all("?next=%2F" in card.url for card in cards)
    assert str(response.context["service"].name) in unescape(response.text)


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)", "http:///example.org", ""]
)
def test_forgets_an_address_that_is_not_ours(client, elsewhere):
    response = client.get(URL, {"next": elsewhere})

    assert response.context["next_url"] == ""
    assertNotContains(response, "example.org")


def test_tells_who_one_is_already(client):
    person = PersonFactory()
    log_in(client, person)

    response = client.get(URL, {"next": "/prosante/profil/"})

    assertContains(response, "déjà identifié")
    assertContains(response, person)
    assertContains(response, 'href="/prosante/profil/"')


def test_says_why_one_is_back_when_the_session_has_expired(client):
    log_in(client, PersonFactory())
    Session.objects.all().delete()

    response = client.get(reverse("csam:whoami"), follow=True)

    assert response.redirect_chain == [(f"{URL}?next=/csam/qui-suis-je/", 302)]
    assertContains(response, "Votre session a expiré")


def test_says_nothing_of_a_session_to_who_had_none(client):
    response = client.get(reverse("csam:whoami"), follow=True)

    assert response.redirect_chain == [(f"{URL}?next=/csam/qui-suis-je/", 302)]
    assertNotContains(response, "expiré")


def test_a_public_page_does_not_speak_of_the_expired_session(client):
    log_in(client, PersonFactory())
    Session.objects.all().delete()

    assertNotContains(client.get(reverse("csam:landing")), "expiré")


def test_allauth_leads_here(client):
    response = client.get(reverse("account_login"), {"next": "/bhod/"})

    assert response.status_code == 302
    assert response["Location"] == f"{URL}?next=%2Fbhod%2F"
