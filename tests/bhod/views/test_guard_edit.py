import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from bhod.enums import GuardState
from bhod.models import GuardChange
from bhod.services.guards import cancel_guard, change_guard
from tests.bhod.factories import AT, CircleDoctorFactory, GuardFactory
from tests.bhod.payment_factories import TariffFactory
from tests.html_guard import assert_clean
from tests.pages import errors, main_of, text_of

HOUR = timedelta(hours=1)


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
    assert "<form" not in main_of(response)
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


class TestOvertaken:
    """Somebody else changes the guard while its page is open."""

    @pytest.fixture
    def page(self, client, manager, guard):
        """What the form sends after somebody else made the guard begin at 20:00."""
        hidden = client.get(url(guard)).context["form"].initial
        change_guard(
            guard=guard,
            unit=guard.unit,
            provider=guard.provider,
            starts_at=guard.starts_at + HOUR,
            ends_at=guard.ends_at,
            by=manager,
            at=AT,
        )
        guard.refresh_from_db()
        return lambda **changes: (
            typed(guard, **changes)
            | {
                "version": hidden["version"],
                "seen": json.dumps(hidden["seen"]),
            }
        )

    def test_tells_who_changed_what_and_keeps_what_was_typed(self, client, page, guard):
        response = client.post(url(guard), page(end_time="07:30"))

        text = text_of(response)
        assert f"{GuardChange.objects.get().done_by}" in text
        assert "Heure de début : vous aviez sous les yeux « 19:00 », à présent « 20:00 »" in text
        assert 'value="07:30"' in response.content.decode()
        guard.refresh_from_db()
        assert guard.version == 2

    def test_lets_him_save_after_that(self, client, page, guard):
        form = client.post(url(guard), page(end_time="07:30")).context["form"]
        again = {name: form[name].value() for name in (*typed(guard), "version", "seen")}
        client.post(url(guard), again)
        guard.refresh_from_db()
        assert (guard.starts_at.hour, guard.ends_at.hour, guard.ends_at.minute) == (19, 6, 30)

    def test_refuses_nothing_to_who_wants_what_stands(self, client, page, guard):
        response = client.post(url(guard), page(start_time="20:00"), follow=True)
        assert "Cette garde est déjà ainsi : rien n'a changé." in text_of(response)

    def test_says_that_it_was_cancelled_and_offers_what_was_typed_as_a_new_one(
        self, client, manager, page, guard
    ):
        cancel_guard(guard=guard, reason="malade", by=manager, at=AT)
        response = client.post(url(guard), page(start_day="12-03-2026", end_day="13-03-2026"))
        assert "elle ne se modifie plus" in text_of(response)
        asked = f"jour=2026-03-12&amp;unite={guard.unit_id}&amp;medecin={guard.provider_id}"
        assert asked in response.content.decode()


def test_says_beforehand_what_would_be_refused(client, manager, guard):
    response = client.post(url(guard), typed(guard, end_day="05-03-2026") | {"verifier": "1"})
    assert "Ainsi, cette garde serait refusée" in text_of(response)
    response = client.post(url(guard), typed(guard, start_time="20:00") | {"verifier": "1"})
    assert "1 médecin sera prévenu par e-mail" in text_of(response)
    guard.refresh_from_db()
    assert guard.version == 1


def test_says_that_a_confirmed_guard_is_to_be_confirmed_anew(client, manager, unit):
    doctor = CircleDoctorFactory(enterprise=unit.enterprise)
    guard = GuardFactory(unit=unit, provider=doctor.provider, confirmed=True)
    assert "à confirmer à nouveau" in text_of(client.get(url(guard)))
    client.post(url(guard), typed(guard, start_time="20:00"))
    guard.refresh_from_db()
    assert guard.state == GuardState.REGISTERED


@pytest.mark.parametrize(("ticked", "state"), [("on", GuardState.DRAFT), ("", GuardState.REGISTERED)])
def test_keeps_or_registers_a_draft(client, manager, unit, ticked, state):
    doctor = CircleDoctorFactory(enterprise=unit.enterprise)
    guard = GuardFactory(unit=unit, provider=doctor.provider, draft=True)
    assert client.get(url(guard)).context["form"].initial["draft"] is True
    client.post(url(guard), typed(guard, start_time="20:00") | {"draft": ticked})
    guard.refresh_from_db()
    assert guard.state == state


def test_nothing_registered_becomes_a_draft(client, manager, guard):
    client.post(url(guard), typed(guard, start_time="20:00") | {"draft": "on"})
    guard.refresh_from_db()
    assert guard.state == GuardState.REGISTERED
