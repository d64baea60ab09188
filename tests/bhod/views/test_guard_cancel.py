from datetime import timedelta

import pytest
from django.urls import reverse

from bhod.enums import GuardState
from bhod.services.guards import change_guard
from tests.bhod.factories import AT, CircleDoctorFactory, GuardFactory
from tests.bhod.payment_factories import TariffFactory
from tests.html_guard import assert_clean
from tests.pages import main_of, text_of

REASON = {"reason": "échange avec un confrère"}


def url(guard):
    return reverse("bhod:guard_cancel", args=[guard.pk])


@pytest.fixture
def guard(unit):
    return GuardFactory(unit=unit)


def test_asks_first(client, manager, guard):
    response = client.get(url(guard))
    assert_clean(response.content.decode())
    assert "Annuler cette garde ?" in text_of(response)
    guard.refresh_from_db()
    assert guard.state == GuardState.REGISTERED


def test_cancels_and_leads_back_to_the_month(client, manager, guard):
    response = client.post(url(guard), REASON, follow=True)

    guard.refresh_from_db()
    assert (guard.state, guard.cancelled_by, guard.cancelled_at) == (GuardState.CANCELLED, manager, AT)
    assert response.redirect_chain == [(f"{reverse('bhod:guard_month')}?mois=2026-03", 302)]
    assert "La garde est annulée." in text_of(response)


def test_a_second_click_does_it_once(client, manager, guard):
    client.post(url(guard), REASON)
    response = client.post(url(guard), {"reason": "encore"}, follow=True)
    guard.refresh_from_db()
    assert guard.cancel_reason == REASON["reason"]
    assert "déjà annulée" in text_of(response)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
def test_needs_a_reason(client, manager, guard, reason):
    response = client.post(url(guard), {"reason": reason})
    assert "reason" in response.context["form"].errors
    guard.refresh_from_db()
    assert guard.state == GuardState.REGISTERED


def test_asks_no_more_for_a_cancelled_guard(client, manager, unit):
    response = client.get(url(GuardFactory(unit=unit, cancelled=True)))
    assert "échange avec un confrère" in text_of(response)
    assert "<form" not in main_of(response)


def test_shows_no_amount_to_the_administrative_user(client, administrative, guard):
    TariffFactory()
    assert "€" not in client.get(url(guard)).content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_hides_the_guards_of_another_circle(client, manager, method):
    assert getattr(client, method)(url(GuardFactory()), REASON).status_code == 404


def test_says_who_is_told(client, manager, guard):
    assert "1 médecin sera prévenu par e-mail" in text_of(client.get(url(guard)))


def test_tells_what_somebody_else_changed_and_keeps_the_reason(client, manager, unit):
    doctor = CircleDoctorFactory(enterprise=unit.enterprise)
    guard = GuardFactory(unit=unit, provider=doctor.provider)
    seen = client.get(url(guard)).context["form"].initial["version"]
    change_guard(
        guard=guard,
        unit=guard.unit,
        provider=guard.provider,
        starts_at=guard.starts_at + timedelta(hours=1),
        ends_at=guard.ends_at,
        by=manager,
        at=AT,
    )

    response = client.post(url(guard), REASON | {"version": seen})

    text = text_of(response)
    assert f"{manager} a modifié cette garde le 10/03/2026 à 10:00" in text
    assert "jeudi 5 mars 2026, 20:00" in text
    assert REASON["reason"] in response.content.decode()
    guard.refresh_from_db()
    assert guard.state == GuardState.REGISTERED

    client.post(url(guard), REASON | {"version": response.context["form"]["version"].value()})
    guard.refresh_from_db()
    assert guard.state == GuardState.CANCELLED
