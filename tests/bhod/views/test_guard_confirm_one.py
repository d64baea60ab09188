from datetime import UTC, datetime

import pytest
from django.urls import reverse

from bhod.enums import GuardState
from tests.bhod.factories import CircleDoctorFactory, GuardFactory
from tests.html_guard import assert_clean
from tests.pages import main_of, text_of


def url(guard):
    return reverse("bhod:guard_confirm_one", args=[guard.pk])


@pytest.fixture
def guard(unit):
    return GuardFactory(unit=unit, provider=CircleDoctorFactory(enterprise=unit.enterprise).provider)


def test_is_offered_on_the_page_of_a_guard(client, manager, guard):
    html = client.get(reverse("bhod:guard_edit", args=[guard.pk])).content.decode()
    assert url(guard) in html
    assert reverse("bhod:guard_reopen", args=[guard.pk]) not in html


def test_is_not_offered_before_the_guard_is_over(client, manager, unit):
    coming = GuardFactory(
        unit=unit, starts_at=datetime(2030, 3, 7, 7, tzinfo=UTC), ends_at=datetime(2030, 3, 8, 7, tzinfo=UTC)
    )
    assert url(coming) not in client.get(reverse("bhod:guard_edit", args=[coming.pk])).content.decode()


def test_asks_first_and_confirms_once(client, manager, guard):
    shown = client.get(url(guard))
    assert_clean(shown.content.decode())
    assert "Confirmer cette garde ?" in text_of(shown)

    response = client.post(url(guard), follow=True)
    assert "La garde est confirmée." in text_of(response)
    guard.refresh_from_db()
    assert (guard.state, guard.confirmed_by, guard.version) == (GuardState.CONFIRMED, manager, 2)

    assert "déjà confirmée" in text_of(client.post(url(guard), follow=True))
    guard.refresh_from_db()
    assert guard.version == 2


AHEAD = {
    "starts_at": datetime(2026, 3, 16, 18, tzinfo=UTC),
    "ends_at": datetime(2026, 3, 17, 7, tzinfo=UTC),
}


@pytest.mark.parametrize(
    ("kwargs", "said"),
    [
        ({"cancelled": True}, "Une garde annulée ne se confirme plus."),
        ({"confirmed": True}, "Cette garde est déjà confirmée."),
        ({"draft": True}, "encore un brouillon"),
        (AHEAD, "Une garde se confirme après sa fin."),
    ],
)
def test_says_why_not(client, manager, unit, kwargs, said):
    response = client.get(url(GuardFactory(unit=unit, **kwargs)))
    assert said in text_of(response)
    assert "<form" not in main_of(response)


def test_tells_what_the_rules_find(client, manager, unit):
    guard = GuardFactory(unit=unit)
    assert "n'est pas inscrit" in text_of(client.post(url(guard), follow=True))
    guard.refresh_from_db()
    assert guard.state == GuardState.REGISTERED


def test_confirms_no_draft(client, manager, unit):
    guard = GuardFactory(unit=unit, draft=True)
    assert "encore un brouillon" in text_of(client.post(url(guard), follow=True))
    guard.refresh_from_db()
    assert guard.state == GuardState.DRAFT


@pytest.mark.parametrize("method", ["get", "post"])
def test_hides_the_guards_of_another_circle(client, manager, method):
    assert getattr(client, method)(url(GuardFactory())).status_code == 404
