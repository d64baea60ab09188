"""Codes that are blocked: refused to whom has them right, sessions that rest on them end, other keys go on."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from bhod_portal.core.models import AuditEntry
from csam.enums import DigitalKey
from csam.security import WITH_PASSWORD
from csam.services.codes import block_codes, unblock_codes
from tests.csam.factories import AT, PASSWORD, PersonFactory
from tests.csam.login import log_in
from tests.pages import errors

IDENTIFICATION = reverse("csam:identification")
WHOAMI = reverse("csam:whoami")
PAGES = {
    DigitalKey.PASSWORD: "csam:password_login",
    DigitalKey.EMAIL: "csam:email_login",
    DigitalKey.SMS: "csam:sms_login",
    DigitalKey.APP: "csam:app_login",
    DigitalKey.TOKEN: "csam:token_login",
}


@pytest.fixture
def manager():
    return PersonFactory(first_name="Sofie", last_name="Janssens")


@pytest.fixture
def marc(manager):
    person = PersonFactory(with_codes=True, username="marcdubois", phone="32470000001")
    block_codes(person=person, by=manager, at=AT)
    person.refresh_from_db()
    return person


@pytest.mark.parametrize("key", WITH_PASSWORD)
def test_every_key_with_a_password_refuses_them_and_says_who_can_help(client, marc, key):
    response = client.post(reverse(PAGES[key]), {"username": marc.username, "password": PASSWORD})

    assert errors(response) == {"__all__": ["codes_blocked"]}
    assertContains(response, "Sofie Janssens")
    assert "_auth_user_id" not in client.session


def test_who_guesses_the_password_learns_nothing(client, marc):
    response = client.post(
        reverse("csam:password_login"), {"username": marc.username, "password": "Deviné-2026!"}
    )

    assert errors(response) == {"__all__": ["invalid_login"]}


@pytest.mark.parametrize("key", [*WITH_PASSWORD])
def test_a_session_that_rests_on_them_ends_and_says_why(client, marc, key):
    log_in(client, marc, key)

    response = client.get(WHOAMI, follow=True)

    assertRedirects(response, IDENTIFICATION)
    assertContains(response, "sont bloqués par Sofie Janssens")
    assert "_auth_user_id" not in client.session


def test_nothing_is_done_by_a_post_in_such_a_session(client, marc):
    log_in(client, marc, DigitalKey.PASSWORD)

    assertRedirects(client.post(reverse("usersession_close_all")), IDENTIFICATION)
    assert not AuditEntry.objects.filter(act="csam.sessions.closed").exists()


def test_the_public_pages_do_not_keep_it_open(client, marc):
    log_in(client, marc, DigitalKey.PASSWORD)

    assertRedirects(client.get(reverse("csam:landing")), IDENTIFICATION)


@pytest.mark.parametrize("key", [DigitalKey.EID, DigitalKey.ITSME, DigitalKey.EIDAS, DigitalKey.PASSKEY])
def test_other_keys_go_on_opening(client, marc, key):
    log_in(client, marc, key)

    assert client.get(WHOAMI).status_code == 200


def test_once_unblocked_the_same_password_opens(client, marc, manager):
    assert unblock_codes(person=marc, by=manager, at=AT)

    response = client.post(
        reverse("csam:password_login"), {"username": marc.username, "password": PASSWORD}, follow=True
    )

    assert response.wsgi_request.user == marc


def test_both_are_done_once_and_kept_in_the_trail(marc, manager):
    assert not block_codes(person=marc, by=manager, at=AT)
    assert unblock_codes(person=marc, by=manager, at=AT)
    assert not unblock_codes(person=marc, by=manager, at=AT)

    acts = AuditEntry.objects.filter(act__startswith="csam.codes.").order_by("pk")
    assert [entry.act for entry in acts] == ["csam.codes.blocked", "csam.codes.unblocked"]
