"""Two browsers of one person: what is closed in the one is closed in the other at its next click."""

import pytest

from training.demo.people import PASSWORD

pytestmark = pytest.mark.browser

PERSON, USERNAME = "Sofie Janssens", "sofiejanssens"


def come_in(browser):
    browser.home()
    browser.follow("S'identifier")
    browser.identify(PERSON)
    browser.follow("Qui suis-je ?")
    browser.is_headed("Qui suis-je ?")


def test_closes_the_session_of_another_browser(portal, second_browser):
    come_in(second_browser)
    come_in(portal)
    portal.follow("Mes sessions ouvertes")
    portal.reads("cette session")
    portal.page.get_by_role("button", name="Fermer :").click()
    portal.page.get_by_text("Cette session est fermée.").wait_for()

    second_browser.follow("Mes sessions ouvertes")
    second_browser.is_headed("S'identifier à l'administration en ligne")
    second_browser.page.get_by_text("vous l'avez fermée ailleurs").wait_for()

    # Back where he was going, once he has identified himself again.
    second_browser.identify(PERSON)
    second_browser.is_headed("Mes sessions ouvertes")
    portal.follow("Qui suis-je ?")
    portal.is_headed("Qui suis-je ?")


def test_a_changed_password_closes_the_other_browser(portal, second_browser):
    come_in(second_browser)
    come_in(portal)
    portal.follow("Modifier mon mot de passe")
    portal.type("Mot de passe actuel", PASSWORD)
    portal.page.get_by_label("Nouveau mot de passe *", exact=True).fill("Autre-Mot-2026!")
    portal.type("Nouveau mot de passe, une seconde fois", "Autre-Mot-2026!")
    portal.press("Modifier le mot de passe")
    portal.is_headed("Qui suis-je ?")

    second_browser.follow("Mes sessions ouvertes")
    second_browser.is_headed("S'identifier à l'administration en ligne")


def test_closes_every_session_of_ones_own(portal, second_browser):
    come_in(second_browser)
    come_in(portal)
    portal.follow("Mes sessions ouvertes")
    portal.press("Fermer toutes mes sessions")
    portal.page.get_by_text("Toutes vos sessions sont fermées").wait_for()

    for browser in (portal, second_browser):
        browser.page.goto(f"{browser.address}/csam/compte/sessions/")
        browser.is_headed("S'identifier à l'administration en ligne")


def test_a_forgotten_password_is_replaced_by_the_link_of_an_e_mail(portal, world):
    portal.home()
    portal.page.goto(f"{portal.address}/csam/identification/mot-de-passe/")
    portal.follow("Mot de passe oublié ?")
    email = world.persons.get(username=USERNAME).email
    portal.type("Adresse e-mail", email)
    portal.press("Envoyer le lien")
    portal.is_headed("Consultez votre boîte e-mail")
    message = world.messages.get(recipient=email, body__contains="mot-de-passe/nouveau")
    path = next(word for word in message.body.split() if "/mot-de-passe/nouveau/" in word).partition(
        "/csam/"
    )[2]
    portal.page.goto(f"{portal.address}/csam/{path}")
    portal.is_headed("Choisir un nouveau mot de passe")
    portal.page.get_by_label("Nouveau mot de passe *", exact=True).fill("Autre-Mot-2026!")
    portal.type("Nouveau mot de passe, une seconde fois", "Autre-Mot-2026!")
    portal.press("Modifier le mot de passe")
    portal.follow("S'identifier avec le nouveau mot de passe")
    portal.type("Nom d'utilisateur", USERNAME)
    portal.type("Mot de passe", "Autre-Mot-2026!")
    portal.press("Se connecter")
    portal.page.get_by_role("link", name=f"Qui suis-je ? {PERSON}").wait_for()
