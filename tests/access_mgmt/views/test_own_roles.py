"""« Mes fonctions »: what one has oneself, to read."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from access_mgmt.enums import Function
from tests.access_mgmt.factories import QualityMemberFactory, RoleAssignmentFactory
from tests.csam.factories import AccessManagerFactory, PersonFactory
from tests.csam.login import log_in
from tests.pages import shows

URL = reverse("access_mgmt:own_roles")

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def user(client):
    user = QualityMemberFactory()
    log_in(client, user.person)
    return user


def test_shows_his_functions_with_their_state(client, user):
    RoleAssignmentFactory(member=user, pending=True)
    manager = QualityMemberFactory(quality=user.quality, local_manager=True)

    page = client.get(URL)

    assert shows(page, Function.FILEMANAGER_CIRCLE.label)
    assert shows(page, "en attente")
    assert shows(page, "Attribution dans")
    assert shows(page, f"Gérée par : {manager.person}")
    assertContains(page, f'hx-get="{URL}" hx-trigger="every 30s"')
    assertContains(page, '<noscript><meta http-equiv="refresh" content="30"></noscript>')
    assertContains(page, reverse("access_mgmt:responsibles"))


def test_offers_nothing_to_change(client, user):
    assignment = RoleAssignmentFactory(member=user, effective=True)

    page = client.get(URL)

    assert shows(page, "active")
    assertNotContains(page, "hx-trigger")
    assertNotContains(page, "http-equiv")
    for name in ("role_edit", "role_delete"):
        assertNotContains(page, reverse(f"access_mgmt:{name}", args=[assignment.pk]))
    assert client.post(URL).status_code == 405


def test_shows_nobody_elses(client, user):
    RoleAssignmentFactory(member__quality=user.quality, function=Function.GUARDPOST_CIRCLE)

    assert not shows(client.get(URL), Function.GUARDPOST_CIRCLE.label)
    assert shows(client.get(URL), "Aucune fonction ne vous est attribuée ici")


def test_leaves_out_what_was_taken_away(client, user):
    RoleAssignmentFactory(member=user, revoked=True)

    assert not shows(client.get(URL), Function.FILEMANAGER_CIRCLE.label)


def test_says_that_one_is_blocked(client):
    blocked = QualityMemberFactory(blocked=True)
    log_in(client, blocked.person)

    assert shows(client.get(URL), "Vos accès dans cette qualité sont bloqués")


@pytest.mark.parametrize("manages", [False, True])
def test_who_is_in_no_quality_is_told_how_to_come_into_one(client, manages):
    person = AccessManagerFactory().person if manages else PersonFactory()
    log_in(client, person)

    assert shows(client.get(URL), "peut vous ajouter par votre NISS")


@pytest.mark.parametrize("qualities", [1, 5])
def test_asks_the_database_as_often_for_many_qualities(
    client, user, django_assert_max_num_queries, qualities
):
    for _each in range(qualities):
        RoleAssignmentFactory(member=QualityMemberFactory(person=user.person), pending=True)

    with django_assert_max_num_queries(9):
        client.get(URL)


def test_the_refusal_of_the_managers_page_leads_there(client, user):
    response = client.get(reverse("access_mgmt:role_list", args=[user.pk]))

    assert response.status_code == 403
    assert shows(response, "Mes fonctions")
    assertContains(response, f'href="{URL}"', status_code=403)
