"""« Pourquoi ? » for persons of the demo world, before anything was done in it."""

import pytest
from django.urls import reverse

from bhod_portal.core.models import World
from tests.pages import shows
from tests.personas import HAUTE_MEUSE, LEIESTREEK, VAL_DE_SENNE, choose_profile, visit_as

GARDE_SAMBRE = "0999999427"
URL = reverse("training:why")

# Who asks, about which organisation, what for, and the link that is named.
ASKED = [
    ("yves", HAUTE_MEUSE, "bhod", "member"),
    ("helene", VAL_DE_SENNE, "bhod", "registered"),
    ("claire", VAL_DE_SENNE, "bhod", "registered"),
    ("alain", GARDE_SAMBRE, "bhod", "known"),
    ("olivier", HAUTE_MEUSE, "bhod", "function"),
    ("jan", LEIESTREEK, "bhod", "quality"),
    ("luc", HAUTE_MEUSE, "bhod", "member"),
    ("sofie", HAUTE_MEUSE, "bhod", "function"),
    ("marc", HAUTE_MEUSE, "bhod", "profile"),
    ("marc", HAUTE_MEUSE, "finances", "function"),
    ("nadia", HAUTE_MEUSE, "finances", "profile"),
    ("ana", "", "mandats", "profile"),
    ("yves", "", "mandats", "given"),
]


@pytest.fixture
def demo(demo_world, db):
    return World.objects.get(pk=demo_world.pk)


@pytest.mark.parametrize(("name", "number", "target", "key"), ASKED)
def test_names_the_link(client, demo, name, number, target, key):
    page = visit_as(client, name).get(URL, {"numero": number, "pour": target})

    assert page.context["answer"].broken.key == key


def test_nothing_is_missing_once_the_profile_is_chosen(client, demo):
    visit_as(client, "marc")
    choose_profile(client, World.objects.get(pk=demo.pk).enterprises.get(bce_number=HAUTE_MEUSE).pk)

    page = client.get(URL, {"numero": HAUTE_MEUSE})

    assert page.context["answer"].is_whole
    assert shows(page, "Rien ne manque")
