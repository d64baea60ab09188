from datetime import UTC, datetime

import pytest
from django.urls import reverse

from bhod.enums import BatchKind
from bhod.models import Guard, GuardBatch
from tests.bhod.factories import CircleDoctorFactory, GuardFactory
from tests.bhod.views.bulk import confirm
from tests.html_guard import assert_clean
from tests.pages import errors, text_of

CUT = {"jour": "05-03-2026", "heure": "23:00"}


def url(guard):
    return reverse("bhod:guard_split", args=[guard.pk])


@pytest.fixture
def colleague(unit):
    return CircleDoctorFactory(enterprise=unit.enterprise).provider


@pytest.fixture
def guard(unit):
    return GuardFactory(unit=unit, provider=CircleDoctorFactory(enterprise=unit.enterprise).provider)


def test_asks_first_and_proposes_the_middle(client, manager, guard):
    response = client.get(url(guard))
    html = response.content.decode()
    assert_clean(html)
    assert 'value="06-03-2026"' in html
    assert 'value="01:00"' in html
    assert response.context["preview"] is None


def test_splits_after_a_check(client, manager, guard, colleague):
    asked = CUT | {"medecin": colleague.pk}
    shown = client.get(url(guard), asked)
    assert_clean(shown.content.decode())
    assert "2 médecins prévenus par e-mail" in text_of(shown)
    assert "Partager la garde" in text_of(shown)

    response = confirm(client, url(guard), asked)

    assert "La garde est partagée. 2 médecins prévenus par e-mail." in text_of(response)
    guard.refresh_from_db()
    assert guard.ends_at == datetime(2026, 3, 5, 22, tzinfo=UTC)
    assert Guard.objects.get(provider=colleague).starts_at == guard.ends_at
    assert GuardBatch.objects.get().kind == BatchKind.SPLIT


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"heure": "19:00"}, {"heure": ["cut_outside"]}),
        ({"jour": "07-03-2026"}, {"heure": ["cut_outside"]}),
        ({"medecin": "0"}, {"medecin": ["invalid_choice"]}),
        ({"jour": "29-03-2026", "heure": "02:30"}, {"heure": ["nonexistent_time"]}),
        ({"heure": "x"}, {"heure": ["invalid"]}),
    ],
)
def test_says_what_is_not_understood(client, manager, guard, colleague, change, wrong):
    response = client.get(url(guard), CUT | {"medecin": colleague.pk} | change)
    assert errors(response) == wrong


def test_does_nothing_by_halves(client, manager, guard, unit):
    ended = CircleDoctorFactory(enterprise=unit.enterprise, valid_until=datetime(2026, 2, 1).date()).provider  # noqa: DTZ001
    response = client.get(url(guard), CUT | {"medecin": ended.pk})
    assert "La garde ne peut pas être partagée ainsi" in text_of(response)


def test_offers_a_doctor_who_is_no_longer_on_the_list(client, manager, unit):
    guard = GuardFactory(unit=unit)
    assert str(guard.provider.person.last_name) in client.get(url(guard)).content.decode()


def test_offers_nothing_for_a_cancelled_guard(client, manager, unit):
    response = client.get(url(GuardFactory(unit=unit, cancelled=True)))
    assert "Une garde annulée ne se partage plus" in text_of(response)
    assert "Voir ce qui sera fait" not in text_of(response)


def test_warns_that_a_confirmed_guard_is_to_be_confirmed_anew(client, manager, unit):
    assert "à confirmer à nouveau" in text_of(client.get(url(GuardFactory(unit=unit, confirmed=True))))


@pytest.mark.parametrize("method", ["get", "post"])
def test_hides_the_guards_of_another_circle(client, manager, method):
    assert getattr(client, method)(url(GuardFactory())).status_code == 404
