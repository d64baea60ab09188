"""The page of components: all of them, in the colours of each portal, and only where pages are built."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from bhod_portal.core.chain import PORTAL_NAMES
from tests.core.test_settings import COMPLETE, start
from tests.csam.factories import WorldFactory

COMPONENTS = Path(settings.BASE_DIR) / "templates" / "components"


@pytest.fixture
def address(db):
    WorldFactory(code="demo")
    return reverse("core:components")


def test_it_shows_every_component(client, address):
    response = client.get(address)

    # What was rendered once as a part tells nobody a second time; every page has these.
    frame = {"footer", "head", "htmx", "portal_glyph", "world_now", "nav_link", "chain", "chain_steps"}
    frame |= {"breadcrumbs"}
    parts = {"table_heading", "pagination_links", "home_link"}
    shown = {
        template.name.split("/")[-1].removesuffix(".html") for template in response.templates if template.name
    }
    assert {path.stem for path in COMPONENTS.glob("*.html")} - shown - frame - parts == set()


@pytest.mark.parametrize("portal", PORTAL_NAMES)
def test_it_wears_the_colours_of_each_portal(client, address, portal):
    response = client.get(address, {"portail": portal})

    assert f'<body data-portal="{portal}">' in response.content.decode()


def test_an_unknown_portal_is_none(client, address):
    assert '<body data-portal="formation">' in client.get(address, {"portail": "x"}).content.decode()


def test_servers_do_not_have_it():
    result = start(COMPLETE, "prod.SHOWS_COMPONENTS")

    assert json.loads(result.stdout) is False


def test_it_has_no_address_where_settings_say_so():
    code = (
        "(__import__('os').environ.update(DJANGO_SETTINGS_MODULE='bhod_portal.settings.prod'),"
        " __import__('django').setup(),"
        " [each.name for each in __import__('bhod_portal.core.urls', fromlist=['x']).urlpatterns])[-1]"
    )

    assert "components" not in json.loads(start(COMPLETE, code).stdout)
