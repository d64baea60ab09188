import pytest
from django.urls import reverse

from bhod.enums import GuardState
from tests.bhod.factories import CircleDoctorFactory, GuardFactory
from tests.html_guard import assert_clean
from tests.pages import errors, main_of, text_of

REASON = {"reason": "fin plus tôt"}


def url(guard):
    return reverse("bhod:guard_reopen", args=[guard.pk])


@pytest.fixture
def guard(unit):
    provider = CircleDoctorFactory(enterprise=unit.enterprise).provider
    return GuardFactory(unit=unit, provider=provider, confirmed=True)


def test_is_offered_on_the_page_of_a_confirmed_guard(client, manager, guard):
    html = client.get(reverse("bhod:guard_edit", args=[guard.pk])).content.decode()
    assert url(guard) in html
    assert_clean(client.get(url(guard)).content.decode())


def test_takes_the_confirmation_back_once(client, manager, guard):
    response = client.post(url(guard), REASON, follow=True)
    assert "La confirmation est retirée" in text_of(response)
    guard.refresh_from_db()
    assert (guard.state, guard.confirmed_at, guard.version) == (GuardState.REGISTERED, None, 2)
    assert guard.changes.get().reason == "fin plus tôt"

    assert "n'est pas confirmée" in text_of(client.post(url(guard), REASON, follow=True))
    guard.refresh_from_db()
    assert guard.version == 2


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_needs_a_reason(client, manager, guard, reason):
    assert "reason" in errors(client.post(url(guard), {"reason": reason}))


def test_says_what_the_rules_refuse(client, manager, unit):
    """Its doctor is enrolled nowhere."""
    response = client.post(url(GuardFactory(unit=unit, confirmed=True)), REASON)
    assert errors(response) == {"__all__": ["not_enrolled"]}


def test_says_that_a_guard_is_not_confirmed(client, manager, unit):
    response = client.get(url(GuardFactory(unit=unit)))
    assert "Cette garde n'est pas confirmée." in text_of(response)
    assert "<form" not in main_of(response)


def test_hides_the_guards_of_another_circle(client, manager):
    assert client.post(url(GuardFactory(confirmed=True)), REASON).status_code == 404


def test_asks_for_no_reason_where_there_is_nothing_to_take_back(client, manager, guard):
    client.post(url(guard), REASON, follow=True)

    response = client.post(url(guard), {"reason": ""})

    assert "Cette garde n'est pas confirmée." in text_of(response)
    assert "error-summary" not in response.content.decode()
