"""NL | FR | DE | EN of every header: for this browser, and for the person."""

import pytest
from django.test import Client
from django.urls import reverse

from bhod_portal.core.models import AuditEntry
from csam.enums import Language
from csam.selectors import DEMO_WORLD_CODE
from tests.csam.factories import PersonFactory, WorldFactory
from tests.csam.login import log_in

CHOOSE = reverse("csam:language_choose")
LANDING = reverse("csam:landing")


@pytest.fixture(autouse=True)
def _demo_world():
    WorldFactory.create(code=DEMO_WORLD_CODE)


def language_of(response):
    return response.content.decode().split('<html lang="')[1][:2]


def choose(client, language, **kwargs):
    return client.post(
        CHOOSE, {"language": language}, HTTP_REFERER=f"http://testserver{LANDING}?a=b", **kwargs
    )


def test_a_visitor_comes_back_to_the_page_in_the_language_chosen(client):
    response = choose(client, "nl")

    assert response.url == f"http://testserver{LANDING}?a=b"
    page = client.get(LANDING)
    assert language_of(page) == "nl"
    assert page.headers["Content-Language"] == "nl"
    assert language_of(client.get(reverse("prosante_login:landing"))) == "nl"


def test_without_a_choice_the_browser_says_it(client):
    assert language_of(client.get(LANDING)) == "fr"
    assert language_of(client.get(LANDING, HTTP_ACCEPT_LANGUAGE="de-BE,de;q=0.9,en;q=0.5")) == "de"
    assert language_of(client.get(LANDING, HTTP_ACCEPT_LANGUAGE="it")) == "fr"


def test_a_kept_page_is_given_in_the_language_of_each_visitor(client):
    identification = reverse("csam:identification")

    assert language_of(client.get(identification)) == "fr"
    assert language_of(client.get(identification, HTTP_ACCEPT_LANGUAGE="nl")) == "nl"
    assert language_of(client.get(identification)) == "fr"


def test_the_language_follows_the_person_to_another_browser(client):
    person = PersonFactory.create()
    log_in(client, person)

    choose(client, "de")

    person.refresh_from_db()
    assert person.language == Language.GERMAN
    entry = AuditEntry.objects.get(act="csam.person.changed")
    assert (entry.done_by, entry.details) == (person, {"changed": ["language"]})
    other_client = Client()
    log_in(other_client, person)
    assert language_of(other_client.get(LANDING, HTTP_ACCEPT_LANGUAGE="en")) == "de"


def test_what_was_chosen_in_a_browser_goes_before_the_language_of_the_person(client):
    choose(client, "en")
    log_in(client, PersonFactory.create(language=Language.DUTCH))

    assert language_of(client.get(LANDING)) == "en"


def test_choosing_the_same_again_records_nothing(client):
    log_in(client, PersonFactory.create(language=Language.DUTCH))

    choose(client, "nl")

    assert not AuditEntry.objects.filter(act="csam.person.changed").exists()


@pytest.mark.parametrize("hostile", ["", "it", "xx", "nl\r\nSet-Cookie: a=b", "../../etc"])
def test_what_is_no_language_of_ours_changes_nothing(client, hostile):
    person = PersonFactory.create(language=Language.DUTCH)
    log_in(client, person)

    assert choose(client, hostile).status_code == 302

    person.refresh_from_db()
    assert person.language == Language.DUTCH
    assert language_of(client.get(LANDING)) == "nl"


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.invalid/", "//elsewhere.invalid", "javascript:alert(1)"]
)
def test_it_leads_nowhere_else(client, elsewhere):
    response = client.post(CHOOSE, {"language": "nl", "next": elsewhere}, HTTP_REFERER=elsewhere)

    assert response.url == "/"
