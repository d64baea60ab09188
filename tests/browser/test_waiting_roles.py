"""« Fonctions exercées » while a change is on its way, in Chromium with its script on: rows follow, the form is left alone."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from access_mgmt.enums import Function
from access_mgmt.models import QualityMember
from access_mgmt.services import propagation
from access_mgmt.views import refreshing
from bhod_portal.core import clock
from csam.models import Person
from tests.access_mgmt.factories import QualityMemberFactory
from tests.browser.keyboard import Keyboard
from tests.csam.factories import PersonFactory

pytestmark = pytest.mark.browser
ADMINISTRATIVE, MANAGER = Function.GUARDPOST_CIRCLE.label, Function.FILEMANAGER_CIRCLE.label


@pytest.fixture
def browser_context_args(browser_context_args):
    return browser_context_args | {"java_script_enabled": True}


@pytest.fixture(autouse=True)
def _often(monkeypatch):
    monkeypatch.setattr(refreshing, "REFRESH_SECONDS", 1)


@pytest.fixture
def member(world):
    """Somebody new in the quality that Sofie Janssens manages."""
    manager = Person.objects.get(world=world, last_name="Janssens", first_name="Sofie")
    quality = QualityMember.objects.managers().get(person=manager).quality
    return QualityMemberFactory(quality=quality, person=PersonFactory(world=world), added_by=manager)


@pytest.fixture
def page(portal, member):
    """The functions of the member, of which one was just added."""
    page = portal.page
    page.goto(f"{portal.address}/securite-sociale/utilisateurs/{member.pk}/fonctions/")
    portal.identify("Sofie Janssens")
    portal.is_headed("Fonctions exercées")
    portal.choose("Fonction", ADMINISTRATIVE)
    portal.type("Date de début", "1-1-2020")
    portal.press("Ajouter")
    expect(row(page)).to_contain_text("en attente")
    page.evaluate("document.body.dataset.loaded = 'once'")
    return page


def row(page):
    return page.get_by_role("table", name="Fonctions :").get_by_role("row", name=ADMINISTRATIVE)


def said_aloud(page):
    return page.get_by_role("status").filter(has_text="en route")


def was_loaded_once(page):
    return page.evaluate("document.body.dataset.loaded") == "once"


def arrive(world):
    later = clock.real_now() + timedelta(minutes=20)
    assert propagation.apply_due_changes(real_now=later) >= 1


def test_a_row_becomes_active_beside_what_is_being_typed(page, world, faults):
    expect(row(page)).to_contain_text("en attente")
    expect(said_aloud(page)).to_have_text("Un changement est en route.")
    page.get_by_role("combobox", name="Fonction").select_option(label=MANAGER)
    page.get_by_label("Date de début").press_sequentially("16-9-")

    arrive(world)

    expect(row(page)).to_contain_text("active")
    expect(said_aloud(page)).to_have_text("Plus aucun changement n'est en route.")
    expect(page.get_by_role("main")).not_to_contain_text("Ceci s'actualise")
    expect(page.get_by_label("Date de début")).to_be_focused()
    page.keyboard.type("2026")
    expect(page.get_by_label("Date de début")).to_have_value("16-9-2026")
    expect(page.get_by_role("combobox", name="Fonction")).to_have_value(Function.FILEMANAGER_CIRCLE.value)
    assert was_loaded_once(page)
    assert faults == []


def test_the_focus_stays_in_a_row_that_is_renewed(page, world, faults):
    change_link = row(page).get_by_role("link", name="Modifier")
    change_link.focus()

    arrive(world)

    expect(row(page)).to_contain_text("active")
    expect(row(page).get_by_role("link", name="Modifier")).to_be_focused()
    assert was_loaded_once(page)
    assert faults == []


def test_stands_still_on_demand_by_keyboard(page, world, faults):
    Keyboard(page).go_to(page.get_by_role("link", name="Arrêter"))
    page.keyboard.press("Enter")
    follow = page.get_by_role("link", name="Actualiser sans cesse")
    expect(follow).to_be_focused()

    arrive(world)
    page.wait_for_timeout(2_000)
    expect(row(page)).to_contain_text("en attente")

    page.keyboard.press("Enter")
    expect(row(page)).to_contain_text("active")
    assert was_loaded_once(page)
    assert faults == []


def test_a_server_that_is_away_costs_nothing_of_what_is_typed(page, world):
    page.get_by_label("Date de début").fill("16-9-2026")
    page.route("**/fonctions/", lambda route: route.abort())
    expect(page.get_by_role("main")).to_contain_text("Le serveur ne répond pas")
    page.unroute("**/fonctions/")
    page.route("**/fonctions/", lambda route: route.fulfill(status=503, body="bientôt"))
    page.wait_for_timeout(1_500)
    page.unroute("**/fonctions/")
    arrive(world)

    expect(row(page)).to_contain_text("active")
    expect(page.get_by_label("Date de début")).to_have_value("16-9-2026")
    assert was_loaded_once(page)


def test_a_session_that_is_over_leads_to_the_identification(page):
    page.context.clear_cookies(name="sessionid")

    page.wait_for_url("**/csam/identification/**")


def test_the_queue_of_the_enterprise_follows_too(page, portal, world, faults):
    page.get_by_role("link", name="Modifications en route").click()
    portal.is_headed("Modifications en route")
    page.evaluate("document.body.dataset.loaded = 'once'")
    expect(page.get_by_role("table", name="Modifications en attente").get_by_role("row")).to_have_count(2)
    page.get_by_label("Nom ou prénom").press_sequentially("Dub")

    arrive(world)

    portal.reads("Rien n'attend : les applications voient tout ce qui a été demandé.")
    expect(page.get_by_role("link", name="Arrivées depuis 24 heures (1)")).to_be_visible()
    expect(page.get_by_label("Nom ou prénom")).to_have_value("Dub")
    expect(page.get_by_label("Nom ou prénom")).to_be_focused()
    assert was_loaded_once(page)
    assert faults == []
