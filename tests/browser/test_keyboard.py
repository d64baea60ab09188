"""The first steps of the manual with the keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.keyboard import Keyboard
from training.demo.people import PIN

pytestmark = pytest.mark.browser

ENTERPRISE_NUMBER = "Numéro d'entreprise (9 chiffres)"
REGISTER = "Enregistrer mon entreprise dans CSAM"


@pytest.fixture
def keyboard(portal):
    portal.home()
    return Keyboard(portal.page)


def log_in(keyboard, name):
    keyboard.follow("Désigner un Gestionnaire d'Accès Principal")
    keyboard.follow("avec un lecteur de cartes eID")
    keyboard.choose("Carte dans le lecteur", name)
    keyboard.type("Code PIN", PIN)
    keyboard.send()


def test_registers_an_enterprise(portal, keyboard):
    keyboard.follow("Commencer le parcours")
    log_in(keyboard, "Claire Lambert")
    portal.is_headed("Enregistrement dans CSAM")
    keyboard.type(ENTERPRISE_NUMBER, "0999.999.031")
    keyboard.press(REGISTER)
    portal.is_headed("Désigner un Gestionnaire d'Accès Principal")
    keyboard.tick("Moi-même, Claire Lambert")
    keyboard.press("Suivant", with_key="Space")
    portal.is_headed("Vérifiez les données")
    keyboard.tick("oui, je confirme")
    keyboard.press("Confirmer")
    portal.is_headed("Votre entreprise est enregistrée dans CSAM")
    keyboard.follow("Activer la qualité « eHealth Soins de Santé » dans Gestion des accès")
    portal.is_headed("Gestion des accès pour entreprises et organisations")


def test_reaches_the_field_that_is_wrong(portal, keyboard):
    keyboard.follow("Commencer le parcours")
    log_in(keyboard, "Claire Lambert")
    keyboard.type(ENTERPRISE_NUMBER, "123")
    keyboard.press(REGISTER)
    expect(portal.page).to_have_title("Erreur : Enregistrement dans CSAM – SIMULATEUR")
    keyboard.follow(ENTERPRISE_NUMBER)
    expect(portal.page.get_by_label(ENTERPRISE_NUMBER)).to_be_focused()
    expect(portal.page.get_by_label(ENTERPRISE_NUMBER)).to_have_value("123")


def test_skips_to_the_content_and_walks_back(portal, keyboard):
    keyboard.follow("Aller au contenu")
    keyboard.follow("Commencer le parcours")
    portal.is_headed("Gestion des Gestionnaires d'Accès")
    keyboard.follow("Désigner un Gestionnaire d'Accès Principal")
    portal.is_headed("S'identifier à l'administration en ligne")
    keyboard.go_to(portal.page.get_by_role("link", name="avec un lecteur de cartes eID"))
    keyboard.go_to(portal.page.get_by_role("link", name="Aller au contenu"), key="Shift+Tab")
