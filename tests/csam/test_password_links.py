"""The link with which a person chooses a password: once, for three days, in his own world."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from bhod_portal.core.refusals import refusal_codes
from csam.enums import DigitalKey
from csam.services.password_links import LINK_LASTS, link_for, password_mark, withdraw_password
from tests.csam.factories import AT, PASSWORD, PersonFactory
from tests.csam.login import log_in

NEW = "Choisi-Moi-2026!"
WHOAMI = reverse("csam:whoami")


@pytest.fixture
def agent():
    return PersonFactory()


@pytest.fixture
def marc(agent):
    person = PersonFactory(with_codes=True, username="marcdubois", email="")
    withdraw_password(person=person, by=agent, at=AT)
    person.refresh_from_db()
    return person


def path(link):
    return re.sub(r"^https?://[^/]+", "", link)


def choose(client, link):
    page = client.get(path(link), follow=True)
    address = page.redirect_chain[-1][0] if page.redirect_chain else path(link)
    return page, client.post(address, {"password1": NEW, "password2": NEW})


def test_opens_a_page_where_one_chooses_and_then_logs_in(client, marc):
    page, answer = choose(client, link_for(marc))

    assertContains(page, "Choisir votre mot de passe")
    assertContains(page, "marcdubois")
    assertRedirects(answer, reverse("account_reset_password_from_key_done"))
    marc.refresh_from_db()
    assert marc.check_password(NEW)
    client.post(reverse("csam:password_login"), {"username": "marcdubois", "password": NEW})
    assert client.get(WHOAMI).status_code == 200


def test_serves_once(client, marc):
    link = link_for(marc)
    choose(client, link)

    page = client.get(path(link), follow=True)

    assertContains(page, "Ce lien ne sert plus")
    assert not client.session.get("_auth_user_id")


@pytest.mark.parametrize(("after", "opens"), [(-timedelta(hours=1), True), (timedelta(minutes=1), False)])
def test_lasts_three_days_of_real_time(client, marc, after, opens):
    with time_machine.travel(AT, tick=False) as traveller:
        link = link_for(marc)
        traveller.move_to(AT + LINK_LASTS + after)

        page = client.get(path(link), follow=True)

    assert page.context["token_fail"] is not opens


def test_dies_when_a_newer_one_is_made(client, marc, agent):
    old = link_for(marc)
    withdraw_password(person=marc, by=agent, at=AT)

    assert client.get(path(old), follow=True).context["token_fail"]
    assert not client.get(path(link_for(marc)), follow=True).context["token_fail"]


def test_does_not_open_in_another_world(client, agent):
    stranger = PersonFactory(stranger=True, with_codes=True)
    log_in(client, stranger)
    person = PersonFactory(with_codes=True, username="autre")
    withdraw_password(person=person, by=agent, at=AT)
    person.refresh_from_db()

    assert client.get(path(link_for(person)), follow=True).context["token_fail"]


def test_the_old_password_and_its_sessions_end(client, agent):
    person = PersonFactory(with_codes=True, username="annedubois", temporary_password_until=AT)
    log_in(client, person, DigitalKey.PASSWORD)

    withdraw_password(person=person, by=agent, at=AT)

    assert client.get(WHOAMI).status_code == 302
    person.refresh_from_db()
    assert not person.check_password(PASSWORD)
    assert person.temporary_password_until is None


def test_is_not_for_another_world_nor_without_a_user_name(agent):
    with pytest.raises(PermissionDenied):
        withdraw_password(person=PersonFactory(stranger=True, with_codes=True), by=agent, at=AT)
    with pytest.raises(ValidationError) as refusal:
        withdraw_password(person=PersonFactory(), by=agent, at=AT)
    assert refusal_codes(refusal.value) == {"username_required"}


def test_a_mark_tells_whether_the_password_is_still_the_same(marc, agent):
    before = password_mark(marc)
    assert before == password_mark(marc)

    withdraw_password(person=marc, by=agent, at=AT)

    assert password_mark(marc) != before
