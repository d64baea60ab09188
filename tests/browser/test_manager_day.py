"""A day of Sofie Janssens, local manager of CMG Haute-Meuse, without JavaScript, and of those whom it touches."""

import pytest
from playwright.sync_api import expect

from bhod_portal.core import clock
from tests.access_mgmt.import_files import csv_file, line
from tests.browser.access_mgmt import come_in, open_functions, open_mail, open_member
from tests.personas import HAUTE_MEUSE, NISS

GUARDPOST = "INAMI_GUARDPOST_GENERALPRACTITIONERCIRCLE"
CIRCLE = "CMG Haute-Meuse ASBL"
OWN_PASSWORD = "Mon-Propre-Mot-2026!"

pytestmark = pytest.mark.browser


def test_a_new_user_comes_in_and_hears_of_his_function(portal, second_browser, world):
    come_in(portal, "Sofie Janssens")
    portal.follow("Utilisateurs - Subdivisions")
    adding = portal.page.get_by_role("region", name="Ajouter une personne")
    adding.get_by_label("NISS").fill(NISS["thomas"])
    portal.press("Suivant")
    portal.reads("Gérard")
    portal.tick("Honoraires de disponibilité (INAMI)")
    portal.press("Enregistrer")
    portal.reads("Thomas Gérard a été ajouté(e) et en reçoit un e-mail.")

    # Nobody but himself ever knows his password.
    open_mail(second_browser, "Thomas Gérard", "vous avez été ajouté(e)")
    second_browser.follow("/csam/compte/mot-de-passe/")
    second_browser.is_headed("Choisir votre mot de passe")
    second_browser.page.get_by_label("Nouveau mot de passe").first.fill(OWN_PASSWORD)
    second_browser.type("Nouveau mot de passe, une seconde fois", OWN_PASSWORD)
    second_browser.press("Choisir ce mot de passe")
    second_browser.follow("S'identifier avec le nouveau mot de passe")
    second_browser.type("Nom d'utilisateur", "gerardthomas")
    second_browser.type("Mot de passe", OWN_PASSWORD)
    second_browser.press("Se connecter")
    second_browser.page.get_by_role("link", name="Qui suis-je ? Thomas Gérard").wait_for()

    portal.follow("Étape suivante : lui attribuer une fonction")
    portal.choose("Fonction", GUARDPOST)
    portal.type("Date de début", f"{clock.today(world):%d-%m-%Y}")
    portal.press("Ajouter")
    portal.reads("en attente")
    portal.follow("Envoyer un e-mail à l'utilisateur")
    portal.reads("Indiquez dans le message que l'activation peut prendre environ une heure.")
    subject = portal.page.get_by_label("Objet").input_value()
    portal.press("Suivant")
    portal.press("Envoyer")
    portal.is_headed("Fonctions exercées")
    open_mail(second_browser, "Thomas Gérard", subject)
    second_browser.reads("environ une heure")


def enter_for_the_circle(browser):
    browser.home()
    browser.follow("ProSanté")
    browser.follow("Se connecter")
    browser.choose("Au sein de l'organisation:", f"{CIRCLE} (0999.999.130)")
    browser.press("Confirmer le profil")
    browser.follow("Gardes")
    browser.is_headed("Gardes")


@pytest.mark.processes
@pytest.mark.usefixtures("worker")
def test_a_manager_of_a_branch_is_blocked_and_comes_back(portal, second_browser):
    come_in(portal, "Sofie Janssens")
    portal.follow("Utilisateurs - Subdivisions")
    portal.page.get_by_role("link", name="Subdivision", exact=True).click()
    portal.follow("Secrétariat")
    portal.follow("Désigner gestionnaire : Marc Dubois")
    portal.press("Confirmer la désignation")

    come_in(second_browser, "Marc Dubois")
    second_browser.page.get_by_role("combobox").select_option(HAUTE_MEUSE)
    second_browser.press("Afficher les rôles")
    second_browser.follow("Gestionnaire de Subdivision")
    second_browser.follow("Voir votre branche")
    second_browser.reads("Secrétariat")

    open_member(portal, "Dubois")
    portal.follow("Bloquer")
    portal.reads(GUARDPOST)
    portal.press("Bloquer")

    # His open session feels it at once where he manages; what applications see follows within 20 minutes.
    second_browser.follow("Utilisateurs - Subdivisions")
    second_browser.reads("bloqué")
    expect(second_browser.page.get_by_role("table")).to_have_count(0)
    enter_for_the_circle(second_browser)
    portal.move_the_clock()
    portal.wait_for_the_worker()
    second_browser.follow("Médecins inscrits")
    second_browser.reads("Choisir un autre profil")

    portal.page.goto(f"{portal.address}/securite-sociale/accueil/")
    open_member(portal, "Dubois")
    portal.reads("Bloqué")
    portal.follow("Débloquer")
    portal.press("Débloquer")
    portal.move_the_clock()
    portal.wait_for_the_worker()
    enter_for_the_circle(second_browser)


def test_a_file_adds_a_doctor_with_her_function(portal, world):
    doctor = world.persons.get(niss=NISS["laurence"])
    content = csv_file(line(doctor, function=GUARDPOST, valid_from=f"{clock.today(world):%d-%m-%Y}"))
    come_in(portal, "Sofie Janssens")
    portal.follow("Utilisateurs - Subdivisions")
    portal.follow("Importer des utilisateurs")
    portal.page.get_by_label("Fichier des utilisateurs").set_input_files(
        {"name": "médecins.csv", "mimeType": "text/csv", "buffer": content}
    )
    portal.press("Contrôler le fichier")
    portal.reads("Rien n'est encore fait.")
    portal.press("Confirmer l'import d'une ligne")
    portal.reads("L'import est fait")
    open_functions(portal, "Dethier")
    portal.reads(GUARDPOST)


def test_she_leaves_her_place_and_the_gap_names_the_next(portal, second_browser):
    come_in(portal, "Sofie Janssens")
    open_member(portal, "Janssens")
    portal.follow("Nommer un remplaçant")
    portal.tick("Julie Renard")
    portal.tick("je quitte la qualité")
    portal.press("Suivant")
    portal.reads("Julie Renard")
    portal.press("Confirmer")
    portal.reads("Votre remplaçant est nommé")
    portal.page.get_by_role("link", name="Accueil", exact=True).click()
    portal.reads("vous n'êtes enregistré(e) dans aucune entreprise ou organisation")

    come_in(second_browser, "Luc Moreau")
    second_browser.follow("(Responsable Accès Entité)")
    second_browser.follow("Aucun Gestionnaire Local : désigner")
    second_browser.tick("Julie Renard")
    second_browser.press("Suivant")
    second_browser.press("Confirmer")
    second_browser.reads("Julie Renard")
    second_browser.does_not_read("Aucun Gestionnaire Local")
