import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from access_mgmt.views.manual import CHAPTERS, PARTS
from tests.architecture.urls import addresses
from tests.csam.factories import PersonFactory
from tests.csam.login import log_in

URL = reverse("access_mgmt:help")


# What shows no page: files, and what leads elsewhere at once.
NO_PAGES = {
    "member_export",
    "member_import_template",
    "member_import_errors",
    "review_export",
    "role_history_export",
}


def test_every_screen_has_its_part_and_help_opens_at_it(client, demo):
    screens = {
        name.removeprefix("access_mgmt:") for name in addresses() if name.startswith("access_mgmt:")
    } - NO_PAGES
    page = client.get(URL)

    assert PARTS.keys() == screens
    for screen in screens:
        assert client.get(URL, {"ecran": screen})["Location"] == f"{URL}#{PARTS[screen]}"
    for part in (part for chapter in CHAPTERS for part in chapter.parts):
        assertContains(page, f'id="{part.slug}"', count=1)
        assertContains(page, f'href="#{part.slug}"', count=1)


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
