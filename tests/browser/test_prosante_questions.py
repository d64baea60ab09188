"""Each question of seed 003, asked in the help and walked to its end by people of the demo world, without JavaScript.

The test of a question is named after its slug; tests/prosante_login/views/test_help.py holds that none is left out.
"""

import pytest
from playwright.sync_api import expect

from bhod_portal.core import clock
from prosante_login.models import CareProvider
from tests.browser.prosante import (
    AS_WHAT,
    ask,
    banner,
    confirm,
    log_in,
    menu_of_file,
    open_file_of_karim,
)
from tests.personas import NISS

CIRCLE = "CMG Haute-Meuse ASBL"
LA_SOURCE = "Maison médicale La Source ASBL (0999.999.328)"

pytestmark = pytest.mark.browser


def test_connexion(portal):
    ask(portal, "connexion")
    portal.follow("Se connecter : choisir son profil")
    for key, heading in (
        ("via itsme", "Identification via itsme"),
        ("avec un code de sécurité envoyé par e-mail", "Identification"),
        ("avec un code de sécurité via une application mobile", "Identification"),
        ("avec une identification électronique reconnue au plan européen", "Authentification européenne"),
    ):
        portal.follow(key)
        portal.is_headed(heading)
        portal.page.go_back()
    portal.identify("Karim Haddad")

    portal.is_headed("Se connecter pour Portail ProSanté")


def test_nouveau_dispensateur(portal):
    ready_on = CareProvider.objects.get(person__niss=NISS["emma"]).file_ready_on
    ask(portal, "nouveau-dispensateur")
    log_in(portal, "Emma Wouters")
    expect(portal.page.get_by_role("combobox", name=AS_WHAT)).not_to_contain_text("Médecin")
    portal.reads(f"votre dossier devrait être prêt le {ready_on:%d/%m/%Y}")

    for _day in range(3):
        portal.move_the_clock("+ 1 jour")
    ask(portal, "nouveau-dispensateur")
    portal.follow("Se connecter : choisir son profil")
    confirm(portal, "Médecin")

    portal.is_headed("Mon dossier")
    portal.reads("1-99904-13-005")


def test_conditions_dispensateur(portal):
    ask(portal, "conditions-dispensateur")
    log_in(portal, "Noah Willems")
    confirm(portal, "Infirmier")

    portal.is_headed("Mon dossier")
    portal.reads("pas encore : un visa suffit")


def test_conditions_mandataire(portal, second_browser, world):
    """Elise gives a mandate, Yves signs it too: now he fulfils the condition."""
    ask(portal, "dispensateur")
    log_in(portal, "Elise Colson")
    confirm(portal, "Bandagiste")
    portal.is_headed("Mon dossier")
    ask(portal, "conditions-mandataire")
    portal.follow("Mandats que j'ai donnés")
    portal.follow("Donner un mandat")
    portal.tick("Dossier administratif INAMI")
    portal.tick("Une personne")
    portal.type("Numéro de registre national (NISS) de la personne", NISS["yves"])
    portal.type("Date de début", f"{clock.today(world):%d-%m-%Y}")
    portal.press("Suivant")
    portal.reads("Yves Simon")
    portal.press("Signer")
    portal.is_headed("Vous avez signé le mandat")

    ask(second_browser, "conditions-mandataire")
    second_browser.follow("Mandats que j'ai reçus")
    second_browser.identify("Yves Simon")
    second_browser.follow("Lire et répondre")
    second_browser.press("Signer")
    second_browser.reads("Actif")
    ask(second_browser, "mandataire-personne-physique")
    second_browser.follow("Se connecter : choisir son profil")
    confirm(second_browser)

    second_browser.is_headed("Chercher mandant")
    second_browser.does_not_read("vous n'avez aucun mandat")


