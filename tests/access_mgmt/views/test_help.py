import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from access_mgmt.views.manual import PARTS
from tests.architecture.urls import addresses
from tests.csam.factories import PersonFactory
from tests.csam.login import log_in

URL = reverse("access_mgmt:help")


def test_every_screen_named_is_one_of_ours_and_its_part_is_there(client, demo):
    page = client.get(URL)

    for part in set(PARTS.values()):
        assertContains(page, f'id="{part}"', count=1)
        assertContains(page, f'href="#{part}"', count=1)
    assert PARTS.keys() <= {name.removeprefix("access_mgmt:") for name in addresses()}


def test_leads_from_a_screen_to_the_part_about_it(client):
    log_in(client, PersonFactory())
    page = client.get(reverse("access_mgmt:home"))

    assertContains(page, f'href="{URL}?ecran=home"')
    assertRedirects(client.get(URL, {"ecran": "home"}), f"{URL}#accueil")


@pytest.mark.parametrize("screen", ["", "nulle-part", "//ailleurs.invalid"])
def test_any_other_screen_opens_the_whole_manual(client, demo, screen):
    assert client.get(URL, {"ecran": screen}).status_code == 200


def test_is_reached_without_logging_in(client, demo):
    assertContains(client.get(reverse("access_mgmt:landing")), f'href="{URL}?ecran=landing"')
