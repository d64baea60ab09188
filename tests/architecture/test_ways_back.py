"""Where only something sent is answered, whoever chooses a language or identifies himself anew comes to a page."""

from http import HTTPStatus

import pytest
from django.urls import reverse

from bhod_portal.core import places
from tests.architecture.matrix import PERSONAS, read
from tests.architecture.urls import addresses

TABLE = read()
ONLY_SENT_TO = sorted(name for name, page in addresses().items() if "GET" not in page.methods)


def choose_language(client, *, at):
    return client.post(
        reverse("csam:language_choose"), {"language": "fr"}, HTTP_REFERER=f"http://testserver{at}"
    )


@pytest.mark.parametrize("name", ONLY_SENT_TO)
def test_a_language_leads_back_to_a_page(clients, sample, name):
    address = sample.address(name)

    got = {}
    for persona in PERSONAS:
        answer = choose_language(clients[persona], at=address)
        got[persona] = clients[persona].get(answer["Location"]).status_code

    assert HTTPStatus.METHOD_NOT_ALLOWED not in got.values()
    may = [persona for persona in PERSONAS if TABLE[name, "POST"][persona] == "go"]
    assert {got[persona] for persona in may} & {200, 302}, "nobody who may send it sees where it is sent from"


@pytest.mark.parametrize("name", ONLY_SENT_TO)
def test_so_does_the_identification_on_the_way(client, sample, name):
    page = client.get(reverse("csam:identification"), {"next": sample.address(name)})

    assert client.get(page.context["next_url"]).status_code in {200, 302}


def test_where_a_page_opens_it_is_that_page_with_its_choices():
    assert places.nearest("http://testserver/bhod/gardes/?mois=2026-09") == (
        "http://testserver/bhod/gardes/?mois=2026-09"
    )


def test_what_is_no_page_stays():
    assert places.nearest("/nulle-part/") == "/nulle-part/"