def test_organisation(portal, second_browser):
    """Olivier has a function that opens nothing here; Hélène's circle is not even registered."""
    ask(portal, "organisation")
    log_in(portal, "Olivier Dubuc")
    confirm(portal, organisation=f"{CIRCLE} (0999.999.130)")
    portal.is_headed(f"Rien à ouvrir pour {CIRCLE}")
    portal.follow("Pourquoi ?")
    portal.reads("Ce qui manque : ")
    portal.reads("INAMI_FILEMANAGER_BCE")

    ask(second_browser, "organisation")
    second_browser.follow("Pourquoi ?")
    second_browser.identify("Hélène Marchal")
    second_browser.type("Numéro d'entreprise", "0999.999.031")
    second_browser.press("Chercher ce qui manque")
    second_browser.reads("Ce qui manque : Son enregistrement dans CSAM")


def test_dispensateur(portal):
    ask(portal, "dispensateur")
    log_in(portal, "Elise Colson")
    confirm(portal, "Bandagiste")

    portal.is_headed("Mon dossier")
    portal.reads("6-99908-44-001")


def test_mandataire(portal):
    """Ana is a nurse herself; as a mandatary she opens what her mandate is for, and no more."""
    ask(portal, "mandataire")
    portal.follow("En tant que personne physique")
    log_in(portal, "Ana Ferreira")
    confirm(portal)
    open_file_of_karim(portal, "Numéro de registre national", NISS["karim"])

    menu = menu_of_file(portal)
    expect(menu.get_by_role("link", name="Statut social")).to_be_visible()
    expect(menu.get_by_role("link", name="Données financières")).to_have_count(0)


def test_mandataire_personne_physique(portal, second_browser):
    ask(portal, "mandataire-personne-physique")
    log_in(portal, "Michel Haddad")
    confirm(portal)
    open_file_of_karim(portal, "Nom", "haddad")
    expect(banner(portal)).to_contain_text("Vous agissez pour Karim Haddad")
    menu_of_file(portal).get_by_role("link", name="Données financières").click()
    portal.is_headed("Données financières")
    portal.press("Quitter ce dossier")
    portal.is_headed("Chercher mandant")
    expect(banner(portal)).to_have_count(0)

    # Who has several profiles is asked which one.
    ask(second_browser, "mandataire-personne-physique")
    # Her own language is German.
    second_browser.speak("fr")
    log_in(second_browser, "Lena Schmitz")
    confirm(second_browser)
    second_browser.is_headed("Sélection de profil")
    second_browser.press("Continuer en tant que mandataire")
    second_browser.is_headed("Chercher mandant")


def test_representant_legal(portal):
    ask(portal, "representant-legal")
    portal.follow("Se connecter : choisir son profil")
    portal.identify_from("Italie", "Maria Rossi")
    portal.is_headed("Se connecter pour Portail ProSanté")
    confirm(portal, organisation=LA_SOURCE)
    open_file_of_karim(portal, "Numéro INAMI", "1-99902-15-004")

    expect(banner(portal)).to_contain_text("donné à Maison médicale La Source ASBL")


def test_non_dispensateur(portal, second_browser):
    ask(portal, "non-dispensateur")
    # The own language of both is German.
    portal.speak("fr")
    log_in(portal, "Peter Vogel")
    confirm(portal)
    portal.is_headed("Bienvenue, Peter Vogel")
    portal.reads("Klinik Am Hohen Venn")

    ask(second_browser, "non-dispensateur")
    second_browser.speak("fr")
    log_in(second_browser, "Lena Schmitz")
    confirm(second_browser)
    second_browser.press("Continuer en tant que citoyen")
    second_browser.reads("Seniorenheim Sankt Vith")


def test_conditions_non_dispensateur(portal):
    """INAMI does not know Yves: he is told the condition, and led back to the question."""
    ask(portal, "conditions-non-dispensateur")
    log_in(portal, "Yves Simon")
    confirm(portal)
    portal.reads("L'INAMI ne vous connaît pas")
    portal.follow("Non-dispensateur : plus d'info")

    portal.reads("Vous devez être connu au sein de l'INAMI en tant que NON dispensateur de soins.")
