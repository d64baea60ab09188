"""The statement of accessibility: every page leads to it, and it leads to where one can complain."""

from django.urls import reverse
from pytest_django.asserts import assertContains

from bhod_portal.core.views.accessibility import LAST_CHECKED


def test_every_footer_leads_there(client, demo_world):
    assertContains(client.get(reverse("csam:landing")), f'href="{reverse("core:accessibility")}"')


def test_says_what_nobody_has_tried_and_where_to_write(client, demo_world):
    page = client.get(reverse("core:accessibility"))

    assertContains(page, "Aucune personne qui utilise un lecteur d'écran")
    assertContains(page, f"{LAST_CHECKED:%d/%m/%Y}")
    assertContains(page, f'href="{reverse("access_mgmt:contact")}"')
