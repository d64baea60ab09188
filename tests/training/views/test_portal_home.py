from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from access_mgmt.models import RoleChange
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.models import World
from csam.models import sort_name
from tests.access_mgmt.factories import RoleAssignmentFactory, RoleChangeFactory
from tests.csam.factories import AT, PersonFactory, WorldFactory
from tests.pages import shows
from training.demo.people import PASSWORD, PEOPLE, PIN, STAFF

URL = reverse("training:portal_home")


@pytest.fixture(autouse=True)
def world():
    return WorldFactory(frozen_at=AT)


def test_leads_to_the_four_systems(client):
    response = client.get(URL)

    for name in ("csam:landing", "access_mgmt:landing", "prosante_login:landing", "bhod:home"):
        assertContains(response, f'href="{reverse(name)}"')


def test_says_what_time_it_is_in_the_world(client):
    response = client.get(URL)

    assertContains(response, "mardi 10 mars 2026")
    assertContains(response, "<strong>10:00</strong>", html=True)


def test_shows_every_persona_with_where_to_begin(client):
    response = client.get(URL)

    assertContains(response, "Claire Lambert")
    assertContains(response, "Fatima Idrissi")
    assertContains(response, 'data-label="Commencer par"', count=len(PEOPLE) + len(STAFF))


def test_says_with_which_keys_a_persona_comes_in(client):
    response = client.get(URL)

    assertContains(response, PIN)
    assertContains(response, PASSWORD)
    assertContains(response, "<code>lucmoreau</code>", html=True)


def test_leads_to_what_each_persona_has_in_hand(client):
    luc = PersonFactory(niss="65062199375")
    anna = PersonFactory(niss="84451512388", sort_name=sort_name("Anna", "Kowalska"))
    agent = PersonFactory(niss="", username="agent-csam", sort_name="agent csam")

    response = client.get(URL)

    for person in (luc, anna):
        for name in ("training:persona_detail", "training:mailbox", "training:phone"):
            assertContains(response, f'href="{reverse(name, args=[person.public_id])}"')
    assertContains(response, f'href="{reverse("training:persona_detail", args=[agent.public_id])}"')


def test_shows_the_staff_with_user_names(client):
    response = client.get(URL)

    for member in STAFF:
        assertContains(response, f"<code>{member.username}</code>", html=True)
    assertContains(response, reverse("csam:request_queue"))


def test_tells_someone_else_to_quit_before_he_plays_an_agent(client):
    client.force_login(PersonFactory())

    response = client.get(URL)

    assertNotContains(response, reverse("csam:request_queue"))
    assert shows(response, "quittez d'abord")


@pytest.mark.parametrize(
    ("elapsed", "shown"),
    [
        (timedelta(minutes=0), "12 minutes"),
        (timedelta(minutes=2, seconds=1), "10 minutes"),
        (timedelta(minutes=11), "1 minute"),
        (timedelta(minutes=12), "dans un instant"),
    ],
)
def test_says_how_long_a_role_still_takes(client, elapsed, shown):
    assignment = RoleAssignmentFactory(pending=True, member__person__first_name="Hélène")
    World.objects.update(frozen_at=AT + elapsed)

    response = client.get(URL)

    assertContains(response, f'">{shown}</span>')
    assertContains(response, f"Hélène {assignment.member.person.last_name}")
    assert shows(response, assignment.function)


def test_shows_a_deletion_too(client):
    change = RoleChangeFactory(revoking=True)

    assertContains(client.get(URL), change.withdraws.member.person.last_name)


def test_says_that_a_role_is_stuck(client):
    RoleAssignmentFactory(pending=True)
    World.objects.update(mode=PropagationMode.STUCK)

    assertContains(client.get(URL), '">bloqué</span>')


def test_says_when_nothing_is_waiting(client):
    assertContains(client.get(URL), "Aucun rôle n'attend d'être propagé.")


def test_hides_what_waits_in_another_world(client):
    elsewhere = WorldFactory(code="ailleurs")
    RoleAssignmentFactory(member__quality__enterprise__world=elsewhere, pending=True)
    assert RoleChange.objects.pending().exists()

    assertContains(client.get(URL), "Aucun rôle n'attend d'être propagé.")


def test_offers_the_clock_only_in_the_demo_world(client):
    buttons = reverse("training:clock_advance")
    assertContains(client.get(URL), buttons)

    client.force_login(PersonFactory(stranger=True))

    assertNotContains(client.get(URL), buttons)


def test_asks_the_database_as_often_for_many_changes_as_for_few(client, django_assert_max_num_queries):
    for _ in range(3):
        RoleAssignmentFactory(pending=True)

    # The world, the changes, the persons, and the savepoint of the request.
    with django_assert_max_num_queries(5):
        client.get(URL)
