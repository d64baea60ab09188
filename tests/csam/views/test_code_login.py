"""The keys « user name + password, then a code »: by e-mail, by SMS, of an application, of a paper token."""

import re
import time
from datetime import timedelta

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth import hashers
from django.contrib.sessions.models import Session
from django.test import RequestFactory
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod_portal.core.enums import Channel
from bhod_portal.core.models import Message
from csam import security
from csam.enums import DigitalKey, SecurityLevel
from csam.models import Person
from csam.stages import SecurityCodeStage
from tests.conftest import GuardedClient
from tests.csam.factories import AT, PASSWORD, PIN, EidCardFactory, PersonFactory, WorldFactory
from tests.csam.login import log_in
from tests.pages import errors, shows, text_of

WHOAMI = reverse("csam:whoami")
HOME = reverse("training:portal_home")
IDENTIFICATION = reverse("csam:identification")
SENT_CODE = reverse("account_confirm_login_code")
HELD_CODE = reverse("mfa_authenticate")
SECRET = "JBSWY3DPEHPK3PXP"
FIRST_PAGES = {
    DigitalKey.EMAIL: "csam:email_login",
    DigitalKey.SMS: "csam:sms_login",
    DigitalKey.APP: "csam:app_login",
    DigitalKey.TOKEN: "csam:token_login",
}
CODE_PAGES = {
    DigitalKey.EMAIL: SENT_CODE,
    DigitalKey.SMS: SENT_CODE,
    DigitalKey.APP: HELD_CODE,
    DigitalKey.TOKEN: HELD_CODE,
}
KEYS = [pytest.param(key, id=key.name) for key in FIRST_PAGES]
SENT = [pytest.param(key, id=key.name) for key in (DigitalKey.EMAIL, DigitalKey.SMS)]
HELD = [pytest.param(key, id=key.name) for key in (DigitalKey.APP, DigitalKey.TOKEN)]
WRONG = "999999999"


@pytest.fixture(autouse=True)
def clock(time_machine):
    WorldFactory()
    time_machine.move_to(AT, tick=False)
    return time_machine


@pytest.fixture
def sofie():
    """Someone who can use each of these keys."""
    person = PersonFactory(
        with_codes=True,
        username="sofiejanssens",
        first_name="Sofie",
        last_name="Janssens",
        email="sofie@exemple.invalid",
        phone="+32 470 00 00 09",
    )
    totp.TOTP.activate(person, SECRET)
    RecoveryCodes.activate(person)
    return person


def begin(client, key, *, password=PASSWORD, username="sofiejanssens", to=WHOAMI):
    """User name and password, on the page of this key."""
    url = reverse(FIRST_PAGES[key])
    return client.post(f"{url}?next={to}", {"username": username, "password": password})


