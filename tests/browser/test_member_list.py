"""The users list follows what is typed, in Chromium with its script on: no page is loaded, the address comes along."""

import re

import pytest
from playwright.sync_api import expect

from access_mgmt.models import QualityMember, Subdivision
from csam.models import Person
from tests.access_mgmt.factories import QualityMemberFactory
from tests.csam.factories import PersonFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def browser_context_args(browser_context_args):
    return browser_context_args | {"java_script_enabled": True}


@pytest.fixture
def list_url(portal, world):
    """The list of a quality that Sofie Janssens manages, with thirty more users; she has just opened it."""
    manager = Person.objects.get(world=world, last_name="Janssens", first_name="Sofie")
    quality = QualityMember.objects.managers().get(person=manager).quality
    for number in range(30):
        person = PersonFactory(
            world=world, last_name=f"Wouters{number}", first_name="Tom", sort_name=f"wouters{number} tom"
        )
        QualityMemberFactory(quality=quality, person=person, added_by=manager)
    url = f"{portal.address}/securite-sociale/qualites/{quality.pk}/utilisateurs/"
    portal.page.goto(url)
    portal.identify("Sofie Janssens")
    portal.is_headed("Utilisateurs")
    # The script listens once the page is whole.
    portal.page.wait_for_load_state()
    # A page that is loaded anew has no such mark.
    portal.page.evaluate("document.body.dataset.loaded = 'once'")
    return url


def rows(portal):
    return portal.page.get_by_role("table").get_by_role("row").filter(has=portal.page.get_by_role("checkbox"))


def is_settled(portal):
    """A link that has just come in works as one of the list a moment later; until then it loads a page."""
    expect(portal.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


def was_loaded_once(portal):
    return portal.page.evaluate("document.body.dataset.loaded") == "once"


def kept_by_the_browser(portal):
    """No copy of a page: the address that one is at, at most."""
    return set(portal.page.evaluate("[...Object.keys(sessionStorage), ...Object.keys(localStorage)]"))


def test_follows_what_is_typed(portal, list_url, faults):
    page = portal.page
    name = page.get_by_label("Nom", exact=True)

    name.press_sequentially("wouters1")

    expect(rows(portal)).to_have_count(11)
    expect(page.get_by_role("status").last).to_contain_text("11 utilisateurs trouvés.")
    expect(page).to_have_url(f"{list_url}?nom=wouters1")
    expect(name).to_be_focused()
    expect(page.get_by_role("link", name="Afficher tous les utilisateurs")).to_be_visible()

    name.press_sequentially("7")
    expect(rows(portal)).to_have_count(1)
    assert was_loaded_once(portal)
    page.go_back()
    expect(rows(portal)).to_have_count(11)
    expect(page.get_by_label("Nom", exact=True)).to_have_value("wouters1")
    assert kept_by_the_browser(portal) <= {"htmx-current-path-for-history"}
    assert faults == []


def test_sorts_and_turns_pages_in_place(portal, list_url, faults):
    page = portal.page
    page.get_by_role("combobox", name="Type").select_option(label="Utilisateur")
    expect(page).to_have_url(f"{list_url}?type=utilisateur")
    is_settled(portal)

    page.get_by_role("table").get_by_role("link", name="Nom").first.press("Enter")
    expect(rows(portal).first).to_contain_text("Wouters9")
    expect(page).to_have_url(f"{list_url}?type=utilisateur&tri=-nom")
    expect(page.get_by_role("table").get_by_role("link", name="Nom").first).to_be_focused()
    is_settled(portal)

    page.get_by_role("link", name="Suivante").click()
    expect(page).to_have_url(f"{list_url}?type=utilisateur&tri=-nom&page=2")
    expect(page.get_by_role("status").last).to_contain_text("Page 2")
    assert was_loaded_once(portal)
    assert faults == []


def test_leaves_no_niss_anywhere(portal, list_url, faults):
    page, niss = portal.page, Person.objects.get(last_name="Wouters12").niss
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.get_by_label("NISS", exact=True).first.fill(niss)
    page.get_by_label("NISS", exact=True).first.press("Tab")

    expect(rows(portal)).to_have_count(1)
    expect(page).to_have_url(re.compile(rf"^{re.escape(list_url)}\?recherche=[0-9a-f-]{{36}}$"))
    assert was_loaded_once(portal)
    assert not [url for url in asked if niss in url]
    assert kept_by_the_browser(portal) <= {"htmx-current-path-for-history"}

    page.get_by_label("NISS", exact=True).first.fill("71")
    page.get_by_label("NISS", exact=True).first.press("Tab")
    expect(page.get_by_role("alert")).to_contain_text("NISS")
    expect(page.get_by_role("status").last).to_contain_text("Aucun utilisateur trouvé.")
    assert faults == []


def test_leads_to_the_identification_when_the_session_is_over(portal, list_url):
    portal.page.context.clear_cookies(name="sessionid")

    portal.page.get_by_role("combobox", name="Type").select_option(label="Utilisateur")

    portal.page.wait_for_url(re.compile(r"/csam/identification/|/403"))


@pytest.mark.parametrize("path", ["/securite-sociale/recherche/", "/securite-sociale/subdivisions/{branch}/"])
def test_every_list_of_users_does(portal, list_url, faults, path):
    branch = Subdivision.objects.get(name="Secrétariat")
    address = portal.address + path.format(branch=branch.pk)
    QualityMember.objects.filter(person__last_name__startswith="Wouters2").update(subdivision=branch)
    portal.page.goto(address)
    portal.page.evaluate("document.body.dataset.loaded = 'once'")

    portal.page.get_by_label("Nom", exact=True).press_sequentially("wouters21")

    expect(portal.page.get_by_role("status").last).to_contain_text("Un utilisateur trouvé.")
    expect(portal.page).to_have_url(f"{address}?nom=wouters21")
    expect(portal.page.get_by_role("table").get_by_text("Wouters21").first).to_be_visible()
    assert was_loaded_once(portal)
    assert faults == []
