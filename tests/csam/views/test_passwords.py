"""Changing, choosing and resetting a password, in one's own world only."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.http import int_to_base36
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod_portal.core.models import AuditEntry, Message
from csam.enums import DigitalKey
from tests.csam.factories import AT, PASSWORD, PersonFactory, WorldFactory
from tests.csam.login import log_in
from tests.pages import without_token

CHANGE = reverse("account_change_password")
SET = reverse("account_set_password")
RESET = reverse("account_reset_password")
SENT = reverse("account_reset_password_done")
DONE = reverse("account_reset_password_from_key_done")
LOGIN = reverse("csam:password_login")
WHOAMI = reverse("csam:whoami")
NEW = "Autre-Mot-2026!"


@pytest.fixture(autouse=True)
def _world():
    WorldFactory()


@pytest.fixture
def sofie():
    return PersonFactory(with_codes=True, username="sofiejanssens", email="sofie@exemple.invalid")


def codes(response, field):
    return [error.code for error in response.context["form"].errors.as_data()[field]]


def twice(password, **more):
    return {"password1": password, "password2": password} | more


class TestChange:
    @pytest.fixture(autouse=True)
    def _logged_in(self, client, sofie):
        log_in(client, sofie, DigitalKey.PASSWORD)

    def test_shows_the_rule_beside_the_field(self, client):
        response = client.get(CHANGE)

        assertContains(response, "Minimum 10 caractères")
        assertNotContains(response, "temporaire")

    def test_changes_it_and_says_so(self, client, sofie):
        response = client.post(CHANGE, twice(NEW, oldpassword=PASSWORD), follow=True)

        assert response.redirect_chain == [(WHOAMI, 302)]
        assertContains(response, "Votre mot de passe est modifié")
        sofie.refresh_from_db()
        assert sofie.check_password(NEW)
        assert AuditEntry.objects.get().act == "csam.password.chosen"
        [message] = Message.objects.all()
        assert (message.person_id, message.recipient) == (sofie.pk, sofie.email)
        assert message.subject == "Votre mot de passe CSAM est modifié"
        assert NEW not in message.body

    def test_leads_back_to_where_one_was_going(self, client):
        url = f"{CHANGE}?next=/securite-sociale/accueil/"

        response = client.post(url, twice(NEW, oldpassword=PASSWORD))

        assertRedirects(response, "/securite-sociale/accueil/", fetch_redirect_response=False)

    def test_never_leads_elsewhere(self, client):
        response = client.post(f"{CHANGE}?next=https://example.org/", twice(NEW, oldpassword=PASSWORD))

        assertRedirects(response, WHOAMI, fetch_redirect_response=False)

    @pytest.mark.parametrize(
        ("typed", "field", "code"),
        [
            (twice(NEW, oldpassword="faux"), "oldpassword", "enter_current_password"),
            (twice("court", oldpassword=PASSWORD), "password1", "password_rules"),
            (twice(PASSWORD, oldpassword=PASSWORD), "password1", "same_password"),
            ({"oldpassword": PASSWORD, "password1": NEW, "password2": "x"}, "password2", None),
        ],
    )
    def test_refuses(self, client, sofie, typed, field, code):
        response = client.post(CHANGE, typed)

        if code:
            assert codes(response, field) == [code]
        else:
            assert field in response.context["form"].errors
        sofie.refresh_from_db()
        assert sofie.check_password(PASSWORD)

    def test_who_has_one_does_not_choose_without_it(self, client):
        assertRedirects(client.get(SET), CHANGE)


class TestSet:
    def test_someone_with_a_user_name_only_chooses_one(self, client):
        person = PersonFactory(username="sanscode")
        log_in(client, person)
        assertRedirects(client.get(CHANGE), SET)

        response = client.post(SET, twice(NEW), follow=True)

        assert response.redirect_chain == [(WHOAMI, 302)]
        person.refresh_from_db()
        assert person.check_password(NEW)
        assert Message.objects.get().person_id == person.pk

    @pytest.mark.parametrize("url", [CHANGE, SET])
    def test_someone_without_user_name_is_told_that_he_needs_none(self, client, url):
        log_in(client, PersonFactory())

        assertContains(client.get(url), "pas de nom d&#x27;utilisateur", status_code=403)


def ask(client, email):
    return client.post(RESET, {"email": email}, follow=True)


def link_of(message):
    return re.search(r"http://localhost:\d+(/\S+)", message.body).group(1)


class TestReset:
    def test_mails_a_link_that_changes_the_password(self, client, sofie):
        assertRedirects(ask(client, "Sofie@exemple.invalid"), SENT)
        [message] = Message.objects.all()
        assert (message.person_id, message.recipient, message.world_id) == (
            sofie.pk,
            "sofie@exemple.invalid",
            sofie.world_id,
        )
        assert "sofiejanssens" in message.body

        page = client.get(link_of(message), follow=True)
        assertContains(page, "Choisir un nouveau mot de passe")
        response = client.post(page.redirect_chain[-1][0], twice(NEW), follow=True)

        assert response.redirect_chain == [(DONE, 302)]
        sofie.refresh_from_db()
        assert sofie.check_password(NEW)
        assert Message.objects.filter(person=sofie).count() == 2
        assert "_auth_user_id" not in client.session

    def test_the_link_is_clear_of_its_secret_once_it_is_open(self, client, sofie):
        ask(client, sofie.email)

        [(address, _)] = client.get(link_of(Message.objects.get()), follow=True).redirect_chain

        assert address.endswith("/set-password/")

    def test_keeps_the_rule(self, client, sofie):
        ask(client, sofie.email)
        [(address, _)] = client.get(link_of(Message.objects.get()), follow=True).redirect_chain

        assert codes(client.post(address, twice("court")), "password1") == ["password_rules"]
        assert codes(client.post(address, twice(PASSWORD)), "password1") == ["same_password"]

    def test_ends_every_session_and_every_wait(self, client, sofie):
        elsewhere = type(client)()
        log_in(elsewhere, sofie)
        for _ in range(6):
            client.post(LOGIN, {"username": sofie.username, "password": "faux"})
        ask(client, sofie.email)
        [(address, _)] = client.get(link_of(Message.objects.get()), follow=True).redirect_chain

        client.post(address, twice(NEW))

        assert elsewhere.get(WHOAMI).status_code == 302
        response = client.post(f"{LOGIN}?next={WHOAMI}", {"username": sofie.username, "password": NEW})
        assertRedirects(response, WHOAMI)


@pytest.mark.usefixtures("stopped_clock")
class TestWhoIsUnknown:
    """The same answer and one e-mail, whether the address is known or not."""

    @pytest.mark.parametrize(
        "made",
        [
            pytest.param({}, id="without user name"),
            pytest.param({"username": "sanscode"}, id="without password"),
            pytest.param({"with_codes": True, "is_active": False}, id="blocked"),
            pytest.param({"with_codes": True, "stranger": True}, id="of another world"),
            pytest.param(None, id="nobody"),
        ],
    )
    def test_gets_the_same_answer(self, client, sofie, made):
        email = "x@exemple.invalid"
        if made is not None:
            PersonFactory(email=email, **made)

        known, unknown = ask(client, sofie.email), ask(client, email)

        assert without_token(known) == without_token(unknown)
        assert known.redirect_chain == unknown.redirect_chain
        to_known, to_unknown = Message.objects.order_by("pk")
        assert "http" in to_known.body
        assert to_unknown.recipient == email
        assert "http" not in to_unknown.body
        assert to_unknown.world.code == "demo"

    def test_an_address_that_only_looks_alike_gets_no_link(self, client, sofie):
        # PostgreSQL takes ı for an I.
        ask(client, "sofıe@exemple.invalid")

        assert not Message.objects.filter(person=sofie).exists()

    def test_asking_too_often_is_stopped_alike(self, client, sofie):
        for email in (sofie.email, "x@exemple.invalid"):
            answers = [ask(client, email).status_code for _ in range(6)]
            assert answers == [200] * 5 + [429]

    def test_what_is_no_address_is_refused(self, client):
        assert codes(client.post(RESET, {"email": "pas-une-adresse"}), "email") == ["invalid"]


class TestALinkThatServesNoMore:
    @pytest.fixture
    def link(self, client, sofie):
        ask(client, sofie.email)
        return link_of(Message.objects.get())

    def refuses(self, client, address):
        page = client.get(address, follow=True)
        assertContains(page, "Ce lien ne sert plus")
        assertContains(page, f'href="{RESET}"')

    def test_used(self, client, link):
        [(address, _)] = client.get(link, follow=True).redirect_chain
        client.post(address, twice(NEW))

        self.refuses(client, link)
        self.refuses(client, address)
        assertContains(client.post(address, twice(NEW)), "Ce lien ne sert plus")

    def test_old(self, client, sofie):
        with time_machine.travel(AT, tick=False) as now:
            ask(client, sofie.email)
            link = link_of(Message.objects.get())
            now.shift(timedelta(minutes=61))

            self.refuses(client, link)

    def test_of_another_world(self, client):
        stranger = PersonFactory(with_codes=True, stranger=True)
        token = default_token_generator.make_token(stranger)

        self.refuses(
            client, reverse("account_reset_password_from_key", args=[int_to_base36(stranger.pk), token])
        )

    def test_of_someone_blocked_since(self, client, sofie, link):
        type(sofie).objects.update(is_active=False)

        self.refuses(client, link)

    @pytest.mark.parametrize("uid", ["zzzzzzzzzzzz", "0"])
    def test_of_nobody(self, client, uid):
        self.refuses(client, reverse("account_reset_password_from_key", args=[uid, "x-y"]))

    def test_for_who_is_logged_in_as_another(self, client, sofie, link):
        log_in(client, PersonFactory())

        assertContains(client.get(link, follow=True), "Choisir un nouveau mot de passe")
        assert "_auth_user_id" not in client.session


def test_the_login_page_leads_to_the_reset(client):
    assertContains(client.get(LOGIN), f'href="{RESET}"')
    assertContains(client.get(RESET), "02 511 51 51")
