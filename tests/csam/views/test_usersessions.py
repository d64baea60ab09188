"""« Mes sessions ouvertes »: which they are, and closing one of them."""

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod_portal.core.models import AuditEntry
from csam.views.session import browser_of
from tests.csam.factories import AT, PIN, PersonFactory

LIST = reverse("usersessions_list")
LOGIN = f"{reverse('csam:eid_login')}?next={LIST}"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def nadia():
    return PersonFactory(with_card=True)


def session_of(person, *, client=None, browser=FIREFOX, address="192.0.2.7"):
    client = client or Client()
    headers = {"HTTP_USER_AGENT": browser, "REMOTE_ADDR": address}
    client.post(LOGIN, {"card": person.public_id, "pin": PIN}, **headers)
    return client


def pk_of(client):
    return UserSession.objects.get(session_key=client.session.session_key).pk


def close_url(client):
    return reverse("usersession_close", args=[pk_of(client)])


class TestTheList:
    def test_says_of_each_which_browser_where_and_since_when(self, client, nadia, now):
        session_of(nadia, browser=IPHONE, address="198.51.100.4")
        now.shift(timedelta(minutes=12))
        session_of(nadia, client=client)

        response = client.get(LIST)

        mine, other = response.context["rows"]
        assert (mine["browser"], mine["session"].ip, mine["began"]) == (
            "Firefox sous Windows",
            "192.0.2.7",
            "à l'instant",
        )
        assert mine["session"].is_current
        assert (other["browser"], other["session"].ip) == ("Safari sous iPhone", "198.51.100.4")
        assert other["began"] == other["seen"] == "il y a 12\xa0minutes"
        assertContains(response, "cette session", count=1)
        assertContains(response, "Fermer mes autres sessions")

    def test_offers_no_others_to_close_where_there_are_none(self, client, nadia):
        session_of(nadia, client=client)

        response = client.get(LIST)

        assertNotContains(response, "Fermer mes autres sessions")
        assertContains(response, "Fermer toutes mes sessions")

    def test_leaves_out_those_that_open_nothing_any_more(self, client, nadia, now):
        session_of(nadia)  # will be idle
        now.shift(timedelta(minutes=31))
        gone = session_of(nadia)
        Session.objects.filter(session_key=gone.session.session_key).delete()
        session_of(PersonFactory(with_card=True))
        session_of(nadia, client=client)

        assert [row["session"].is_current for row in client.get(LIST).context["rows"]] == [True]

    def test_leaves_out_those_of_an_old_password(self, client, nadia):
        session_of(nadia)
        nadia.set_password("x")
        nadia.save()
        session_of(nadia, client=client)

        assert len(client.get(LIST).context["rows"]) == 1

    def test_costs_the_same_however_many(self, client, nadia, max_reads):
        for _ in range(8):
            session_of(nadia)
        session_of(nadia, client=client)

        # Session, person, world, the sessions as allauth and as Django know them.
        with max_reads(5):
            assert len(client.get(LIST).context["rows"]) == 9

    def test_a_look_writes_nothing(self, client, nadia):
        gone = session_of(nadia)
        Session.objects.filter(session_key=gone.session.session_key).delete()
        session_of(nadia, client=client)
        UserSession.objects.create(user=nadia, ip="192.0.2.9", session_key="x" * 32, user_agent="")

        client.get(LIST)

        assert UserSession.objects.filter(session_key="x" * 32).exists()


class TestClosingOne:
    def test_ends_it_at_once(self, client, nadia):
        elsewhere = session_of(nadia)
        session_of(nadia, client=client)

        response = client.post(close_url(elsewhere), follow=True)

        assertContains(response, "Cette session est fermée.")
        assert len(response.context["rows"]) == 1
        assert elsewhere.get(LIST).status_code == 302
        entry = AuditEntry.objects.get(act="csam.sessions.closed")
        assert (entry.done_by_id, entry.details) == (nadia.pk, {"count": 1})

    def test_a_second_click_finds_it_gone(self, client, nadia):
        elsewhere = session_of(nadia)
        session_of(nadia, client=client)
        url = close_url(elsewhere)
        client.post(url)

        assertRedirects(client.post(url), LIST)
        assert AuditEntry.objects.filter(act="csam.sessions.closed").count() == 1

    def test_ones_own_is_quit_on_the_page_for_that(self, client, nadia):
        session_of(nadia, client=client)

        assertRedirects(client.post(close_url(client)), reverse("csam:logout"))

    def test_that_of_another_is_not_there(self, client, nadia):
        neighbour = session_of(PersonFactory(with_card=True))
        session_of(nadia, client=client)

        assertRedirects(client.post(close_url(neighbour)), LIST)
        assert neighbour.get(LIST).status_code == 200

    def test_without_others_nothing_is_written(self, client, nadia):
        session_of(nadia, client=client)

        client.post(reverse("usersession_close_others"))

        assert not AuditEntry.objects.filter(act="csam.sessions.closed").exists()
        assert client.get(LIST).status_code == 200


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox sous Windows"),
        (IPHONE, "Safari sous iPhone"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36",
            "Chrome sous Linux",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15) Chrome/150 Safari/537 Edg/150", "Edge sous macOS"),
        ("curl/8", "Navigateur inconnu"),
        ("", "Navigateur inconnu"),
    ],
)
def test_browsers_have_the_names_that_people_know(user_agent, name):
    assert browser_of(user_agent) == name
