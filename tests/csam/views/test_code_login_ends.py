"""How a login by password and code ends otherwise: over, sent again, without that key, changed midway, given up."""

from datetime import timedelta

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from django.test import RequestFactory
from django.urls import reverse
from pytest_django.asserts import assertNotContains, assertRedirects

from bhod_portal.core.models import Message
from csam import security
from csam.enums import DigitalKey, SecurityLevel
from csam.models import Person
from csam.stages import SecurityCodeStage
from tests.conftest import GuardedClient
from tests.csam.code_steps import (
    HELD,
    HELD_CODE,
    HOME,
    IDENTIFICATION,
    KEYS,
    SENT,
    SENT_CODE,
    WHOAMI,
    begin,
    code_for,
    give,
    is_inside,
    resend,
    someone_with_every_code,
    told,
)
from tests.csam.factories import AT, PASSWORD, PIN, EidCardFactory, PersonFactory, WorldFactory
from tests.csam.login import log_in
from tests.pages import errors


@pytest.fixture(autouse=True)
def clock(time_machine):
    WorldFactory()
    time_machine.move_to(AT, tick=False)
    return time_machine


@pytest.fixture
def sofie():
    return someone_with_every_code()


class TestACodeThatIsOver:
    @pytest.mark.parametrize("key", SENT)
    def test_lives_five_minutes(self, client, sofie, key, clock):
        begin(client, key)
        clock.shift(timedelta(minutes=5, seconds=1))

        response = give(client, key, code_for(key, sofie))

        assert not is_inside(client)
        assert "expiré" in told(client.get(response["Location"]))

    @pytest.mark.parametrize("key", SENT)
    def test_is_good_until_then(self, client, sofie, key, clock):
        begin(client, key)
        clock.shift(timedelta(minutes=4, seconds=59))

        give(client, key, code_for(key, sofie))

        assert is_inside(client)

    @pytest.mark.parametrize("key", HELD)
    def test_no_password_waits_longer_than_a_quarter_of_an_hour(self, client, sofie, key, clock):
        begin(client, key)
        clock.shift(timedelta(minutes=15, seconds=1))

        give(client, key, code_for(key, sofie))

        assert not is_inside(client)

    @pytest.mark.parametrize("key", KEYS)
    def test_serves_once(self, client, sofie, key):
        begin(client, key)
        code = code_for(key, sofie)
        give(client, key, code)

        second = GuardedClient()
        begin(second, key)
        give(second, key, code)

        assert not is_inside(second)

    @pytest.mark.parametrize("key", KEYS)
    def test_of_another_session_opens_nothing(self, client, sofie, key):
        begin(client, key)

        other = GuardedClient()
        response = give(other, key, code_for(key, sofie))

        assertRedirects(response, IDENTIFICATION, fetch_redirect_response=False)
        assert not is_inside(other)

    def test_one_that_was_sent_to_another_session_is_not_this_ones(self, client, sofie):
        begin(client, DigitalKey.EMAIL)
        of_the_first = code_for(DigitalKey.EMAIL, sofie)
        other = GuardedClient()
        begin(other, DigitalKey.EMAIL)

        give(other, DigitalKey.EMAIL, of_the_first)

        assert not is_inside(other)


class TestSendingAgain:
    def test_sends_another_code_and_forgets_the_first(self, client, sofie, clock):
        begin(client, DigitalKey.EMAIL)
        first = code_for(DigitalKey.EMAIL, sofie)
        clock.shift(timedelta(minutes=4))

        assertRedirects(resend(client), SENT_CODE)

        assert Message.objects.count() == 2
        assert errors(give(client, DigitalKey.EMAIL, first)) == {"code": ["incorrect_code"]}
        clock.shift(timedelta(minutes=4))
        give(client, DigitalKey.EMAIL, code_for(DigitalKey.EMAIL, sofie))
        assert is_inside(client)

    def test_is_done_twice_at_most(self, client, sofie):
        begin(client, DigitalKey.SMS)
        for _ in range(2):
            resend(client)

        assertNotContains(client.get(SENT_CODE), "Renvoyer le code")
        assert errors(resend(client)) == {"code": ["required"]}
        assert Message.objects.count() == 3


class TestSomeoneWithoutThatKey:
    @pytest.mark.parametrize("key", KEYS)
    def test_comes_in_with_his_password_only_and_is_told(self, client, key):
        PersonFactory(with_codes=True, username="sofiejanssens", email="", phone="")

        response = begin(client, key)

        assertRedirects(response, WHOAMI, fetch_redirect_response=False)
        page = client.get(WHOAMI)
        assert security.used_keys(page.wsgi_request) == {DigitalKey.PASSWORD}
        assert security.session_level(page.wsgi_request) == SecurityLevel.LEVEL_200
        assert "niveau de sécurité 200" in told(page)
        assert response.cookies[security.LAST_KEY_COOKIE].value == DigitalKey.PASSWORD

    @pytest.mark.parametrize("key", HELD)
    def test_no_other_authenticator_is_asked_for_instead(self, client, sofie, key):
        Authenticator.objects.filter(user=sofie).exclude(type=Authenticator.Type.WEBAUTHN).delete()
        Authenticator.objects.create(user=sofie, type=Authenticator.Type.WEBAUTHN, data={})

        begin(client, key)

        assert security.used_keys(client.get(WHOAMI).wsgi_request) == {DigitalKey.PASSWORD}


