import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from csam.views.landing import OUTSIDE_LINKS
from tests.csam.factories import WorldFactory


@pytest.fixture(autouse=True)
def _world():
    WorldFactory()


def test_explains_both_procedures(client):
    response = client.get(reverse("csam:landing"))

    assertContains(response, "PROCÉDURE STANDARD")
    assertContains(response, f'href="{reverse("csam:enterprise_register")}"')
    assertContains(response, "PROCÉDURE EXCEPTIONNELLE")
    assertContains(response, f'href="{reverse("csam:exceptional_procedure")}"')


@pytest.mark.parametrize(
    "name",
    [
        "csam:managed_enterprises",
        "csam:bce_search",
        "csam:designation_follow_up",
        "csam:key_list",
        "usersessions_list",
    ],
)
def test_leads_to_all_that_csam_does(client, name):
    assertContains(client.get(reverse("csam:landing")), f'href="{reverse(name)}"')


def test_no_longer_says_that_itsme_is_missing(client):
    assert "ne propose pas encore" not in client.get(reverse("csam:outside", args=["itsme"])).text


@pytest.mark.parametrize("slug", sorted(OUTSIDE_LINKS))
def test_shows_where_an_outside_link_leads_without_going_there(client, slug):
    address = OUTSIDE_LINKS[slug].address

    response = client.get(reverse("csam:outside", args=[slug]))

    assertContains(response, address)
    assert f'href="{address}"' not in response.text


def test_knows_no_other_outside_link(client):
    assert client.get(reverse("csam:outside", args=["ailleurs"])).status_code == 404
