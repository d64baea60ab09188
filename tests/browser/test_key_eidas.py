"""eIDAS: an identity of another country, and the BIS number of who has none yet."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def come_with(portal, country, name):
    portal.home()
    portal.follow("ProSanté")
    portal.follow("Se connecter")
    portal.identify_from(country, name)
    portal.is_headed("Se connecter pour Portail ProSanté")


def test_maria_reaches_prosante_with_her_italian_identity(portal):
    come_with(portal, "Italie", "Maria Rossi")

    expect(portal.page.get_by_role("status")).to_contain_text("Maria Rossi")
    expect(portal.page.get_by_role("status")).not_to_contain_text("BIS")


def test_anna_gets_a_bis_number_at_her_first_login(portal):
    come_with(portal, "Pologne", "Anna Kowalska")
    expect(portal.page.get_by_role("status")).to_contain_text("un numéro BIS")

    portal.follow("Anna Kowalska")
    portal.reads("84.45.15-002.")
    portal.home()
    portal.follow("aux lettres d'Anna Kowalska")
    portal.follow("Votre numéro BIS")
    portal.reads("84.45.15-002.")


def test_a_country_of_nobody_leads_back(portal):
    portal.page.goto(f"{portal.address}/csam/identification/eidas/fr/")
    portal.reads("Personne dans ce monde n'a d'identité électronique de ce pays.")
    portal.follow("Choisir un autre pays")

    portal.is_headed("Authentification européenne")
