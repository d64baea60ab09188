"""The rules of a session: a new id at each login, its ends, closing it here and everywhere; in real time."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod_portal.core import clock
from bhod_portal.core.models import World
from csam.enums import DigitalKey
from csam.services import sessions
from csam.services.sessions import SessionEnd
from tests.csam.factories import AT, PASSWORD, PIN, ItsmeAccountFactory, PersonFactory
from tests.csam.login import log_in

IDENTIFICATION = reverse("csam:identification")
WHOAMI = reverse("csam:whoami")
LANDING = reverse("csam:landing")
CHANGE = reverse("account_change_password")
CLOSE_ALL = reverse("usersession_close_all")
CLOSE_OTHERS = reverse("usersession_close_others")

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def sofie():
    return PersonFactory(with_codes=True, with_card=True, username="sofiejanssens")


def by_password(client, person):
    url = f"{reverse('csam:password_login')}?next={WHOAMI}"
    assertRedirects(client.post(url, {"username": person.username, "password": PASSWORD}), WHOAMI)
    return client


def by_eid(client, person):
    url = f"{reverse('csam:eid_login')}?next={WHOAMI}"
    assertRedirects(client.post(url, {"card": person.public_id, "pin": PIN}), WHOAMI)
    return client


def is_logged_in(client):
    return client.get(WHOAMI).status_code == 200


def is_sent_to_identify_himself(client, why):
    response = client.get(f"{WHOAMI}?a=b", follow=True)
    assert response.redirect_chain == [(f"{IDENTIFICATION}?next=/csam/qui-suis-je/%3Fa%3Db", 302)]
    assertContains(response, why)


class TestTheId:
    @pytest.mark.parametrize("way_in", [by_password, by_eid])
    def test_is_new_at_each_login(self, client, sofie, way_in):
        client.get(reverse("csam:identification"))
        session = client.session
        session["planted"] = "by whoever knows the id"
        session.save()
        planted = session.session_key

        way_in(client, sofie)

        assert client.session.session_key != planted
        assert not Session.objects.filter(session_key=planted).exists()

    def test_is_new_at_step_up_and_at_change_of_key(self, client, sofie):
        ids = [by_password(client, sofie).session.session_key, by_eid(client, sofie).session.session_key]
        ids.append(by_eid(client, sofie).session.session_key)

        assert len(set(ids)) == 3
        assert [each.session_key for each in Session.objects.all()] == ids[2:]

    def test_is_new_after_a_change_of_password(self, client, sofie):
        before = by_password(client, sofie).session.session_key

        change_password(client)

        assert client.session.session_key != before
        assert not Session.objects.filter(session_key=before).exists()

    def test_is_new_for_another_person_who_inherits_nothing(self, client, sofie):
        before = by_password(client, sofie).session
        before["profile"] = "of Sofie"
        before.save()

        by_eid(client, PersonFactory(with_card=True))

        assert client.session.session_key != before.session_key
        assert "profile" not in client.session


class TestTheIdleEnd:
    def test_comes_after_thirty_minutes(self, client, sofie, now):
        log_in(client, sofie)
        now.shift(30 * MINUTE)

        is_sent_to_identify_himself(client, "après 30 minutes sans activité")

    def test_leads_back_to_where_one_was_going(self, client, sofie, now):
        log_in(client, sofie)
        now.shift(30 * MINUTE)
        address = client.get(WHOAMI)["Location"]
        page = client.get(address)

        assert page.context["next_url"] == WHOAMI
        by_eid(client, sofie)

    def test_is_put_off_by_each_page(self, client, sofie, now):
        log_in(client, sofie)
        for _ in range(5):
            now.shift(29 * MINUTE)
            assert is_logged_in(client)

    @pytest.mark.parametrize("name", ["training:phone", "csam:itsme_wait"])
    def test_is_not_put_off_by_a_page_that_refreshes_itself(self, client, sofie, now, name):
        log_in(client, sofie)
        ItsmeAccountFactory(person=sofie, phone="32470000001")
        client.post(reverse("csam:itsme_login"), {"phone": "+32470000001"})
        address = reverse(name, args=[sofie.public_id] if name == "training:phone" else [])
        assert client.get(address).has_header("Refresh")
        for _ in range(29):
            now.shift(MINUTE)
            client.get(address)
        assert client.get(LANDING).context["user"] == sofie

        for _ in range(30):
            now.shift(MINUTE)
            client.get(address)

        assert not is_logged_in(client)

    def test_is_real_time_whatever_the_world_says(self, client, sofie):
        log_in(client, sofie)
        clock.advance(World.objects.get(pk=sofie.world_id), by=timedelta(days=3))

        assert is_logged_in(client)

    def test_a_public_page_says_it_too_and_serves_a_stranger(self, client, sofie, now):
        log_in(client, sofie)
        now.shift(30 * MINUTE)

        response = client.get(LANDING)

        assertContains(response, "après 30 minutes sans activité")
        assertNotContains(response, sofie.first_name)
        assertNotContains(client.get(LANDING), "après 30 minutes")

    def test_a_session_without_any_proof_ends_as_well(self, client, sofie, now):
        client.force_login(sofie)
        assert is_logged_in(client)
        now.shift(30 * MINUTE)

        assert not is_logged_in(client)


class TestTheAbsoluteEnd:
    def stay(self, client, now, until):
        """Be at work until twenty minutes before, counted from AT."""
        while clock.real_now() - AT < until - 20 * MINUTE:
            now.shift(20 * MINUTE)
            assert is_logged_in(client)

    def test_comes_ten_hours_after_the_first_proof(self, client, sofie, now):
        log_in(client, sofie)
        self.stay(client, now, 10 * HOUR)
        now.shift(20 * MINUTE)

        is_sent_to_identify_himself(client, "elle a duré 10 heures")

    def test_is_not_put_off_by_another_key(self, client, sofie, now):
        by_password(client, sofie)
        self.stay(client, now, 9 * HOUR)
        by_eid(client, sofie)
        self.stay(client, now, 10 * HOUR)
        now.shift(20 * MINUTE)

        is_sent_to_identify_himself(client, "elle a duré 10 heures")

    def test_an_attempt_that_was_never_finished_is_no_first_proof(self, client, sofie, now):
        typed = {"username": sofie.username, "password": PASSWORD}
        client.post(reverse("csam:email_login"), typed)
        now.shift(9 * HOUR)

        by_password(client, sofie)
        now.shift(25 * MINUTE)
        assert is_logged_in(client)
        now.shift(25 * MINUTE)
        assert is_logged_in(client)
        now.shift(25 * MINUTE)

        assert is_logged_in(client)

    def test_a_new_login_begins_anew(self, client, sofie, now):
        log_in(client, sofie)
        self.stay(client, now, 10 * HOUR)
        now.shift(20 * MINUTE)
        assert not is_logged_in(client)

        by_eid(client, sofie)
        now.shift(25 * MINUTE)

        assert is_logged_in(client)


class TestWhatItCosts:
    def test_a_page_within_the_minute_writes_nothing(self, client, sofie, now, max_reads):
        log_in(client, sofie)
        now.shift(59)

        # Session, person, world, functions, roles.
        with max_reads(5):
            client.get(WHOAMI)

    def test_after_a_minute_it_writes_once(self, client, sofie, now):
        log_in(client, sofie)
        before = dict(client.session)
        now.shift(60)
        client.get(WHOAMI)
        noted = client.session[sessions.SEEN_AT]
        assert noted == clock.real_now().timestamp()
        assert sessions.SEEN_AT not in before

        now.shift(59)
        client.get(WHOAMI)

        assert client.session[sessions.SEEN_AT] == noted


@pytest.mark.parametrize(
    ("proofs", "seen", "end"),
    [
        ([], None, None),
        ([0], None, SessionEnd.IDLE),
        ([0], 31, None),
        ([0, 45], None, None),
        ([0], 599, SessionEnd.ABSOLUTE),
        ([0, 599], None, SessionEnd.ABSOLUTE),
        ([], 25, SessionEnd.IDLE),
    ],
)
def test_when_a_session_ends(proofs, seen, end):
    """Minutes after AT at which keys were proved and a page was seen; asked after an hour, or after ten."""
    data = {
        sessions.AUTHENTICATION_METHODS_SESSION_KEY: [{"at": (AT + m * MINUTE).timestamp()} for m in proofs]
    }
    if seen is not None:
        data[sessions.SEEN_AT] = (AT + seen * MINUTE).timestamp()
    later = 10 * HOUR if end == SessionEnd.ABSOLUTE else HOUR

    assert sessions.end_of(data, AT + later) == end


def change_password(client, new="Autre-Mot-2026!"):
    typed = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post(CHANGE, typed).status_code == 302


class TestLoggingOut:
    def test_ends_the_session_on_the_server(self, client, sofie):
        thief = Client()
        by_eid(client, sofie)
        thief.cookies = client.cookies.copy()

        client.post(reverse("csam:logout"))

        assert not is_logged_in(client)
        assert not is_logged_in(thief)
        assert Session.objects.filter(session_key=thief.cookies["sessionid"].value).count() == 0

    def test_everywhere_closes_all_sessions(self, client, sofie):
        elsewhere = by_password(Client(), sofie)
        by_eid(client, sofie)

        response = client.post(CLOSE_ALL, follow=True)

        assertContains(response, "Toutes vos sessions sont fermées")
        assert not is_logged_in(client)
        is_sent_to_identify_himself(elsewhere, "avez fermée ailleurs")
        assert not sessions.of_person(sofie).exists()

    def test_everywhere_touches_nobody_else(self, client, sofie):
        neighbour = by_eid(Client(), PersonFactory(with_card=True))
        by_eid(client, sofie)

        client.post(CLOSE_ALL)

        assert is_logged_in(neighbour)

    def test_closes_the_others_and_stays(self, client, sofie):
        elsewhere = by_password(Client(), sofie)
        by_eid(client, sofie)

        client.post(CLOSE_OTHERS)

        assert is_logged_in(client)
        assert not is_logged_in(elsewhere)


class TestAChangedPassword:
    def test_ends_the_other_sessions(self, client, sofie):
        elsewhere = by_eid(Client(), sofie)
        by_password(client, sofie)

        change_password(client)

        assert is_logged_in(client)
        is_sent_to_identify_himself(elsewhere, "Votre session a expiré")

    def test_keeps_the_level_and_the_start_of_this_one(self, client, sofie, now):
        by_eid(client, sofie)
        now.shift(10 * MINUTE)

        change_password(client)

        [mine] = sessions.open_sessions(
            type(sofie).objects.get(pk=sofie.pk),
            current_key=client.session.session_key,
            real_now=clock.real_now(),
        )
        assert mine.is_current
        assert mine.began_at == AT


def test_someone_blocked_is_out_at_the_next_click(client, sofie):
    by_eid(client, sofie)
    type(sofie).objects.filter(pk=sofie.pk).update(is_active=False)

    assert not is_logged_in(client)


def test_the_cookie_is_for_this_browser_session_only_and_for_no_script(client, sofie):
    by_eid(client, sofie)

    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["max-age"]
    assert DigitalKey.EID.value not in cookie.value