def code_for(key, person):
    """The code that this person would read at this moment."""
    if key in {DigitalKey.EMAIL, DigitalKey.SMS}:
        return re.search(r"\d{6}", Message.objects.filter(person=person).latest("pk").body)[0]
    if key == DigitalKey.TOKEN:
        return Authenticator.objects.get(user=person, type="recovery_codes").wrap().get_unused_codes()[0]
    return totp.format_hotp_value(totp.hotp_value(SECRET, int(time.time()) // 30))


def give(client, key, code):
    return client.post(CODE_PAGES[key], {"code": code})


def resend(client):
    return client.post(SENT_CODE, {"action": "resend"})


def is_inside(client):
    return "_auth_user_id" in client.session


def told(response):
    return " ".join(str(message) for message in response.context["messages"])


class TestTheFirstPage:
    @pytest.mark.parametrize("key", KEYS)
    def test_says_what_comes_next(self, client, key):
        response = client.get(reverse(FIRST_PAGES[key]))

        assert shows(response, f"Identification {key.label}")
        assert shows(response, "Étape 1 sur 2")

    @pytest.mark.parametrize("key", KEYS)
    def test_leads_to_the_code(self, client, sofie, key):
        assertRedirects(begin(client, key), CODE_PAGES[key])
        assert not is_inside(client)

    @pytest.mark.parametrize("key", KEYS)
    def test_is_as_slow_and_as_silent_for_an_unknown_name(self, client, sofie, key, monkeypatch):
        hashed = []
        encode = hashers.MD5PasswordHasher.encode
        monkeypatch.setattr(
            hashers.MD5PasswordHasher, "encode", lambda *args: hashed.append(1) or encode(*args)
        )

        known = begin(client, key, password="faux")
        of_known = len(hashed)
        unknown = begin(client, key, username="personne", password="faux")

        assert errors(known) == errors(unknown) == {"__all__": ["invalid_login"]}
        assert text_of(known) == text_of(unknown)
        assert of_known == len(hashed) - of_known == 1
        assert not Message.objects.exists()

    @pytest.mark.parametrize("key", KEYS)
    def test_knows_nobody_of_another_world(self, client, key):
        stranger = PersonFactory(with_codes=True, stranger=True)

        assert errors(begin(client, key, username=stranger.username)) == {"__all__": ["invalid_login"]}
        assert not Message.objects.exists()

    @pytest.mark.parametrize("key", KEYS)
    def test_explains_to_someone_blocked(self, client, sofie, key):
        Person.objects.update(is_active=False)

        assertRedirects(begin(client, key), reverse("account_inactive"))
        assert not Message.objects.exists()

    def test_thirty_trainees_behind_one_address_come_in(self):
        for _ in range(30):
            person, browser = PersonFactory(with_codes=True), GuardedClient()
            begin(browser, DigitalKey.EMAIL, username=person.username)
            give(browser, DigitalKey.EMAIL, WRONG)
            give(browser, DigitalKey.EMAIL, code_for(DigitalKey.EMAIL, person))

            assert is_inside(browser)


class TestTheCode:
    @pytest.mark.parametrize(
        ("key", "level"),
        [
            (DigitalKey.EMAIL, SecurityLevel.LEVEL_300),
            (DigitalKey.SMS, SecurityLevel.LEVEL_300),
            (DigitalKey.APP, SecurityLevel.LEVEL_400),
            (DigitalKey.TOKEN, SecurityLevel.LEVEL_300),
        ],
    )
    def test_logs_in_where_one_was_going_with_the_level_of_the_key(self, client, sofie, key, level):
        begin(client, key)
        before = client.session.session_key

        assertRedirects(give(client, key, code_for(key, sofie)), WHOAMI)

        request = client.get(WHOAMI).wsgi_request
        assert request.user == sofie
        assert security.used_keys(request) == {key, DigitalKey.PASSWORD}
        assert security.last_key(request) == key
        assert security.session_level(request) == level
        assert client.session.session_key != before
        assert not Session.objects.filter(session_key=before).exists()

    @pytest.mark.parametrize("key", KEYS)
    def test_the_login_of_other_tests_gives_the_same_session(self, client, sofie, key):
        begin(client, key)
        give(client, key, code_for(key, sofie))
        real = dict(client.session)
        client.logout()
        log_in(client, sofie, key)

        assert dict(client.session) == real

    @pytest.mark.parametrize("key", KEYS)
    @pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org"])
    def test_never_leads_elsewhere(self, client, sofie, key, elsewhere):
        begin(client, key, to=elsewhere)
        page = f"{CODE_PAGES[key]}?next={elsewhere}"

        response = client.post(page, {"code": code_for(key, sofie), "next": elsewhere})

        assertRedirects(response, HOME, fetch_redirect_response=False)

    def test_by_email_is_a_message_to_the_person(self, client, sofie):
        begin(client, DigitalKey.EMAIL)

        message = Message.objects.get()
        assert (message.channel, message.person, message.world) == (Channel.EMAIL, sofie, sofie.world)
        assert message.recipient == "sofie@exemple.invalid"
        assert message.sent_at == AT

    def test_by_sms_is_a_message_to_the_person(self, client, sofie):
        begin(client, DigitalKey.SMS)

        message = Message.objects.get()
        assert (message.channel, message.person, message.recipient) == (
            Channel.SMS,
            sofie,
            "+32 470 00 00 09",
        )

    @pytest.mark.parametrize(
        ("email", "masked"),
        [
            ("sofie@exemple.invalid", "s…e@exemple.invalid"),
            ("s.j@exemple.invalid", "s…j@exemple.invalid"),
            ("sj@exemple.invalid", "s…@exemple.invalid"),
        ],
    )
    def test_page_masks_the_address(self, client, sofie, email, masked):
        Person.objects.update(email=email)
        begin(client, DigitalKey.EMAIL)

        response = client.get(SENT_CODE)

        assertContains(response, masked)
        assertNotContains(response, email)

    def test_page_masks_the_phone(self, client, sofie):
        begin(client, DigitalKey.SMS)

        response = client.get(SENT_CODE)

        assert shows(response, "qui se termine par 09")
        assertNotContains(response, "470")

    @pytest.mark.parametrize(
        ("key", "asked"), [(DigitalKey.APP, "application mobile"), (DigitalKey.TOKEN, "token papier")]
    )
    def test_page_says_which_code_is_asked_for(self, client, sofie, key, asked):
        begin(client, key)

        assert shows(client.get(HELD_CODE), asked)

    @pytest.mark.parametrize("key", KEYS)
    def test_page_leads_to_the_simulated_code_and_to_the_other_keys(self, client, sofie, key):
        begin(client, key)

        response = client.get(CODE_PAGES[key])

        assertContains(response, f'href="{reverse("training:device_list")}"')
        assertContains(response, f'href="{IDENTIFICATION}?next=%2Fcsam%2Fqui-suis-je%2F"')

    def test_may_be_typed_with_spaces(self, client, sofie):
        begin(client, DigitalKey.EMAIL)
        code = code_for(DigitalKey.EMAIL, sofie)

        give(client, DigitalKey.EMAIL, f" {code[:3]} {code[3:]} ")

        assert is_inside(client)


class TestAWrongCode:
    @pytest.mark.parametrize("key", KEYS)
    def test_is_refused_and_the_next_may_be_right(self, client, sofie, key):
        begin(client, key)

        response = give(client, key, WRONG)

        assert errors(response) == {"code": ["incorrect_code"]}
        assert response.context["tries_left"] == 2
        give(client, key, code_for(key, sofie))
        assert is_inside(client)

    @pytest.mark.parametrize("key", KEYS)
    @pytest.mark.parametrize("code", ["", "1" * 21, "١٢٣٤٥٦"])
    def test_of_the_wrong_shape_lets_nobody_in(self, client, sofie, key, code):
        begin(client, key)

        assert set(errors(give(client, key, code))) == {"code"}

    @pytest.mark.parametrize("key", KEYS)
    def test_an_empty_one_does_not_count(self, client, sofie, key):
        begin(client, key)

        for _ in range(4):
            assert errors(give(client, key, "")) == {"code": ["required"]}

        assert client.get(CODE_PAGES[key]).context["tries_left"] == 3

    @pytest.mark.parametrize("key", KEYS)
    def test_the_third_ends_the_attempt(self, client, sofie, key):
        begin(client, key)
        right = code_for(key, sofie)
        for _ in range(2):
            give(client, key, WRONG)

        response = give(client, key, WRONG)

        assertRedirects(
            response, f"{IDENTIFICATION}?next=%2Fcsam%2Fqui-suis-je%2F", fetch_redirect_response=False
        )
        assert "Trois codes faux" in told(client.get(response["Location"]))
        give(client, key, right)
        assert not is_inside(client)

    @pytest.mark.parametrize("key", KEYS)
    def test_five_in_five_minutes_close_the_account_for_a_while(self, client, sofie, key, clock):
        for attempt in range(2):
            begin(client, key)
            for _ in range(3 if attempt == 0 else 2):
                clock.shift(1)
                give(client, key, WRONG)

        response = give(client, key, code_for(key, sofie))

        assert not is_inside(client)
        assert "Attendez cinq minutes" in told(client.get(response["Location"]))
        clock.shift(timedelta(minutes=5, seconds=1))
        begin(client, key)
        give(client, key, code_for(key, sofie))
        assert is_inside(client)


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
