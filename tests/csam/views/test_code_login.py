"""The keys « user name + password, then a code »: by e-mail, by SMS, of an application, of a paper token."""

from datetime import timedelta

import pytest
from django.contrib.auth import hashers
from django.contrib.sessions.models import Session
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod_portal.core.enums import Channel
from bhod_portal.core.models import Message
from csam import security
from csam.enums import DigitalKey, SecurityLevel
from csam.models import Person
from tests.conftest import GuardedClient
from tests.csam.code_steps import (
    CODE_PAGES,
    FIRST_PAGES,
    HELD_CODE,
    HOME,
    IDENTIFICATION,
    KEYS,
    SENT_CODE,
    WHOAMI,
    WRONG,
    begin,
    code_for,
    give,
    is_inside,
    someone_with_every_code,
    told,
)
from tests.csam.factories import AT, PersonFactory, WorldFactory
from tests.csam.login import log_in
from tests.pages import errors, shows, text_of


@pytest.fixture(autouse=True)
def clock(time_machine):
    WorldFactory()
    time_machine.move_to(AT, tick=False)
    return time_machine


@pytest.fixture
def sofie():
    return someone_with_every_code()


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
