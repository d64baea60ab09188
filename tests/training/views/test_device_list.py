from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from tests.csam.factories import AT, ItsmeRequestFactory, PersonFactory, WorldFactory
from tests.training.factories import MessageFactory

URL = reverse("training:device_list")


@pytest.fixture(autouse=True)
def world():
    return WorldFactory(frozen_at=AT)


def listed(response):
    return list(response.context["page_obj"])


def test_who_was_reached_last_comes_first(client):
    quiet, early, late = (PersonFactory(sort_name=name) for name in "abc")
    MessageFactory(person=early, sent_at=AT - timedelta(hours=2))
    MessageFactory(addressed=True, recipient=late.email, sent_at=AT - timedelta(hours=1))
    waits = ItsmeRequestFactory(person__sort_name="d").person

    response = client.get(URL)

    assert listed(response) == [waits, late, early, quiet]
    assertContains(response, "une demande itsme attend", count=1)
    assertContains(response, "10/03/2026 09:00")


def test_leads_to_each_device(client):
    person = PersonFactory()

    response = client.get(URL)

    for name in ("training:persona_detail", "training:mailbox", "training:phone"):
        assertContains(response, f'href="{reverse(name, args=[person.public_id])}"')


def test_a_lapsed_request_waits_no_more(client):
    ItsmeRequestFactory(requested_at=AT - timedelta(minutes=3))

    assertNotContains(client.get(URL), "une demande itsme attend")


@pytest.mark.parametrize("name", ["Lefèvre", "lefevre marie", "MARIE"])
def test_finds_by_name_without_accents(client, name):
    marie = PersonFactory(first_name="Marie", last_name="Lefèvre", sort_name="lefevre marie")
    PersonFactory(sort_name="moreau luc")

    assert listed(client.get(URL, {"name": name})) == [marie]


def test_a_name_that_cannot_be_one_finds_all(client):
    person = PersonFactory()

    assert listed(client.get(URL, {"name": "x" * 200})) == [person]


def test_says_when_nobody_bears_the_name(client):
    assertContains(client.get(URL, {"name": "personne"}), "Personne de ce monde ne porte ce nom.")


def test_keeps_the_name_on_the_next_page(client):
    PersonFactory.create_batch(26, sort_name="moreau luc")

    assertContains(client.get(URL, {"name": "luc"}), "?name=luc&amp;page=2")


def test_shows_nobody_of_another_world(client):
    stranger = PersonFactory(stranger=True)

    assert stranger not in listed(client.get(URL))
    client.force_login(stranger)
    response = client.get(URL)
    assert listed(response) == [stranger]
    assertNotContains(response, reverse("training:message_list"))


def test_asks_the_database_as_often_for_many_as_for_one(client, max_reads):
    PersonFactory.create_batch(5)

    with max_reads(3):
        client.get(URL)
