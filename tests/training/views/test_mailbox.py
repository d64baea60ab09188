"""The mailbox of a persona, one message, and the list of all messages of the world."""

from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from tests.csam.factories import AT, PersonFactory, WorldFactory
from tests.training.factories import MessageFactory

MESSAGES = reverse("training:message_list")


@pytest.fixture(autouse=True)
def world():
    return WorldFactory(frozen_at=AT)


@pytest.fixture
def person():
    return PersonFactory(phone="+32 470 00 00 05")


def mailbox(person):
    return reverse("training:mailbox", args=[person.public_id])


def message(sent):
    return reverse("training:message", args=[sent.pk])


def subjects(response):
    return [each.subject for each in response.context["page_obj"]]


def test_what_is_in_another_language_than_the_page_says_so(client, person):
    sent = MessageFactory(person=person, subject="Uw code", body="Geef hem aan niemand.", language="nl")
    # One is the language switch.
    for page, marked in ((mailbox(person), 3), (message(sent), 3), (MESSAGES, 2)):
        assertContains(client.get(page), ' lang="nl">', count=marked)
        assertNotContains(client.get(page, HTTP_ACCEPT_LANGUAGE="nl"), ' lang="nl">Uw code')
    MessageFactory(person=person, sms=True, body="Geef hem aan niemand.", language="nl")
    phone = reverse("training:phone", args=[person.public_id])
    assertContains(client.get(phone), '<p class="sms-text" lang="nl">')


class TestMailbox:
    def test_shows_what_is_meant_for_someone_the_newest_first(self, client, person):
        MessageFactory(person=person, subject="ancien", sent_at=AT - timedelta(days=1))
        MessageFactory(addressed=True, recipient=person.email, subject="à son adresse")
        MessageFactory(
            person=person, recipient="ailleurs@exemple.invalid", subject="pour lui", sent_at=AT + timedelta(1)
        )
        MessageFactory(subject="à un autre")
        MessageFactory(person=person, sms=True)

        response = client.get(mailbox(person))

        assert subjects(response) == ["pour lui", "à son adresse", "ancien"]
        assertContains(response, "09/03/2026 10:00")

    def test_says_when_it_is_empty(self, client, person):
        assertContains(client.get(mailbox(person)), "Aucun e-mail")

    def test_who_has_no_address_gets_nothing_of_nobody(self, client):
        person = PersonFactory(email="", phone="")
        MessageFactory(addressed=True, recipient="")

        assert subjects(client.get(mailbox(person))) == []

    def test_goes_by_pages(self, client, person):
        MessageFactory.create_batch(26, person=person)

        assert len(subjects(client.get(mailbox(person), {"page": 2}))) == 1

    def test_is_not_found_in_another_world(self, client):
        assert client.get(mailbox(PersonFactory(stranger=True))).status_code == 404

    def test_the_same_address_in_another_world_is_another_mailbox(self, client, person):
        MessageFactory(addressed=True, world__code="ailleurs", recipient=person.email)

        assert subjects(client.get(mailbox(person))) == []

    def test_where_a_trainer_runs_the_world_everyone_opens_his_own(self, client):
        stranger = PersonFactory(stranger=True)
        friend = PersonFactory(world=stranger.world)
        client.force_login(stranger)

        assert client.get(mailbox(stranger)).status_code == 200
        assertContains(client.get(mailbox(friend)), "chacun n", status_code=403)

    def test_is_kept_by_no_browser(self, client, person):
        assert "no-store" in client.get(mailbox(person))["Cache-Control"]

    def test_asks_the_database_as_often_for_many_mails_as_for_one(self, client, person, max_reads):
        MessageFactory.create_batch(5, person=person)

        with max_reads(4):
            client.get(mailbox(person))


class TestMessage:
    def test_is_shown_whole_with_its_links_into_the_portal(self, client, person):
        sent = MessageFactory(
            person=person, body="Bonjour,\n\nhttp://testserver/csam/ et https://www.csam.be/"
        )

        response = client.get(message(sent))

        assertContains(response, '<a href="/csam/">http://testserver/csam/</a> et https://www.csam.be/')
        assertContains(response, f'href="{mailbox(person)}"')

    def test_links_by_the_address_that_messages_give(self, client, settings):
        settings.PORTAL_URL = "https://portail.invalid"
        sent = MessageFactory(body="https://portail.invalid/csam/")

        assertContains(client.get(message(sent)), '<a href="/csam/">')

    def test_runs_no_code(self, client):
        sent = MessageFactory(
            subject="<script>a()</script>", body="<script>b()</script><img src=x onerror=c()>"
        )

        for address in (message(sent), mailbox(sent.person), MESSAGES):
            response = client.get(address)
            assertNotContains(response, "<script>")
            assertNotContains(response, "<img")

    def test_an_sms_leads_back_to_the_phone(self, client, person):
        sent = MessageFactory(person=person, sms=True, body="Votre code est 123456.")

        response = client.get(message(sent))

        assertContains(response, "123456")
        assertContains(response, reverse("training:phone", args=[person.public_id]))

    @pytest.mark.parametrize("recipient", ["inconnu@exemple.invalid", ""])
    def test_says_when_its_address_is_nobodys(self, client, recipient):
        PersonFactory(email="")
        sent = MessageFactory(addressed=True, recipient=recipient)

        assertContains(client.get(message(sent)), "celle de personne")

    def test_is_not_found_in_another_world(self, client):
        assert client.get(message(MessageFactory(person__stranger=True))).status_code == 404

    def test_where_a_trainer_runs_the_world_everyone_reads_his_own(self, client):
        his = MessageFactory(person__stranger=True)
        other = MessageFactory(person__world=his.world)
        client.force_login(his.person)

        assertNotContains(client.get(message(his)), MESSAGES)
        assertContains(client.get(message(other)), "chez vous", status_code=403)


class TestAllMessages:
    def test_shows_those_to_nobodys_address_too(self, client, person):
        MessageFactory(addressed=True, recipient="inconnu@exemple.invalid", subject="à personne")
        MessageFactory(person=person, sms=True, body="Votre code est 123456.", sent_at=AT + timedelta(1))
        MessageFactory(addressed=True, world__code="ailleurs", subject="d'ailleurs")

        response = client.get(MESSAGES)

        assert subjects(response) == ["", "à personne"]
        assertContains(response, "inconnu@exemple.invalid")
        assertContains(response, "Votre code est 123456.")

    def test_finds_by_recipient(self, client, person):
        MessageFactory.create_batch(26, person=person, subject="trouvé")
        MessageFactory()

        response = client.get(MESSAGES, {"recipient": person.email.upper()})

        assert set(subjects(response)) == {"trouvé"}
        assertContains(response, "&amp;page=2")

    def test_says_what_is_wrong_with_what_was_typed(self, client):
        assertContains(client.get(MESSAGES, {"recipient": "x" * 255}), "Il y a un problème")

    def test_says_when_there_is_none(self, client):
        assertContains(client.get(MESSAGES), "Aucun message")

    def test_is_refused_in_the_world_of_a_trainer(self, client):
        client.force_login(PersonFactory(stranger=True))

        assert client.get(MESSAGES).status_code == 403

    def test_asks_the_database_as_often_for_many_as_for_one(self, client, max_reads):
        MessageFactory.create_batch(5)

        with max_reads(3):
            client.get(MESSAGES)
