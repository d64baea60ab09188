import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils.http import urlencode
from pytest_django.asserts import assertContains, assertNotContains

from bhod_portal.core import clock
from csam import security
from csam.enums import DigitalKey
from tests.csam.factories import PIN, PersonFactory, WorldFactory
from tests.csam.login import log_in
from tests.pages import shows

URL = reverse("csam:identification")
IDENTITY = "Clé(s) numérique(s) avec l'eID ou identité numérique"
CODES = "Clé(s) numérique(s) avec code de sécurité et nom d'utilisateur + mot de passe"
EUROPE = "Authentification européenne"


@pytest.fixture(autouse=True)
def _world():
    WorldFactory()


def groups_of(response):
    """The headings of the page with the keys below each."""
    return [(str(group.title), [card.key for card in group.cards]) for group in response.context["groups"]]


def test_offers_every_key_on_the_way_to_nowhere(client):
    response = client.get(URL)

    assert shows(response, "S'identifier à l'administration en ligne")
    assert groups_of(response) == [
        (IDENTITY, [DigitalKey.EID, DigitalKey.ITSME, DigitalKey.PASSKEY]),
        (
            CODES,
            [DigitalKey.EMAIL, DigitalKey.SMS, DigitalKey.APP, DigitalKey.TOKEN, DigitalKey.PASSWORD],
        ),
        (EUROPE, [DigitalKey.EIDAS]),
    ]
    assert all(shows(response, f"IDENTIFICATION {key.label}") for key in DigitalKey)


@pytest.mark.parametrize(
    ("path", "groups"),
    [
        pytest.param(
            "/csam/enregistrement/", [(IDENTITY, [DigitalKey.EID, DigitalKey.ITSME])], id="CSAM designation"
        ),
        pytest.param(
            "/securite-sociale/accueil/",
            [
                (IDENTITY, [DigitalKey.EID, DigitalKey.ITSME, DigitalKey.PASSKEY]),
                (CODES, [DigitalKey.APP, DigitalKey.TOKEN, DigitalKey.PASSWORD]),
            ],
            id="access management",
        ),
        pytest.param(
            "/prosante/profil/",
            [
                (IDENTITY, [DigitalKey.EID, DigitalKey.ITSME, DigitalKey.PASSKEY]),
                (CODES, [DigitalKey.EMAIL, DigitalKey.SMS, DigitalKey.APP]),
                (EUROPE, [DigitalKey.EIDAS]),
            ],
            id="ProSanté",
        ),
        pytest.param("/csam/agent/", [(CODES, [DigitalKey.PASSWORD])], id="agents"),
    ],
)
def test_offers_the_keys_of_the_service(client, path, groups):
    response = client.get(URL, {"next": path})

    assert groups_of(response) == groups
    cards = [card for group in response.context["groups"] for card in group.cards]
    assert all(f"?{urlencode({'next': path})}" in card.url for card in cards)
    assert shows(response, str(response.context["service"].name))


def test_every_key_leads_to_its_page(client):
    response = client.get(URL, {"next": "/bhod/"})

    for group in response.context["groups"]:
        for card in group.cards:
            assert client.get(card.url).status_code == 200


def test_tells_where_an_itsme_account_is_made(client):
    made = reverse("csam:outside", args=["itsme"])

    assertContains(client.get(URL, {"next": "/csam/enregistrement/"}), made)
    assertNotContains(client.get(URL, {"next": "/csam/agent/"}), made)


class TestTheLastKey:
    def test_is_offered_first(self, client):
        client.cookies[security.LAST_KEY_COOKIE] = DigitalKey.APP

        first, *others = groups_of(client.get(URL, {"next": "/securite-sociale/accueil/"}))

        assert first == ("La dernière fois", [DigitalKey.APP])
        assert others == [
            (IDENTITY, [DigitalKey.EID, DigitalKey.ITSME, DigitalKey.PASSKEY]),
            (CODES, [DigitalKey.TOKEN, DigitalKey.PASSWORD]),
        ]

    @pytest.mark.parametrize("said", [DigitalKey.PASSWORD, "nonsense", "<script>", ""])
    def test_that_the_service_does_not_offer_is_passed_over(self, client, said):
        client.cookies[security.LAST_KEY_COOKIE] = said

        titles = [title for title, _ in groups_of(client.get(URL, {"next": "/prosante/profil/"}))]

        assert titles == [IDENTITY, CODES, EUROPE]

    def test_is_remembered_by_the_browser_that_logged_in(self, client):
        person = PersonFactory(with_card=True)

        response = client.post(reverse("csam:eid_login"), {"card": str(person.public_id), "pin": PIN})

        cookie = response.cookies[security.LAST_KEY_COOKIE]
        assert cookie.value == DigitalKey.EID
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", URL)
        client.logout()
        client.cookies[security.LAST_KEY_COOKIE] = cookie.value
        assert groups_of(client.get(URL))[0] == ("La dernière fois", [DigitalKey.EID])

    def test_is_first_among_the_stronger_ones_too(self, client):
        log_in(client, PersonFactory(username="claire"), DigitalKey.PASSWORD)
        client.cookies[security.LAST_KEY_COOKIE] = DigitalKey.ITSME

        response = client.get(reverse("csam:level_too_weak"), {"next": "/csam/enregistrement/"})

        assert groups_of(response) == [
            ("La dernière fois", [DigitalKey.ITSME]),
            (IDENTITY, [DigitalKey.EID]),
        ]


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


def test_leads_nobody_on_to_a_page_that_sends_him_back(client):
    person = PersonFactory()
    log_in(client, person)
    quarter = clock.real_now() + security.RECENT

    with time_machine.travel(quarter, tick=False):
        response = client.get(URL, {"next": f"{reverse('mfa_activate_totp')}?x"})

    assertContains(response, "donnez à nouveau")
    assert response.context["onward_url"] == ""


@pytest.mark.parametrize("onward", ["/csam/compte/cles/", "/csam/compte/cles/nulle-part/"])
def test_leads_on_who_need_not_give_his_key_again(client, onward):
    log_in(client, PersonFactory())

    with time_machine.travel(clock.real_now() + security.RECENT, tick=False):
        response = client.get(URL, {"next": onward})

    assert response.context["onward_url"] == onward


@pytest.mark.parametrize(
    ("onward", "offered"), [("/csam/enregistrement/", True), ("/prosante/profil/", False)]
)
def test_offers_the_written_procedure_to_who_has_no_key_for_designating(client, onward, offered):
    response = client.get(URL, {"next": onward})

    leads_there = f'href="{reverse("csam:exceptional_procedure")}"' in response.content.decode()
    assert leads_there == offered


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
