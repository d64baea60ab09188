"""The manual with the keyboard alone, without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.browser.keyboard import Keyboard
from tests.browser.test_manual import apply_at_once, walk
from training.demo.people import PIN

pytestmark = pytest.mark.browser

ENTERPRISE_NUMBER = "Numéro d'entreprise (9 chiffres)"
REGISTER = "Enregistrer mon entreprise dans CSAM"


@pytest.fixture
def keyboard(portal):
    portal.home()
    return Keyboard(portal.page, portal.address)


def log_in(keyboard, name):
    keyboard.follow("Désigner un Gestionnaire d'Accès Principal")
    keyboard.follow("avec un lecteur de cartes eID")
    keyboard.choose("Carte dans le lecteur", name)
    keyboard.type("Code PIN", PIN)
    keyboard.send()


def test_walks_the_whole_manual(keyboard, second_browser, world):
    at_another_computer = Keyboard(second_browser.page, second_browser.address)
    at_another_computer.home()
    walk(keyboard, at_another_computer, world, apply_at_once)


@pytest.mark.parametrize("wrong", ["", "123"], ids=["empty", "too short"])
def test_reaches_the_field_that_is_wrong(portal, keyboard, wrong):
    """The summary stands first under the title, and Tab leads to its link."""
    page = portal.page
    keyboard.follow("Commencer le parcours")
    log_in(keyboard, "Claire Lambert")
    keyboard.type(ENTERPRISE_NUMBER, wrong)
    keyboard.press(REGISTER)
    expect(page).to_have_title("Erreur : Enregistrement dans CSAM – SIMULATEUR")
    expect(page.locator("main h1 + *").get_by_text("Il y a un problème")).to_be_visible()
    page.keyboard.press("Tab")
    expect(portal.main.get_by_role("link", name=ENTERPRISE_NUMBER)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label(ENTERPRISE_NUMBER)).to_be_focused()
    expect(page.get_by_label(ENTERPRISE_NUMBER)).to_have_value(wrong)


def test_skips_to_the_content_and_walks_back(portal, keyboard):
    keyboard.follow("Aller au contenu")
    keyboard.follow("Commencer le parcours")
    portal.is_headed("Gestion des Gestionnaires d'Accès")
    keyboard.follow("Désigner un Gestionnaire d'Accès Principal")
    portal.is_headed("S'identifier à l'administration en ligne")
    keyboard.go_to(portal.page.get_by_role("link", name="avec un lecteur de cartes eID"))
    keyboard.go_to(portal.page.get_by_role("link", name="Aller au contenu"), key="Shift+Tab")
