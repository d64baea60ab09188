"""The pages of ours are held to the register: each label of the pieces built so far is shown, each link leads somewhere."""

from collections import defaultdict
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, get_resolver, resolve

from tests.fidelity import states
from tests.fidelity.pages import Page
from tests.fidelity.registry import labels

# The last piece of work that is there; a label of a later one may be missing.
CURRENT_ISSUE = 6

# What one clicks on.
LEADING = {"link", "menu", "tab"}

DUE = [label for label in labels() if label.issue <= CURRENT_ISSUE]


pytestmark = pytest.mark.usefixtures("demo_world")


def _screens():
    screens = defaultdict(list)
    for label in DUE:
        if label.page:
            screens[label.page, label.state].append(label)
    return [
        pytest.param(*key, found, id=":".join(filter(None, key))) for key, found in sorted(screens.items())
    ]


@pytest.mark.parametrize(("name", "state", "expected"), _screens())
def test_shows_the_words_of_the_documents(client, name, state, expected):
    # Some of these people read Dutch or German; the documents are French.
    client.cookies["django_language"] = "fr"
    html = getattr(states, state)(client) if state else states.anybody(client, name)

    page = Page(html)

    missing = [str(label) for label in expected if not page.shows(label.shown, kind=label.kind)]
    dead = [
        f"{label} leads to {page.links(label.shown)}"
        for label in expected
        if label.kind in LEADING and label.target and not _leads_to(page.links(label.shown), label.target)
    ]
    assert missing + dead == []


@pytest.mark.parametrize("target", sorted({label.target for label in DUE if label.target}))
def test_every_target_of_a_link_is_a_page(target):
    *namespace, name = target.split()[0].split(":")
    pages = get_resolver().namespace_dict[namespace[0]][1] if namespace else get_resolver()

    assert name in pages.reverse_dict


def test_every_state_is_reached():
    """A state that no label names is left over; one that a due label names must exist."""
    named = {label.state for label in labels() if label.state}
    due = {label.state for label in DUE if label.state}
    written = {name for name in vars(states) if getattr(states, name) in states.STATES}
    assert due <= written <= named


def _leads_to(addresses: set[str], target: str) -> bool:
    """Whether one of them is the page named as in the register: the URL's name, and its arguments where they matter."""
    name, *arguments = target.split()
    return any(_is_page(address, name, arguments) for address in addresses)


def _is_page(address: str, name: str, arguments: list[str]) -> bool:
    try:
        match = resolve(urlsplit(address).path)
    except Resolver404:
        return False
    found = [str(value) for value in match.captured_kwargs.values()]
    return match.view_name == name and (not arguments or found == arguments)
