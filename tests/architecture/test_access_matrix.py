"""The access matrix: each page of ours gives each kind of person what the table says, and no page has no row."""

import re
from http import HTTPStatus
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.template.loader import get_template
from django.test import Client
from django.urls import URLResolver, path, resolve, reverse
from django.urls.resolvers import RegexPattern
from django.views import View

from tests.architecture.matrix import PERSONAS, read
from tests.architecture.transfer import faults_in
from tests.architecture.urls import addresses
from tests.architecture.where import HOMES, crumbs_of, lost
from tests.html_guard import assert_clean
from tests.unmeasured import unmeasured

# Eleven digits in a row may stand in one by chance.
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TABLE = read()
ROWS = [pytest.param(name, method, id=f"{name} {method}") for name, method in TABLE]
# What 403.html says when the refusal gives no sentence of its own.
WITHOUT_REASON = "Vous n'avez pas le droit d'ouvrir cette page."


def kind_of(answer: HttpResponse) -> str:
    """What someone got, in the words of the table."""
    if answer.status_code not in {301, 302, 303}:
        return str(answer.status_code)
    where = answer["Location"].split("?")[0]
    known = {
        "csam:identification": "in",
        "csam:level_too_weak": "lvl",
        "prosante_login:profile_choose": "cho",
    }
    return next((kind for name, kind in known.items() if where == reverse(name)), "go")


def ask(client: Client, persona: str, method: str, address: str) -> str:
    """Ask for a page and undo what that has written."""
    with transaction.atomic():
        answer = client.get(address) if method == "GET" else client.post(address)
        where = UUID.sub("", answer.get("Location", ""))
        assert not re.search(r"\d{11}", where), f"a NISS in {where}"
        if answer["Content-Type"].startswith("text/html"):
            html = answer.content.decode()
            assert_clean(html)
            assert WITHOUT_REASON not in html, f"{address} refuses and does not say why"
            # What leads elsewhere, or refuses the method, has nothing to read.
            if html:
                at_home = answer.status_code == HTTPStatus.OK and view_at(address) in HOMES
                faults = lost(html, home=at_home, logged_in=persona != "anon") + closed(html, persona)
                assert faults + faults_in(html) == [], f"{address} for {persona}"
        transaction.set_rollback(True)
    return kind_of(answer)


def view_at(address: str) -> str:
    return resolve(urlsplit(address).path).view_name


def closed(html: str, persona: str) -> list[str]:
    """The breadcrumbs that don't open for this person."""
    names = {address: view_at(address) for address in crumbs_of(html)}
    return [address for address, name in names.items() if TABLE[name, "GET"][persona] not in {"200", "go"}]


@pytest.fixture(autouse=True)
def _no_new_world(monkeypatch):
    # Starting afresh is asked for by everyone: the old world really goes, a new one would cost half a second each time.
    monkeypatch.setattr("training.services.worlds.load_demo_world", lambda **_: None)


@pytest.mark.parametrize(("name", "method"), ROWS)
def test_everyone_gets_what_the_table_says(clients, sample, name, method):
    address = sample.address(name)

    got = unmeasured(
        lambda: {persona: ask(clients[persona], persona, method, address) for persona in PERSONAS}
    )

    expected = TABLE[name, method]
    assert {who: what for who, what in got.items() if what != expected[who]} == {}


def without_row(resolver=None):
    asked = {(address.name, method) for address in addresses(resolver).values() for method in address.methods}
    return sorted(asked - TABLE.keys())


def test_every_page_has_a_row():
    assert without_row() == []


def test_every_row_has_a_page():
    asked = {(address.name, method) for address in addresses().values() for method in address.methods}
    assert sorted(TABLE.keys() - asked) == []


class TestTheGuard:
    """Planted mistakes are caught."""

    def test_a_page_without_a_row(self):
        class PlantedView(View):
            def get(self, request):
                raise NotImplementedError

        PlantedView.__module__ = "csam.views.planted"
        view = PlantedView.as_view()
        view.__module__ = "csam.views.planted"
        named = URLResolver(RegexPattern(""), [path("a/", view, name="planted"), path("b/", view)])
        assert without_row(named) == [("/b/", "GET"), ("planted", "GET")]

    @pytest.mark.parametrize(
        "table",
        ["anon far\ncsam:landing GET 200", "anon\ncsam:landing GET 200\ncsam:landing GET 200"],
        ids=["a cell too few", "a row twice"],
    )
    def test_a_table_with_a_hole(self, table):
        with pytest.raises(AssertionError):
            read(table)

    def test_a_refusal_without_a_reason(self):
        """The sentence looked for is the one that the page shows then."""
        assert WITHOUT_REASON in get_template("403.html").template.source

    def test_an_answer_that_the_table_does_not_give(self, clients):
        assert ask(clients["anon"], "anon", "GET", reverse("csam:whoami")) == "in"
        assert ask(clients["yves"], "yves", "GET", reverse("csam:whoami")) == "200"

    def test_a_page_that_does_not_say_where_one_is(self, clients):
        html = clients["yves"].get(reverse("csam:whoami")).content.decode()

        assert lost(html, home=False, logged_in=True) == []
        assert lost(html, home=True, logged_in=True) == ["breadcrumbs on a home"]
        for gone in (
            "<h1",
            '<nav class="chain"',
            'aria-current="step"',
            'class="breadcrumbs"',
            '<form class="languages"',
            'aria-current="page"',
            'href="/csam/qui-suis-je/"',
            'href="/csam/quitter/"',
        ):
            assert lost(html.replace(gone, "<i"), home=False, logged_in=True) != [], gone

    def test_a_crumb_that_does_not_open(self):
        html = f'<nav class="breadcrumbs"><a href="{reverse("bhod:finance_overview")}">a</a></nav>'

        assert closed(html, "marc") == [reverse("bhod:finance_overview")]
        assert closed(html, "nadi") == []
