"""itsme with two browsers: one asks, the other is the phone. Neither runs JavaScript."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.processes]

NUMBER = "0470 00 00 01"
OWNER = "Claire Lambert"


@pytest.fixture
def phone(second_browser):
    return second_browser


def ask(portal):
    portal.home()
    portal.follow("CSAM")
    portal.follow("Désigner un Gestionnaire d'Accès Principal")
    portal.follow("via itsme")
    portal.type("Numéro de téléphone mobile", NUMBER)
    portal.press("Envoyer la demande")
    portal.is_headed("Ouvrez itsme sur votre téléphone")


def open_phone(phone):
    phone.home()
    phone.follow(f"Téléphone de {OWNER}")
    # A click on a page that looks again at that very moment would be lost.
    phone.follow("Arrêter de l'actualiser")
    phone.reads("Actualiser sans cesse")
    phone.reads("Vous identifiez-vous en ce moment ?")


def icon_of(portal):
    return portal.page.get_by_role("main").get_by_role("img").get_attribute("aria-label")


def test_the_phone_accepts(portal, phone):
    ask(portal)
    portal.does_not_read(OWNER)
    open_phone(phone)

    phone.press(icon_of(portal))
    portal.is_headed("Vous avez accepté la demande")
    portal.press("Continuer")

    portal.reads(f"Bienvenue, {OWNER}")
    portal.type("Numéro d'entreprise (9 chiffres)", "0999.999.031")
    portal.press("Enregistrer mon entreprise dans CSAM")
    portal.reads("CMG Val de Senne ASBL")


def test_the_phone_refuses(portal, phone):
    ask(portal)
    open_phone(phone)

    phone.press("Refuser")
    portal.is_headed("La demande a été refusée")
    portal.follow("Recommencer avec itsme")

    portal.is_headed("Identification via itsme")


def test_another_icon_refuses(portal, phone):
    ask(portal)
    open_phone(phone)
    right = icon_of(portal)
    shown = phone.page.get_by_role("group").get_by_role("img").all()
    wrong = next(label for each in shown if (label := each.get_attribute("aria-label")) != right)

    phone.press(wrong)
    expect(phone.page.get_by_role("status")).to_contain_text("la demande est refusée")
    portal.is_headed("La demande a été refusée")
    portal.reads("une autre icône")


def test_nobody_answers(portal, second_browser):
    ask(portal)
    portal.press("Continuer")
    expect(portal.page.get_by_role("status")).to_contain_text("n'a pas encore répondu")

    second_browser.move_the_clock()
    portal.is_headed("La demande a expiré")
    portal.follow("Choisir une autre clé numérique")

    portal.is_headed("S'identifier à l'administration en ligne")
