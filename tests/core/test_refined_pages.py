"""A part of a page that a script asks for: where it is led elsewhere, the browser itself goes there."""

import pytest
from django.urls import reverse

from csam.enums import DigitalKey
from tests.access_mgmt.factories import QualityMemberFactory
from tests.csam.login import log_in

BY_SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def manager():
    return QualityMemberFactory(local_manager=True)


@pytest.fixture
def address(manager):
    return reverse("access_mgmt:member_list", args=[manager.quality.pk])


def test_leads_the_browser_to_the_identification(client, address):
    response = client.get(address, {"nom": "a"}, headers=BY_SCRIPT)

    assert response.status_code == 200
    assert response["HX-Redirect"] == client.get(address, {"nom": "a"})["Location"]
    assert "Location" not in response


def test_follows_a_redirect_to_the_page_itself(client, address, manager):
    log_in(client, manager.person, DigitalKey.EID)

    response = client.post(address, {"nom": "a"}, headers=BY_SCRIPT)

    assert response.status_code == 302
    assert response["Location"] == f"{address}?nom=a"


def test_keeps_what_the_browser_is_to_remember(client, address):
    client.cookies["sessionid"] = "a" * 32

    response = client.get(address, headers=BY_SCRIPT)

    assert "messages" in response.cookies
    assert "HX-Redirect" in response


def test_without_a_script_nothing_changes(client, address):
    assert client.get(address).status_code == 302


def test_loads_the_script_where_it_is_of_use_only(client, address, manager):
    log_in(client, manager.person, DigitalKey.EID)

    assert "htmx" in client.get(address).text
    assert "htmx" not in client.get(reverse("access_mgmt:home")).text
