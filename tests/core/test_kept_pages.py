"""A page that reads the same for everyone is rendered once; what is somebody's own is never given to another."""

import gzip
import re

import pytest
import time_machine
from django.core.cache import caches
from django.middleware.csrf import _does_token_match
from django.test import Client
from django.urls import reverse

from bhod_portal.core.kept_pages import HOLE
from tests.conftest import TYPESET, GuardedClient
from tests.csam.factories import PASSWORD, PersonFactory, WorldFactory
from tests.csam.login import log_in
from tests.pages import without_token

PAGE = reverse("csam:identification")
FORM = reverse("csam:password_login")


@pytest.fixture(autouse=True)
def _pages_are_kept(settings):
    settings.CACHES = settings.CACHES | {
        "pages": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "test",
            "TIMEOUT": 2,
        }
    }
    WorldFactory()
    yield
    caches["pages"].clear()


@pytest.fixture
def visitor():
    """A second browser."""
    return GuardedClient(enforce_csrf_checks=True)


def token_on(response):
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', response.text)[1]


def test_a_second_visitor_costs_no_query(client, visitor, max_reads):
    first = client.get(PAGE)

    with max_reads(0):
        second = visitor.get(PAGE)

    assert without_token(second) == without_token(first)
    assert second["Cache-Control"] == first["Cache-Control"]
    assert second["Content-Security-Policy"] == first["Content-Security-Policy"]


def test_each_visitor_gets_a_token_of_his_own(client, visitor, max_reads):
    first = client.get(FORM)

    with max_reads(0):
        second = visitor.get(FORM)

    assert HOLE not in first.text + second.text
    assert token_on(first) != token_on(second)
    assert _does_token_match(token_on(second), second.cookies["csrftoken"].value)
    assert not _does_token_match(token_on(first), second.cookies["csrftoken"].value)


def test_the_form_of_a_kept_page_is_accepted(client, visitor):
    person = PersonFactory(with_codes=True)
    client.get(FORM)

    token = token_on(visitor.get(FORM))

    login = {"username": person.username, "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert visitor.post(FORM, login).status_code == 302


def test_is_compressed_once_with_a_token_for_each(visitor, monkeypatch, max_reads):
    taker, other = (Client(headers={"Accept-Encoding": "gzip"}) for _ in range(2))
    first = taker.get(FORM)
    monkeypatch.setattr("bhod_portal.core.kept_pages._deflated", None)
    monkeypatch.setattr("django.middleware.gzip.compress_string", None)

    with max_reads(0):
        second = other.get(FORM)
        plain = visitor.get(FORM)

    assert first["Content-Encoding"] == second["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in second["Vary"]
    assert second["Content-Length"] == str(len(second.content))
    pages = [gzip.decompress(each.content).decode() for each in (first, second)]
    tokens = [re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1] for page in pages]
    assert tokens[0] != tokens[1]
    assert _does_token_match(tokens[1], second.cookies["csrftoken"].value)
    read = TYPESET.sub(" ", pages[1])
    assert read.replace(tokens[1], "") == plain.text.replace(token_on(plain), "")


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"path": PAGE, "data": {"next": "/csam/enregistrement/"}}, id="another address"),
        pytest.param({"path": PAGE, "headers": {"host": "127.0.0.1"}}, id="another host"),
        pytest.param({"path": PAGE, "headers": {"cookie": "csam_last_key=eid"}}, id="another last key"),
    ],
)
def test_who_asks_for_something_else_gets_his_own(client, visitor, other):
    client.get(PAGE)

    assert visitor.get(**other).context is not None


def test_who_has_a_session_gets_his_own(client, visitor):
    person = PersonFactory(first_name="Zoé")
    log_in(client, person)

    assert "Zoé" in client.get(PAGE).text
    assert "Zoé" not in visitor.get(PAGE).text
    assert "Zoé" in client.get(PAGE).text


def test_a_message_is_nobody_elses(client, visitor):
    client.cookies["sessionid"] = "gone"
    client.get(reverse("csam:enterprise_register"))

    assert "Votre session a expiré" in client.get(PAGE).text
    assert "Votre session a expiré" not in visitor.get(PAGE).text


def test_a_refused_form_is_not_kept(client, visitor):
    client.post(FORM, {"username": "quelquun", "password": "faux"})

    assert "quelquun" not in visitor.get(FORM).text


def test_is_rendered_anew_two_seconds_later(client, visitor):
    with time_machine.travel(1_790_000_000, tick=False) as clock:
        client.get(PAGE)
        clock.shift(2.5)

        assert visitor.get(PAGE).context is not None
