"""What a trainer projects: the phone that shows by itself what arrives, a mail whose link works, a card out of order."""

import re

import pytest
from playwright.sync_api import expect

from bhod_portal.core import clock, messages
from csam.models import Person
from csam.services import itsme

pytestmark = [pytest.mark.browser]

CLAIRE = "Claire Lambert"


@pytest.fixture
def claire(world):
    return Person.objects.get(world=world, first_name="Claire", last_name="Lambert")


def test_the_phone_shows_by_itself_what_arrives(portal, world, claire):
    portal.home()
    portal.follow(f"Téléphone de {CLAIRE}")
    portal.reads("Aucune demande depuis hier.")

    itsme.request_login(world=world, phone="32470000001", at=clock.now(world))
    question = portal.page.get_by_text("Vous identifiez-vous en ce moment ?")
    expect(question).to_be_visible()

    portal.follow("Arrêter de l'actualiser")
    portal.reads("Actualiser sans cesse")
    portal.press("Refuser")
    expect(portal.page.get_by_role("status")).to_contain_text("Demande refusée")
    portal.reads("demande refusée")


def test_the_link_of_a_mail_leads_into_the_portal(portal, world, claire):
    messages.send_email(
        world=world,
        to=claire.email,
        subject="À lire",
        body=f"Suivez {messages.absolute('/csam/')}, et non https://www.csam.be/.",
        at=clock.now(world),
    )
    portal.home()
    portal.follow("Téléphones et boîtes aux lettres")
    portal.follow(f"Boîte aux lettres de {CLAIRE}")
    portal.follow("À lire")
    expect(portal.page.get_by_role("link", name=re.compile("www.csam.be"))).to_have_count(0)

    portal.follow(re.compile("csam.$"))

    portal.is_headed("Gestion des Gestionnaires d'Accès")


def test_a_card_is_blocked_shown_and_put_in_order_again(portal, world):
    portal.home()
    portal.follow(CLAIRE)
    portal.press("Carte bloquée")
    expect(portal.page.get_by_role("status")).to_contain_text(f"{CLAIRE} : Carte bloquée.")

    portal.page.goto(f"{portal.address}/csam/identification/")
    portal.identify(CLAIRE)
    portal.reads("Cette carte est bloquée")

    portal.home()
    portal.follow(CLAIRE)
    portal.press("Carte en ordre")
    portal.page.goto(f"{portal.address}/csam/identification/")
    portal.identify(CLAIRE)
    expect(portal.page.get_by_role("link", name=CLAIRE).first).to_be_visible()
