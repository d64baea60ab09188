"""A GAP at work in « Gestion des Gestionnaires d'Accès », without JavaScript, by mouse and by keyboard."""

import pytest
from playwright.sync_api import expect

from tests.browser.keyboard import Keyboard
from tests.personas import NISS
from training.demo.people import PIN

pytestmark = pytest.mark.browser

MY_ENTERPRISES = "Mes entreprises et leurs gestionnaires"


def go_to_the_managers(portal):
    portal.home()
    portal.follow("CSAM")
    portal.follow(MY_ENTERPRISES)
    portal.identify("Luc Moreau")
    portal.follow("Voir les gestionnaires")
    portal.is_headed("Gestionnaires d'accès")


def history(portal):
    return portal.page.get_by_role("table", name="Toutes les désignations, les plus récentes d'abord")


def test_names_a_ga_for_mobility_and_a_co_gap(portal):
    go_to_the_managers(portal)
    portal.page.get_by_role("link", name="Nommer un Gestionnaire d'Accès", exact=True).click()
    portal.choose("Domaine (groupe d'applications)", "Mobilité")
    fill_in(portal, "marc")
    portal.reads("Marc Dubois")
    portal.tick("oui, je confirme")
    portal.press("Confirmer")
    portal.reads("Marc Dubois est Gestionnaire d'Accès (domaine Mobilité)")
    with portal.page.expect_download() as download:
        portal.follow("Télécharger l'accusé de réception (PDF)")
    assert download.value.suggested_filename.startswith("designation-0999999130-")

    portal.follow("Voir les gestionnaires de l'entreprise")
    portal.follow("Nommer un co-Gestionnaire d'Accès Principal")
    fill_in(portal, "julie")
    portal.follow("Précédent")
    expect(portal.page.get_by_label("Son adresse e-mail")).to_have_value("julie@exemple.invalid")
    portal.press("Suivant")
    portal.tick("oui, je confirme")
    portal.press("Confirmer")
    portal.follow("Voir les gestionnaires de l'entreprise")

    newest, second = history(portal).get_by_role("row").nth(1), history(portal).get_by_role("row").nth(2)
    expect(newest).to_contain_text("Julie Renard")
    expect(newest).to_contain_text("co-Gestionnaire d'Accès Principal")
    expect(second).to_contain_text("Marc Dubois")
    expect(second).to_contain_text("Luc Moreau")
    portal.reads("en attente de la première identification")


def fill_in(portal, name):
    portal.page.get_by_label("Une autre personne", exact=True).check()
    portal.type("Numéro de registre national (NISS)", NISS[name])
    portal.type("Son adresse e-mail", f"{name}@exemple.invalid")
    portal.type("Son numéro de téléphone", "0470 00 00 05")
    portal.press("Suivant")
    portal.is_headed("Vérifiez les données")


def test_removes_a_manager_with_the_keyboard(portal):
    portal.home()
    keyboard = Keyboard(portal.page)
    portal.follow("CSAM")
    keyboard.follow(MY_ENTERPRISES)
    keyboard.follow("avec un lecteur de cartes eID")
    keyboard.choose("Carte dans le lecteur", "Luc Moreau")
    keyboard.type("Code PIN", PIN)
    keyboard.send()
    keyboard.follow("Voir les gestionnaires")
    keyboard.follow("Retirer : Bruno Leroy")
    portal.is_headed("Retirer un gestionnaire")
    keyboard.press("Retirer")
    portal.is_headed("Gestionnaires d'accès")
    expect(portal.page.get_by_role("status")).to_contain_text("Bruno Leroy n'est plus")
    expect(history(portal).get_by_role("row", name="Bruno Leroy")).to_contain_text("Luc Moreau")
