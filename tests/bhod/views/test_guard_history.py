from datetime import timedelta

import pytest
from django.urls import reverse

from bhod.services.guards import cancel_guard, change_guard, confirm_guard, register_guard
from tests.bhod.factories import AT, CircleDoctorFactory, GuardFactory, GuardUnitFactory
from tests.html_guard import assert_clean
from tests.pages import text_of


def url(guard):
    return reverse("bhod:guard_history", args=[guard.pk])


@pytest.fixture
def guard(unit, manager):
    """Entered, moved to another unit with an hour less, confirmed, cancelled."""
    plain = GuardFactory.build()
    provider = CircleDoctorFactory(enterprise=unit.enterprise).provider
    hours = {"starts_at": plain.starts_at, "ends_at": plain.ends_at}
    guard = register_guard(unit=unit, provider=provider, **hours, by=manager, at=AT)
    east = GuardUnitFactory(enterprise=unit.enterprise, name="Est")
    hours["ends_at"] -= timedelta(hours=1)
    change_guard(guard=guard, unit=east, provider=provider, **hours, by=manager, at=AT)
    confirm_guard(guard=guard, by=manager, at=AT)
    cancel_guard(guard=guard, reason="doublon", by=manager, at=AT)
    return guard


def test_shows_each_act_with_what_differs(client, manager, guard):
    response = client.get(url(guard))

    assert_clean(response.content.decode())
    lines = response.context["history"]
    found = [[(each.before, each.after) for each in line.differences] for line in lines]
    assert found == [
        [("confirmée", "annulée")],
        [("enregistrée", "confirmée")],
        [("Ouest", "Est"), ("06/03/2026 08:00", "06/03/2026 07:00")],
        [
            ("", "Ouest"),
            ("", str(guard.provider.person)),
            ("", "05/03/2026 19:00"),
            ("", "06/03/2026 08:00"),
            ("", "enregistrée"),
        ],
    ]
    text = text_of(response)
    assert "Motif : doublon" in text
    assert str(manager) in text


def test_is_linked_from_the_page_of_a_guard(client, manager, guard):
    html = client.get(reverse("bhod:guard_edit", args=[guard.pk])).content.decode()
    assert url(guard) in html
    assert reverse("bhod:guard_split", args=[guard.pk]) not in html


def test_says_that_nothing_was_kept(client, manager, unit):
    assert "avant que l'application ne tienne un historique" in text_of(
        client.get(url(GuardFactory(unit=unit)))
    )


def test_asks_as_little_for_many_acts(client, manager, guard, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        client.get(url(guard))


def test_hides_the_guards_of_another_circle(client, manager):
    assert client.get(url(GuardFactory())).status_code == 404