class TestChangingTheKeyMidway:
    def test_the_page_of_another_code_opens_nothing(self, client, sofie):
        begin(client, DigitalKey.EMAIL)

        response = give(client, DigitalKey.APP, code_for(DigitalKey.APP, sofie))

        assertRedirects(response, IDENTIFICATION, fetch_redirect_response=False)
        assert not is_inside(client)

    def test_the_first_code_is_worth_nothing_after_another_choice(self, client, sofie):
        begin(client, DigitalKey.EMAIL)
        code = code_for(DigitalKey.EMAIL, sofie)
        begin(client, DigitalKey.APP)

        give(client, DigitalKey.EMAIL, code)

        assert not is_inside(client)

    def test_the_password_alone_gives_the_level_of_the_password(self, client, sofie):
        begin(client, DigitalKey.APP)

        client.post(
            f"{reverse('csam:password_login')}?next={WHOAMI}",
            {"username": "sofiejanssens", "password": PASSWORD},
        )

        assert security.session_level(client.get(WHOAMI).wsgi_request) == SecurityLevel.LEVEL_200

    def test_a_token_is_no_application(self, client, sofie):
        """allauth takes the one for the other: what was really given counts."""
        begin(client, DigitalKey.APP)

        client.post(HELD_CODE, {"code": code_for(DigitalKey.TOKEN, sofie)})

        request = client.get(WHOAMI).wsgi_request
        assert security.used_keys(request) == {DigitalKey.TOKEN, DigitalKey.PASSWORD}
        assert security.session_level(request) == SecurityLevel.LEVEL_300

    def test_a_passkey_is_not_taken_here(self, client, sofie):
        Authenticator.objects.create(user=sofie, type=Authenticator.Type.WEBAUTHN, data={})
        begin(client, DigitalKey.APP)

        assert errors(client.post(HELD_CODE, {"credential": "{}"})) == {"code": ["required"]}


class TestAnotherKeyAfterAll:
    """Whoever leaves the page of the code for a key of another kind is asked for no code any more."""

    def test_a_card(self, client, sofie):
        EidCardFactory(person=sofie)
        begin(client, DigitalKey.EMAIL)

        client.post(f"{reverse('csam:eid_login')}?next={WHOAMI}", {"card": str(sofie.public_id), "pin": PIN})

        assert security.session_level(client.get(WHOAMI).wsgi_request) == SecurityLevel.LEVEL_500

    def test_a_passkey(self, sofie):
        """allauth logs in with it by itself: our choice of a key is not forgotten by then."""
        proved = [{"method": "password", "at": 0}, {"method": "mfa", "type": "webauthn", "at": 0}]
        request = RequestFactory().post("/")
        request.session = {
            security.CHOSEN_KEY: DigitalKey.EMAIL.value,
            AUTHENTICATION_METHODS_SESSION_KEY: proved,
            _AUTHENTICATION_METHODS_USER_SESSION_KEY: str(sofie.pk),
        }

        assert SecurityCodeStage(None, request, Login(user=sofie)).handle() == (None, True)
        assert not Message.objects.exists()


class TestThePersonWhoHasGone:
    @pytest.mark.parametrize("key", KEYS)
    def test_blocked_after_his_password(self, client, sofie, key):
        begin(client, key)
        code = code_for(key, sofie)
        Person.objects.update(is_active=False)

        assertRedirects(give(client, key, code), reverse("account_inactive"))
        assert not is_inside(client)

    def test_gone_with_his_world(self, client):
        person = PersonFactory(with_codes=True)
        begin(client, DigitalKey.EMAIL, username=person.username)
        Message.objects.all().delete()
        person.delete()

        response = give(client, DigitalKey.EMAIL, "123456")

        assertRedirects(response, IDENTIFICATION, fetch_redirect_response=False)


class TestSomeoneInside:
    @pytest.mark.parametrize("page", [SENT_CODE, HELD_CODE])
    def test_has_no_code_to_give(self, client, sofie, page):
        log_in(client, sofie)

        response = client.get(page, {"next": "https://example.org/"})

        assertRedirects(response, HOME, fetch_redirect_response=False)

    def test_begins_anew_with_a_key_that_asks_for_a_code(self, client, sofie):
        log_in(client, sofie)

        begin(client, DigitalKey.SMS)

        assert not is_inside(client)
        give(client, DigitalKey.SMS, code_for(DigitalKey.SMS, sofie))
        assert security.used_keys(client.get(WHOAMI).wsgi_request) == {DigitalKey.SMS, DigitalKey.PASSWORD}
