from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.bhod.factories import CircleDoctorFactory, GuardFactory, TariffFactory
from tests.html_guard import assert_clean
from tests.pages import errors, text_of


@pytest.fixture
def guard(unit):
    """The night from Thursday 5 to Friday 6 March of an enrolled doctor."""
    doctor = CircleDoctorFactory(enterprise=unit.enterprise, provider__person__last_name="Benali")
    return GuardFactory(unit=unit, provider=doctor.provider)


def url(guard):
    return reverse("bhod:guard_edit", args=[guard.pk])


def typed(guard, **changes):
    return {
        "unit": guard.unit_id,
        "provider": guard.provider_id,
        "start_day": "05-03-2026",
        "start_time": "19:00",
        "end_day": "06-03-2026",
        "end_time": "08:00",
    } | changes


def test_shows_the_guard_and_its_calculation(client, manager, guard, max_reads):
    TariffFactory(amount=Decimal("6.20"))
    with max_reads(10):
        response = client.get(url(guard))
    assert_clean(response.content.decode())
    assert "jeudi 5 mars 2026, 19:00" in text_of(response)
    assert "13 h × 6,20 € = 80,60 €" in text_of(response)
    assert 'value="05-03-2026"' in response.content.decode()


def test_shows_no_amount_to_the_administrative_user(client, administrative, guard):
    TariffFactory()
    content = client.get(url(guard)).content.decode()
    for amount in ("80,60", "6,20", "€", "Montant"):
        assert amount not in content


def test_says_when_a_tariff_is_missing(client, manager, guard):
    assert "tarif manquant pour ce jour" in text_of(client.get(url(guard)))


def test_changes_it(client, manager, guard):
    response = client.post(url(guard), typed(guard, start_time="20:00"), follow=True)
    guard.refresh_from_db()
    assert guard.starts_at == datetime(2026, 3, 5, 19, tzinfo=UTC)
    assert "nuit de semaine 12 h" in text_of(response)


def test_says_why_it_refuses(client, manager, guard):
    response = client.post(url(guard), typed(guard, end_day="05-03-2026"))
    assert errors(response)["end_day"] == ["guard_out_of_order"]
    # What is known of the guard stays as it is in the database.
    assert "vendredi 6 mars 2026, 08:00" in text_of(response)


def test_a_clash_with_another_guard_is_no_second_click(client, manager, guard):
    GuardFactory(unit=guard.unit, provider=guard.provider, weekend=True)
    same = {"start_day": "07-03-2026", "start_time": "08:00", "end_day": "09-03-2026"}
    response = client.post(url(guard), typed(guard, **same))
    assert errors(response)["provider"] == ["guard_overlap"]
    guard.refresh_from_db()
    assert guard.starts_at == datetime(2026, 3, 5, 18, tzinfo=UTC)


def test_keeps_a_doctor_who_is_no_longer_offered(client, manager, unit):
    guard = GuardFactory(unit=unit, provider__person__last_name="Parti")
    response = client.get(url(guard))
    assert "Parti" in text_of(response)


def test_shows_a_cancelled_guard_with_its_reason_and_no_form(client, manager, unit):
    TariffFactory()
    guard = GuardFactory(unit=unit, cancelled=True)
    response = client.get(url(guard))
    text = text_of(response)
    assert "échange avec un confrère" in text
    assert "ne se modifie plus" in text
    assert "csrfmiddlewaretoken" not in response.content.decode()
    assert "80,60" not in text


def test_refuses_to_change_a_cancelled_guard(client, manager, unit):
    doctor = CircleDoctorFactory(enterprise=unit.enterprise)
    guard = GuardFactory(unit=unit, provider=doctor.provider, cancelled=True)
    response = client.post(url(guard), typed(guard, start_time="20:00"))
    assert "elle ne se modifie plus" in text_of(response)
    guard.refresh_from_db()
    assert guard.starts_at.hour == 18


@pytest.mark.parametrize("method", ["get", "post"])
def test_hides_the_guards_of_another_circle(client, manager, method):
    assert getattr(client, method)(url(GuardFactory())).status_code == 404


@pytest.mark.parametrize("pk", [0, 10**30])
def test_knows_no_other_guard(client, manager, pk):
    assert client.get(reverse("bhod:guard_edit", args=[pk])).status_code == 404
