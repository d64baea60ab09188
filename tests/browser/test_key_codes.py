"""The keys « user name + password, then a code », each followed to the end without JavaScript.

Who identifies himself reads his codes as a trainee does: in another tab, on the phone, in the mailbox, on the paper.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.portal import Portal
from training.demo.people import PASSWORD

pytestmark = pytest.mark.browser

# A code of the application that changes while it is typed, and checked by a busy machine, would be refused.
SECONDS_NEEDED = 10


@pytest.fixture
def second_tab(portal, page):
    """The tab in which the codes are read."""
    return Portal(page.context.new_page(), portal.address)


def choose(portal, key, *, start="Gestion des accès"):
    """From the home of the simulator to the first page of a key."""
    if start == "ProSanté":
        portal.page.goto(f"{portal.address}/prosante/")
        portal.follow("Se connecter")
    else:
        portal.page.goto(f"{portal.address}/securite-sociale/")
        portal.follow("Se connecter via CSAM")
    portal.is_headed("S'identifier à l'administration en ligne")
    portal.follow(key)
    portal.is_headed("Identification")


def give_password(portal, username, button="Suivant"):
    portal.type("Nom d'utilisateur", username)
    portal.type("Mot de passe", PASSWORD)
    portal.press(button)


def give_code(portal, code):
    portal.type("Code de sécurité", code)
    portal.press("S'identifier")


def devices(tab):
    tab.page.goto(f"{tab.address}/formation/appareils/")


def look_up(tab, name):
    devices(tab)
    tab.page.get_by_role("searchbox").or_(tab.page.get_by_role("textbox")).first.fill(name)
    tab.press("Chercher")


def shows_level(portal, key, level):
    portal.page.goto(f"{portal.address}/csam/qui-suis-je/")
    portal.reads(key)
    portal.reads(level)


def test_a_code_by_email(portal, second_tab):
    choose(portal, "avec un code de sécurité envoyé par e-mail", start="ProSanté")
    give_password(portal, "nadiabenali")
    portal.is_headed("Code de sécurité")
    portal.reads("n…i@exemple.invalid")

    devices(second_tab)
    second_tab.follow("Boîte aux lettres de Nadia Benali")
    second_tab.follow("CSAM (simulateur) : votre code de sécurité")
    give_code(portal, second_tab.finds(r"\d{6}"))
    expect(portal.page).to_have_url(re.compile("/prosante/"))
    shows_level(portal, "avec un code de sécurité envoyé par e-mail", "300")


def test_a_code_by_sms(portal, second_tab):
    choose(portal, "avec un code de sécurité envoyé par SMS", start="ProSanté")
    give_password(portal, "nadiabenali")
    portal.reads("qui se termine par 12")

    devices(second_tab)
    second_tab.follow("Téléphone de Nadia Benali")
    give_code(portal, second_tab.finds(r"\d{6}", within=second_tab.page.get_by_role("article").first))
    shows_level(portal, "avec un code de sécurité envoyé par SMS", "300")


def test_a_code_of_the_application(portal, second_tab):
    choose(portal, "avec un code de sécurité via une application mobile")
    give_password(portal, "sofiejanssens")
    portal.reads("votre application mobile")

    look_up(second_tab, "Sofie")
    second_tab.follow("Téléphone de Sofie Janssens")
    give_code(portal, code_on(second_tab))

    portal.is_headed("Accueil")
    shows_level(portal, "avec un code de sécurité via une application mobile", "400")


def code_on(phone):
    """The code that the application shows, taken when it still lives long enough to be typed."""
    application = phone.page.get_by_role("region", name="Codes de sécurité")
    while True:
        code, left = phone.finds(r"\d{3}\s*\d{3}\s+encore \d+", within=application).split("encore")
        if int(left) >= SECONDS_NEEDED:
            return re.sub(r"\s", "", code)
        # The phone looks again by itself; asked to at the same moment, the browser would drop one of the two.
        phone.page.wait_for_event("load")


def test_a_code_of_the_paper_token(portal, second_tab):
    choose(portal, "avec un token papier")
    give_password(portal, "lucmoreau")
    portal.reads("token papier")

    look_up(second_tab, "Moreau")
    second_tab.follow("Luc Moreau")
    second_tab.page.get_by_text("Son token papier").click()
    code = second_tab.page.get_by_role("listitem").get_by_role("code").first.inner_text()

    give_code(portal, code)
    shows_level(portal, "avec un token papier", "300")


def test_user_name_and_password(portal):
    choose(portal, "avec vos codes d'accès")
    give_password(portal, "sofiejanssens", "Se connecter")
    portal.is_headed("Accueil")
    shows_level(portal, "avec vos codes d'accès", "200")

    # ProSanté asks for more; the browser remembers the key that was used last.
    portal.page.goto(f"{portal.address}/prosante/profil/")
    portal.is_headed("Votre clé numérique ne suffit pas pour ce service")
    portal.quit()
    portal.page.goto(f"{portal.address}/csam/identification/")
    portal.reads("La dernière fois")


def test_three_wrong_codes(portal):
    choose(portal, "avec un code de sécurité envoyé par SMS", start="ProSanté")
    give_password(portal, "nadiabenali")
    for left in ("2 essais", "1 essai"):
        give_code(portal, "not-it")
        portal.reads(f"Il reste {left}")
    give_code(portal, "not-it")
    portal.is_headed("S'identifier à l'administration en ligne")
    expect(portal.page.get_by_role("status")).to_contain_text("Trois codes faux")
