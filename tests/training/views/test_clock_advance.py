from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from tests.csam.factories import AT, PersonFactory, WorldFactory
from tests.pages import shows

URL = reverse("training:clock_advance")
HOME = reverse("training:portal_home")


@pytest.fixture(autouse=True)
def world():
    return WorldFactory(frozen_at=AT)


def test_moves_the_clock_and_says_so(client, world):
    response = client.post(URL, {"step": "20-minutes", "seen_offset": "0"})

    assertRedirects(response, f"{HOME}#horloge", fetch_redirect_response=False)
    assertContains(client.get(HOME), "Il est maintenant 10/03/2026 10:20.")
    world.refresh_from_db()
    assert world.clock_offset == timedelta(minutes=20)


def test_the_page_carries_what_a_click_needs(client, world):
    world.clock_offset = timedelta(days=3, minutes=5, microseconds=7)
    world.save(update_fields=["clock_offset"])
    form = client.get(HOME).context["clock_form"]

    client.post(URL, {"step": "1-jour", "seen_offset": form["seen_offset"].value()})

    world.refresh_from_db()
    assert world.clock_offset == timedelta(days=4, minutes=5, microseconds=7)


def test_a_second_click_moves_nothing(client, world):
    for _ in range(2):
        response = client.post(URL, {"step": "20-minutes", "seen_offset": "0"}, follow=True)

    assert shows(response, "L'horloge avait déjà avancé.")
    world.refresh_from_db()
    assert world.clock_offset == timedelta(minutes=20)


@pytest.mark.parametrize(
    "data", [{}, {"step": "1-an", "seen_offset": "0"}, {"step": "1-jour", "seen_offset": "x"}]
)
def test_refuses_any_other_step(client, world, data):
    response = client.post(URL, data, follow=True)

    assert shows(response, "L'horloge n'a pas bougé")
    world.refresh_from_db()
    assert world.clock_offset == timedelta(0)


def test_is_no_page(client):
    assert client.get(URL).status_code == 405


def test_is_refused_in_the_world_of_a_trainer(client):
    client.force_login(PersonFactory(stranger=True))

    response = client.post(URL, {"step": "1-jour", "seen_offset": "0"})

    assertContains(response, "Ce monde a son formateur", status_code=403)
