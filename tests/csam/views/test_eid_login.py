from datetime import date

import pytest
from allauth.account.authentication import get_authentication_records
from django.contrib.sessions.models import Session
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from csam import security
from csam.enums import DigitalKey, SecurityLevel
from tests.csam.factories import PIN, PersonFactory
from tests.csam.login import log_in
from tests.pages import errors

URL = reverse("csam:eid_login")
WHOAMI = reverse("csam:whoami")

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def claire():
    return PersonFactory(first_name="Claire", last_name="Lambert", with_card=True)


def insert(client, person, pin=PIN, *, to=WHOAMI):
    return client.post(f"{URL}?next={to}", {"card": str(person.public_id), "pin": pin})


def test_lists_the_cards_of_this_world_by_name_and_never_by_number(client, claire):
    stranger = PersonFactory(last_name="Ailleurs", with_card=True, stranger=True)

    response = client.get(URL)

    assertContains(response, "Claire Lambert")
    assertNotContains(response, claire.niss)
    assertNotContains(response, stranger.last_name)


def test_costs_the_same_however_many_cards(client, claire, django_assert_max_num_queries):
    for _ in range(20):
        PersonFactory(with_card=True)

    # The world, the cards, and the two ends of the transaction.
    with django_assert_max_num_queries(4):
        client.get(URL)


def test_logs_in_and_leads_where_one_was_going(client, claire):
    response = insert(client, claire)

    assertRedirects(response, WHOAMI)
    request = client.get(WHOAMI).wsgi_request
    assert request.user == claire
    assert security.session_level(request) == SecurityLevel.LEVEL_500


def test_says_as_whom_one_is_in(client):
    person = PersonFactory(first_name="Eva", last_name="D'Hondt", with_card=True)

    response = client.post(f"{URL}?next={WHOAMI}", {"card": str(person.public_id), "pin": PIN}, follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        "Vous êtes identifié(e) comme Eva D'Hondt."
    ]


def test_leads_home_without_a_place_to_go(client, claire):
    response = client.post(URL, {"card": str(claire.public_id), "pin": PIN})

    assertRedirects(response, reverse("training:portal_home"), fetch_redirect_response=False)


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org"])
def test_never_leads_elsewhere(client, claire, elsewhere):
    response = insert(client, claire, to=elsewhere)

    assertRedirects(response, reverse("training:portal_home"), fetch_redirect_response=False)


def test_gives_the_session_a_new_id(client, claire):
    client.session.save()
    session = client.session
    session["before"] = True
    session.save()
    client.cookies["sessionid"] = before = session.session_key

    insert(client, claire)

    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_counts_wrong_pins_and_blocks_at_the_third(client, claire):
    first, second, third = (insert(client, claire, "0000") for _ in range(3))

    assertContains(first, "2 essais")
    assertContains(second, "1 essai.")
    assert errors(third) == {"card": ["card_blocked"]}
    assertContains(third, "Que faire")
    assert errors(insert(client, claire)) == {"card": ["card_blocked"]}
    assert "_auth_user_id" not in client.session


def test_keeps_the_card_and_forgets_the_pin(client, claire):
    response = insert(client, claire, "0000")

    assertContains(
        response, f'<option value="{claire.public_id}" selected>Claire Lambert</option>', html=True
    )
    assertNotContains(response, 'value="0000"')


def test_refuses_an_expired_card(client):
    person = PersonFactory(with_card=True, card__expires_on=date(2026, 3, 9))

    assert errors(insert(client, person)) == {"card": ["card_expired"]}


def test_says_that_no_reader_was_found(client):
    person = PersonFactory(with_card=True, card__reader_connected=False)

    response = insert(client, person, "0000")

    assert errors(response) == {"card": ["no_reader"]}
    assertContains(response, "branchez le lecteur")
    person.eid_card.refresh_from_db()
    assert person.eid_card.wrong_pins == 0


def test_limits_the_guesses_of_one_address(client, claire, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": "1/m/ip"}
    insert(client, claire, "0000")

    response = insert(client, claire)

    assert response.status_code == 429
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("pin", ["", "12", "12a4", "١٢٣٤"])
def test_a_pin_has_four_digits(client, claire, pin):
    assert set(errors(insert(client, claire, pin))) == {"pin"}
    claire.eid_card.refresh_from_db()
    assert claire.eid_card.wrong_pins == 0


@pytest.mark.parametrize("card", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
def test_refuses_what_is_no_card_of_this_world(client, claire, card):
    response = client.post(URL, {"card": card, "pin": PIN})

    assert set(errors(response)) == {"card"}


def test_refuses_the_card_of_another_world(client, claire):
    stranger = PersonFactory(with_card=True, stranger=True)

    assert errors(insert(client, stranger)) == {"card": ["invalid_choice"]}


def test_a_stronger_key_lifts_the_level_of_ones_own_session(client, claire):
    log_in(client, claire, DigitalKey.PASSWORD)
    before = client.session.session_key

    insert(client, claire)

    request = client.get(WHOAMI).wsgi_request
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    assert security.used_keys(request) == {DigitalKey.EID, DigitalKey.PASSWORD}
    assert security.session_level(request) == SecurityLevel.LEVEL_500


def test_another_persons_card_starts_from_nothing(client, claire):
    log_in(client, PersonFactory())
    session = client.session
    session["choice"] = "of the other one"
    session.save()

    insert(client, claire)

    request = client.get(WHOAMI).wsgi_request
    assert request.user == claire
    assert "choice" not in client.session
    assert len(get_authentication_records(request, claire)) == 1


def test_explains_to_someone_blocked(client):
    person = PersonFactory(with_card=True, is_active=False)

    response = client.post(URL, {"card": str(person.public_id), "pin": PIN}, follow=True)

    assert response.redirect_chain == [(reverse("account_inactive"), 302)]
    assertContains(response, "Votre compte est bloqué")
    assert "_auth_user_id" not in client.session


def test_the_login_of_other_tests_gives_the_same_session(client, claire, django_user_model):
    insert(client, claire)
    real = dict(client.session)
    client.logout()
    log_in(client, claire)

    assert dict(client.session) == real
