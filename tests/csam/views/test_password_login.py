import pytest
import time_machine
from allauth.account.adapter import get_adapter
from django.test import RequestFactory
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from csam import security
from csam.enums import DigitalKey, SecurityLevel
from tests.csam.factories import AT, PASSWORD, PersonFactory, WorldFactory
from tests.csam.login import log_in

URL = reverse("csam:password_login")
WHOAMI = reverse("csam:whoami")


@pytest.fixture(autouse=True)
def _world():
    WorldFactory()


@pytest.fixture
def sofie():
    return PersonFactory(with_codes=True, username="sofiejanssens")


def type_in(client, username, password=PASSWORD, *, to=WHOAMI):
    return client.post(f"{URL}?next={to}", {"username": username, "password": password})


def codes(response):
    return [error.code for error in response.context["form"].errors.as_data()["__all__"]]


def test_asks_for_name_and_password(client):
    assertContains(client.get(URL), "Nom d&#x27;utilisateur")


def test_logs_in_whatever_the_case_of_the_name(client, sofie):
    assertRedirects(type_in(client, "SofieJanssens"), WHOAMI)

    request = client.get(WHOAMI).wsgi_request
    assert request.user == sofie
    assert security.session_level(request) == SecurityLevel.LEVEL_200


@pytest.mark.parametrize("to", ["https://example.org/", "nulle-part"])
def test_never_leads_elsewhere(client, sofie, to):
    response = type_in(client, sofie.username, to=to)

    assertRedirects(response, reverse("training:portal_home"), fetch_redirect_response=False)


def test_says_the_same_of_a_wrong_password_and_an_unknown_name(client, sofie):
    wrong, unknown = type_in(client, sofie.username, "faux"), type_in(client, "personne", "faux")

    assert codes(wrong) == codes(unknown) == ["invalid_login"]
    assert wrong.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()


def test_knows_no_name_of_another_world(client):
    stranger = PersonFactory(with_codes=True, stranger=True)

    assert codes(type_in(client, stranger.username)) == ["invalid_login"]


def test_someone_without_password_stays_outside(client):
    person = PersonFactory(username="sanscode")

    assert codes(type_in(client, person.username, "!")) == ["invalid_login"]


def test_asks_for_both(client):
    response = type_in(client, "", "")

    assert set(response.context["form"].errors) == {"username", "password"}


def test_explains_to_someone_blocked(client):
    person = PersonFactory(with_codes=True, is_active=False)

    response = client.post(URL, {"username": person.username, "password": PASSWORD}, follow=True)

    assert response.redirect_chain == [(reverse("account_inactive"), 302)]
    assert "_auth_user_id" not in client.session


class TestRateLimit:
    @pytest.fixture(autouse=True)
    def _clock(self):
        with time_machine.travel(AT, tick=False) as self.clock:
            yield

    def test_five_wrong_ones_close_the_account_for_five_minutes(self, client, sofie):
        for _ in range(5):
            assert codes(type_in(client, sofie.username, "faux")) == ["invalid_login"]
            self.clock.shift(1)

        assert codes(type_in(client, sofie.username)) == ["too_many_login_attempts"]
        assertContains(type_in(client, sofie.username), "Attendez cinq minutes")

        self.clock.shift(301)
        assertRedirects(type_in(client, sofie.username), WHOAMI)

    def test_an_unknown_name_is_limited_alike(self, client):
        for _ in range(5):
            type_in(client, "personne", "faux")
            self.clock.shift(1)

        assert codes(type_in(client, "personne")) == ["too_many_login_attempts"]

    def test_letters_that_the_database_takes_for_the_same_count_as_the_same(self, client, sofie):
        # PostgreSQL sees sofiejanssens in each of them.
        for name in ("sofiejanssens", "ſofiejanssens", "sofıejanssens", "sofiejanſſens", "SOFIEJANSSENS"):
            assert codes(type_in(client, name, "faux")) == ["invalid_login"]
            self.clock.shift(1)

        assert codes(type_in(client, "ſofiejanſſens", "faux")) == ["too_many_login_attempts"]

    def test_does_not_touch_the_neighbour(self, client, sofie):
        for _ in range(6):
            type_in(client, sofie.username, "faux")
            self.clock.shift(1)
        neighbour = PersonFactory(with_codes=True)

        assertRedirects(type_in(client, neighbour.username), WHOAMI)

    def test_is_counted_apart_in_each_world(self):
        requests = [RequestFactory().post(URL) for _ in range(2)]
        for request, code in zip(requests, ("demo", "ailleurs"), strict=True):
            request.world = WorldFactory(code=code)

        here, there = (
            get_adapter()._get_login_attempts_cache_key(request, username="SofieJanssens")
            for request in requests
        )

        assert here != there
        assert here == get_adapter()._get_login_attempts_cache_key(requests[0], username="sofiejanssens")

    def test_an_address_that_asks_too_often_gets_a_page(self, client, settings):
        settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}

        type_in(client, "personne", "faux")
        response = type_in(client, "personne", "faux")

        assert response.status_code == 429
        assertContains(response, "Trop de demandes", status_code=429)
        assertContains(response, "Choisir une autre clé numérique", status_code=429)


def test_the_login_of_other_tests_gives_the_same_session(client, sofie):
    with time_machine.travel(AT, tick=False):
        type_in(client, sofie.username)
        real = dict(client.session)
        client.logout()
        log_in(client, sofie, DigitalKey.PASSWORD)

        assert dict(client.session) == real
