"""Maria Rossi has no eID: she asks in writing that John Smith, who has no NISS, manage the accesses of La Source."""

import re

import pytest
from django.urls import reverse

from bhod_portal.core.enums import Channel
from bhod_portal.core.models import Message
from csam.models import DesignationRequest, Person
from tests.csam.files import JPEG, PDF
from training.demo.people import PASSWORD

LA_SOURCE = "0999.999.328"
OWN_PASSWORD = "Mon-Propre-Mot-2026!"

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def attach(portal, label, name, content):
    portal.page.get_by_label(label).set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": content}
    )


def by_password(portal, username, password):
    portal.type("Nom d'utilisateur", username)
    portal.type("Mot de passe", password)
    portal.press("Se connecter")


def ask_in_writing(portal):
    """Maria's request, from the landing page to the reference."""
    portal.page.goto(f"{portal.address}{reverse('csam:landing')}")
    portal.follow("Suivez alors cette procédure pour désigner un Gestionnaire d'Accès Principal")
    portal.reads("N'envoyez pas vos documents par courrier !")
    portal.follow("Commencer la demande")
    portal.type("Numéro d'entreprise (9 chiffres)", LA_SOURCE)
    portal.type("Votre prénom", "Maria")
    portal.type("Votre nom", "Rossi")
    portal.type("Votre NISS ou numéro BIS", "86.43.12-988.80")
    portal.choose("Votre nationalité", "Italie")
    portal.type("Votre adresse e-mail", "maria.rossi@exemple.invalid")
    portal.type("Votre numéro de téléphone", "+32 470 00 00 25")
    portal.page.get_by_role("radio", name="Une autre personne").check()
    portal.type("Son prénom", "John")
    portal.type("Son nom", "Smith")
    portal.choose("Sa nationalité", "Royaume-Uni")
    portal.type("Son adresse e-mail", "john.smith@exemple.invalid")
    portal.type("Son numéro de téléphone", "+32 470 00 00 26")
    portal.press("Suivant")
    portal.reads("Maison médicale La Source ASBL")
    attach(portal, "Votre pièce d'identité", "carta.pdf", PDF)
    attach(portal, "La preuve de votre fonction légale", "statuts.pdf", PDF)
    attach(portal, "La pièce d'identité du Gestionnaire", "passport.jpg", JPEG)
    portal.press("Envoyer la demande")
    portal.is_headed("Votre demande est introduite")


def accept(portal):
    """The agent, at another computer, on the oldest request."""
    portal.page.goto(f"{portal.address}{reverse('csam:identification')}?next={reverse('csam:request_queue')}")
    portal.follow("avec vos codes d'accès")
    by_password(portal, "agent-csam", PASSWORD)
    portal.follow("PE-")
    portal.reads("Oui, par son NISS")
    with portal.page.expect_download() as saved:
        portal.follow("carta.pdf")
    assert saved.value.path().read_bytes() == PDF
    portal.follow("Décider")
    portal.tick("Accepter la demande")
    portal.tick("John Smith, déjà dans le registre (john.smith@exemple.invalid)")
    portal.tick("oui, je confirme")
    portal.press("Confirmer la décision")
    portal.reads("acceptée")


def test_a_gap_without_niss_comes_to_his_accesses(portal, second_browser):
    ask_in_writing(portal)
    accept(second_browser)

    portal.follow("Suivre ma demande")
    portal.reads("acceptée")

    john = Person.objects.get(username="johnsmith")
    mail = Message.objects.get(person=john, channel=Channel.EMAIL)
    sms = Message.objects.get(person=john, channel=Channel.SMS)
    username = re.search(r"nom d'utilisateur : (\S+)", mail.body)[1]
    password = re.search(r"temporaire est (\S+)", sms.body)[1]

    portal.page.goto(f"{portal.address}{reverse('access_mgmt:landing')}")
    portal.follow("Se connecter via CSAM")
    portal.follow("avec vos codes d'accès")
    by_password(portal, username, password)
    choose_own_password(portal, password)
    portal.page.goto(f"{portal.address}{reverse('access_mgmt:home')}")
    portal.reads("La Source")

    john.refresh_from_db()
    assert john.check_password(OWN_PASSWORD)
    assert john.temporary_password_until is None
    assert DesignationRequest.objects.get().gap == john


def choose_own_password(portal, given):
    portal.type("Mot de passe actuel", given)
    portal.page.get_by_label("Nouveau mot de passe").first.fill(OWN_PASSWORD)
    portal.type("Nouveau mot de passe, une seconde fois", OWN_PASSWORD)
    portal.press("Modifier le mot de passe")
