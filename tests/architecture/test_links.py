"""No dead link: whatever a page offers to click opens for who sees it, and the place on the page is there."""

from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import resolve, reverse

from tests.architecture.urls import addresses
from tests.personas import HAUTE_MEUSE, choose_profile, visit_as
from tests.unmeasured import unmeasured

# Enough of each kind of page; the hundredth month of guards is no other page than the third.
PER_PAGE_NAME = 3
VISITORS = ("", "yves", "claire", "luc", "sarah", "sofie", "nadia", "marc", "olivier")
OF_THE_CIRCLE = ("nadia", "marc", "olivier")

pytestmark = pytest.mark.usefixtures("demo_world")


class Offer(HTMLParser):
    """What a page offers: links, files, forms that are asked for, and the places on it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.files: list[str] = []
        self.places: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.places.add(attributes.get("id", ""))
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        if tag == "form" and attributes.get("method", "get") == "get" and attributes.get("action"):
            self.links.append(attributes["action"])
        # A picture that the page itself holds is no file.
        if not attributes.get("src", "data:").startswith("data:"):
            self.files.append(attributes["src"])
        if tag == "link":
            self.files.append(attributes["href"])


def name_of(address: str) -> str:
    return resolve(urlsplit(address).path).view_name


class Walk:
    """Everything that one visitor can reach by clicking, from the pages that have an address of their own."""

    def __init__(self, client: Client, starts: list[str]) -> None:
        self.client = client
        self.dead: list[str] = []
        self.seen: dict[str, Offer | None] = {}
        self.visits: Counter[str] = Counter()
        for start in starts:
            self.follow(start, source="")

    def follow(self, link: str, *, source: str) -> None:
        address, place = urldefrag(urljoin(source, link))
        if urlsplit(address).netloc:
            self.dead.append(f"{source}: {link} leaves the simulator")
            return
        offer = self.open(address, source=source)
        if offer and place and place not in offer.places:
            self.dead.append(f"{source}: no place {place} on {address}")

    def open(self, address: str, *, source: str) -> Offer | None:
        if address in self.seen:
            return self.seen[address]
        self.seen[address] = None
        name = name_of(address)
        self.visits[name] += 1
        if self.visits[name] > PER_PAGE_NAME:
            return None
        answer = self.client.get(address, follow=True)
        if answer.status_code != 200:
            # A refusal is no dead end: the matrix holds each to say why.
            if source and answer.status_code != 403:
                self.dead.append(f"{source}: {address} answers {answer.status_code}")
            return None
        if not answer["Content-Type"].startswith("text/html"):
            # A file to keep leads nowhere.
            return None
        offer = self.seen[address] = Offer(answer.content.decode())
        here = answer.redirect_chain[-1][0] if answer.redirect_chain else address
        for link in offer.links:
            self.follow(link, source=here)
        for file in offer.files:
            if not finders.find(file.removeprefix(settings.STATIC_URL)):
                self.dead.append(f"{here}: no file {file}")
        return offer


def starts() -> list[str]:
    """The pages that need no argument. Not whole: what one may not open is no link that someone was offered."""
    return [
        reverse(each.name) for each in addresses().values() if not each.converters and "GET" in each.methods
    ]


@pytest.mark.parametrize("visitor", VISITORS, ids=lambda name: name or "nobody")
def test_every_link_opens(client, demo_world, visitor):
    if visitor:
        visit_as(client, visitor)
    if visitor in OF_THE_CIRCLE:
        choose_profile(client, demo_world.enterprises.get(bce_number=HAUTE_MEUSE).pk)

    walk = unmeasured(lambda: Walk(client, starts()))

    assert walk.dead == []
    assert len(walk.visits) > 10


class TestTheGuard:
    """Planted mistakes are caught."""

    @pytest.mark.parametrize(
        ("html", "said"),
        [
            ('<a href="/csam/qui-suis-je/#nulle-part">a</a>', "no place nulle-part"),
            ('<a href="/csam/lien-externe/nulle-part/">a</a>', "answers 404"),
            ('<a href="https://www.csam.be/">a</a>', "leaves the simulator"),
            ('<img src="/static/img/nulle-part.svg">', "no file"),
        ],
    )
    def test_a_link_that_is_dead(self, client, html, said):
        visit_as(client, "yves")
        walk = Walk(client, [])
        offer = Offer(html)

        for link in offer.links:
            walk.follow(link, source="/")
        walk.dead += [
            f"no file {file}" for file in offer.files if not finders.find(file.removeprefix("/static/"))
        ]

        assert [fault for fault in walk.dead if said in fault]
