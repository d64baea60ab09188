"""The whole manual in one go: from an enterprise number to the finances page, without JavaScript, in each language.

The test only reads, clicks and types. In French the server, the Celery worker and beat are real processes; who reads
another language, or has no mouse, has the roles applied at once by what the worker would do.
"""

import pytest
from playwright.sync_api import expect

from access_mgmt.services import propagation
from bhod_portal.core import clock

pytestmark = [pytest.mark.browser, pytest.mark.processes]

FILEMANAGER = "INAMI_FILEMANAGER_GENERALPRACTITIONERCIRCLE"
GUARDPOST = "INAMI_GUARDPOST_GENERALPRACTITIONERCIRCLE"
CIRCLE = "CMG Val de Senne ASBL"
NUMBER = "0999.999.031"
NO_ORGANISATION = (
    "Si vous ne voyez pas votre organisation, vous ne disposez pas des droits nécessaires. Pour disposer des droits "
    "nécessaires, vos gestionnaires d'accès (principal) doivent suivre un certain nombre d'étapes pour configurer votre "
    "profil."
)


def register_the_circle(portal):
    portal.follow("CSAM")
    portal.follow("Désigner un Gestionnaire d'Accès Principal")
    portal.identify("Claire Lambert")
    portal.reads(portal.words("Bienvenue, <strong>%(name)s</strong>", name="Claire Lambert"))
    portal.type("Numéro d'entreprise (9 chiffres)", NUMBER)
    portal.press("Enregistrer mon entreprise dans CSAM")
    portal.reads(CIRCLE)
    portal.tick(portal.words("Moi-même, %(name)s", name="Claire Lambert"))
    portal.press("Suivant")
    portal.tick("oui, je confirme")
    portal.press("Confirmer")
    portal.reads("Votre entreprise est enregistrée dans CSAM")


def activate_the_quality(portal):
    portal.follow("Activer la qualité « eHealth Soins de Santé » dans Gestion des accès")
    portal.follow("Se connecter via CSAM")
    role = portal.words("Responsable Accès Entité")
    portal.follow(f"({role})")
    portal.choose("Activer la qualité", "eHealth Soins de Santé")
    portal.press("Suivant")
    portal.type("Adresse e-mail de contact", "secretariat@valdesenne.invalid")
    portal.tick("Moi-même")
    portal.press("Suivant")
    portal.type("Mot de passe", "Simulateur-2026!")
    portal.type("Adresse e-mail du gestionnaire local", "claire.lambert@valdesenne.invalid")
    portal.press("Enregistrer")
    portal.press("Confirmer")
    portal.is_headed("La qualité est active")
    portal.follow("Ajouter des utilisateurs")
    portal.reads("Un utilisateur trouvé.")


def add_member(portal, kind, niss, email):
    portal.follow("Utilisateurs - Subdivisions")
    portal.tick(kind)
    portal.type("NISS", niss, within=portal.part("Ajouter une personne"))
    portal.press("Suivant")
    portal.is_headed("Création d'un Utilisateur")
    portal.type("Adresse e-mail utilisateur", email)
    portal.tick("Honoraires de disponibilité (INAMI)")
    portal.press("Enregistrer")


def give_function(portal, person, function, *, start):
    portal.follow("Fonctions et hiérarchie de responsabilité")
    portal.follow(person)
    portal.choose("Fonction", function)
    portal.type("Date de début", start)
    portal.press("Ajouter")
    portal.reads("en attente")


def enter_for_the_circle(portal):
    portal.choose("Au sein de l'organisation:", f"{CIRCLE} ({NUMBER})")
    portal.press("Confirmer le profil")
    portal.reads(CIRCLE)


def log_in(portal, name):
    portal.follow("ProSanté")
    portal.follow("Se connecter", within=portal.main)
    portal.identify(name)


def walk(portal, second_browser, world, let_roles_travel):
    start = f"{clock.today(world):%d-%m-%Y}"
    register_the_circle(portal)
    activate_the_quality(portal)
    add_member(portal, "Ajouter un Co-Gestionnaire Local", "88.11.02-991.01", "tom@valdesenne.invalid")
    add_member(portal, "Ajouter un utilisateur", "82.02.11-984.34", "helene@valdesenne.invalid")
    found = portal.words("Un utilisateur trouvé.", "%(total)s utilisateurs trouvés.", number=3, total=3)
    portal.reads(found)
    give_function(portal, "Marchal", FILEMANAGER, start=start)
    give_function(portal, "Peeters", GUARDPOST, start=start)

    # Neither of the two sees the circle before the change has travelled.
    for name in ("Tom Peeters", "Hélène Marchal"):
        portal.quit()
        log_in(portal, name)
        portal.reads(NO_ORGANISATION)

    let_roles_travel(portal)

    # Hélène is the manager: guards, doctors and finances.
    portal.follow("ProSanté")
    portal.follow("Se connecter", within=portal.main)
    enter_for_the_circle(portal)
    portal.follow("Médecins inscrits")
    portal.is_headed("Médecins inscrits")
    portal.follow("Informations financières")
    portal.is_headed("Informations financières")
    portal.reads("Tarifs en vigueur")

    # Tom is an administrator: guards and doctors, and a refusal that explains on finances.
    log_in(second_browser, "Tom Peeters")
    enter_for_the_circle(second_browser)
    second_browser.follow("Gardes")
    second_browser.follow("Médecins inscrits")
    second_browser.is_headed("Médecins inscrits")
    refused = second_browser.page.goto(f"{second_browser.address}/bhod/finances/")
    assert refused.status == 403
    second_browser.reads(FILEMANAGER)

    # Tom, who is also co-local manager, takes Hélène's function away while she is at work.
    second_browser.page.goto(f"{second_browser.address}/securite-sociale/accueil/")
    second_browser.follow("Fonctions et hiérarchie de responsabilité")
    second_browser.follow("Marchal")
    second_browser.follow("Supprimer")
    second_browser.press("Supprimer")
    portal.follow("Gardes")
    portal.is_headed("Gardes")
    let_roles_travel(second_browser)
    portal.follow("Informations financières")
    title = portal.words("Informations financières")
    expect(portal.page.get_by_role("heading", level=1)).not_to_contain_text(title)
    portal.reads("Choisir un autre profil")


def let_the_worker_apply(portal):
    portal.move_the_clock()
    portal.wait_for_the_worker()


def apply_at_once(portal):
    portal.move_the_clock()
    propagation.apply_due_changes(real_now=clock.real_now())
    portal.wait_for_the_worker()


def come_speaking(language, *people):
    """To the portal's home, where each chooses the language that he reads."""
    for each in people:
        each.home()
        each.speak(language)


@pytest.mark.usefixtures("worker")
def test_from_an_enterprise_number_to_the_finances_page(portal, second_browser, world):
    come_speaking("fr", portal, second_browser)
    walk(portal, second_browser, world, let_the_worker_apply)


@pytest.mark.parametrize("language", ["nl", "de", "en"])
def test_by_the_labels_of_each_other_language(portal, second_browser, world, language):
    come_speaking(language, portal, second_browser)
    walk(portal, second_browser, world, apply_at_once)
