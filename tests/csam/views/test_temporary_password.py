"""A password that was given for thirty days: it opens one page, where one chooses one's own."""

from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from bhod_portal.core import clock
from csam.enums import DigitalKey
from csam.services.passwords import give_temporary_password
from tests.csam.factories import AT, PersonFactory
from tests.csam.login import log_in

CHANGE = reverse("account_change_password")
IDENTIFICATION = reverse("csam:identification")
LOGIN = reverse("csam:password_login")
LOGOUT = reverse("csam:logout")
WHOAMI = reverse("csam:whoami")
SESSIONS = reverse("usersessions_list")
NEW = "Choisi-Moi-2026!"


@pytest.fixture(autouse=True)
def _stopped(stopped_clock):
    """At AT, in every world that is not moved."""


@pytest.fixture
def john():
    return PersonFactory(username="johnsmith", niss="")


@pytest.fixture
def password(john):
    return give_temporary_password(person=john, by=PersonFactory(username="agent", niss=""), at=AT)


def type_in(client, person, password, to=WHOAMI):
    return client.post(f"{LOGIN}?next={to}", {"username": person.username, "password": password})


def codes(response):
    return [error.code for error in response.context["form"].errors.as_data()["__all__"]]


class TestWithinItsTerm:
    def test_every_page_leads_to_the_change_which_says_until_when(self, client, john, password):
        type_in(client, john, password)

        for page in (WHOAMI, SESSIONS, "/securite-sociale/accueil/", "/bhod/"):
            assertRedirects(client.get(page), f"{CHANGE}?next={quote(page, safe='')}", target_status_code=200)
        assertContains(client.get(CHANGE), "09/04/2026 11:00")

    def test_a_post_leads_there_too_and_is_not_repeated(self, client, john, password):
        type_in(client, john, password)

        assertRedirects(client.post(reverse("usersession_close_all")), CHANGE)

    def test_public_pages_and_quitting_stay_open(self, client, john, password):
        type_in(client, john, password)

        assert client.get(reverse("csam:landing")).status_code == 200
        assert client.get(LOGOUT).status_code == 200
        client.post(LOGOUT)
        assert "_auth_user_id" not in client.session

    def test_choosing_ones_own_opens_the_page_one_was_going_to(self, client, john, password):
        type_in(client, john, password)
        address = client.get(WHOAMI)["Location"]

        typed = {"oldpassword": password, "password1": NEW, "password2": NEW}
        response = client.post(address, typed, follow=True)

        assert response.redirect_chain == [(WHOAMI, 302)]
        john.refresh_from_db()
        assert john.temporary_password_until is None
        assert client.get(SESSIONS).status_code == 200

    def test_typing_it_again_is_no_choice(self, client, john, password):
        type_in(client, john, password)

        response = client.post(
            CHANGE, {"oldpassword": password, "password1": password, "password2": password}
        )

        assert [error.code for error in response.context["form"].errors.as_data()["password1"]] == [
            "same_password"
        ]

    @pytest.mark.parametrize("key", [DigitalKey.EMAIL, DigitalKey.SMS])
    def test_a_code_on_top_of_it_changes_nothing(self, client, john, password, key):
        john.refresh_from_db()
        log_in(client, john, key)

        assertRedirects(client.get(WHOAMI), f"{CHANGE}?next={quote(WHOAMI, safe='')}")

    @pytest.mark.parametrize("key", [DigitalKey.EID, DigitalKey.EIDAS])
    def test_another_key_opens_everything(self, client, john, password, key):
        john.refresh_from_db()
        log_in(client, john, key)

        assert client.get(WHOAMI).status_code == 200


class TestAfterItsTerm:
    def test_the_right_one_is_refused_with_the_way_out(self, client, john, password):
        clock.advance(john.world, by=timedelta(days=30))

        response = type_in(client, john, password)

        assert codes(response) == ["temporary_password_expired"]
        assertContains(response, "02 511 51 51")
        assertContains(response, "Mot de passe oublié ?")
        assert "_auth_user_id" not in client.session

    def test_a_wrong_one_learns_nothing_of_it(self, client, john, password):
        clock.advance(john.world, by=timedelta(days=30))

        assert codes(type_in(client, john, "faux")) == ["invalid_login"]

    def test_real_time_does_not_count(self, client, john, password):
        clock.advance(john.world, by=timedelta(days=29))
        with time_machine.travel(AT + timedelta(hours=1), tick=False):
            assert type_in(client, john, password).status_code == 302

    def test_a_session_that_is_still_open_ends(self, client, john, password):
        type_in(client, john, password)
        clock.advance(john.world, by=timedelta(days=30))

        response = client.get(CHANGE, follow=True)

        assert response.redirect_chain == [(IDENTIFICATION, 302)]
        assertContains(response, "02 511 51 51")
        assert "_auth_user_id" not in client.session

    def test_a_reset_by_mail_gives_a_password_without_term(self, client, john, password):
        clock.advance(john.world, by=timedelta(days=30))
        client.post(reverse("account_reset_password"), {"email": john.email})
        link = next(
            word
            for word in john.world.messages.get(person=john).body.split()
            if "/mot-de-passe/nouveau/" in word
        )
        page = client.get(link.removeprefix("http://localhost:8000"), follow=True)
        client.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})

        john.refresh_from_db()
        assert john.temporary_password_until is None
        assertRedirects(type_in(client, john, NEW), WHOAMI)
