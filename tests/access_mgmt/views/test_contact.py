import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from access_mgmt.services.contact import CONTACT_CENTRE
from bhod_portal.core.models import Message
from tests.csam.factories import PersonFactory
from tests.csam.login import log_in
from tests.pages import errors, shows

pytestmark = pytest.mark.usefixtures("stopped_clock")
URL, DONE = reverse("access_mgmt:contact"), reverse("access_mgmt:contact_done")
QUESTION = {
    "name": "Claire Lambert",
    "email": "claire@exemple.invalid",
    "subject": "Qualité",
    "question": "Laquelle faut-il ?",
}


@pytest.fixture
def person(client):
    person = PersonFactory(with_codes=True)
    log_in(client, person)
    return person


def test_a_question_lands_in_the_mailbox_of_the_contact_centre(client, person):
    response = client.post(URL, QUESTION, follow=True)

    assertRedirects(response, DONE)
    assert shows(response, "Votre question est envoyée")
    message = Message.objects.get()
    assert (message.recipient, message.subject, message.world) == (CONTACT_CENTRE, "Qualité", person.world)
    assert "Claire Lambert (claire@exemple.invalid)" in message.body
    assert "Laquelle faut-il ?" in message.body


def test_a_second_click_sends_it_once(client, person):
    for _click in range(2):
        assertRedirects(client.post(URL, QUESTION), DONE)
    client.post(URL, QUESTION | {"question": "Et laquelle encore ?"})

    assert Message.objects.count() == 2


def test_who_is_known_needs_not_type_his_name(client, person):
    page = client.get(URL)

    assertContains(page, f'value="{person.email}"')


def test_asks_for_all_of_it(client, person):
    response = client.post(URL, {"email": "claire"})

    assert errors(response) == {
        "name": ["required"],
        "email": ["invalid"],
        "subject": ["required"],
        "question": ["required"],
    }
    assert not Message.objects.exists()


def test_is_limited_in_rate(client, person, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"contact": "1/10m/ip"}
    client.post(URL, QUESTION)

    response = client.post(URL, QUESTION | {"subject": "Autre"})

    assert response.status_code == 429
    assert Message.objects.count() == 1


def test_anybody_asks(client, demo):
    assertContains(client.get(reverse("access_mgmt:landing")), f'href="{URL}"')

    assert client.get(URL).status_code == 200
    assertRedirects(client.post(URL, QUESTION), DONE)
    assert Message.objects.filter(world=demo.world, recipient=CONTACT_CENTRE).count() == 1
