"""A passkey from its making to ProSanté, in Chromium with a virtual authenticator. The only key that needs a script."""

import pytest

pytestmark = pytest.mark.browser

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def browser_context_args(browser_context_args):
    return browser_context_args | {"java_script_enabled": True}


@pytest.fixture
def authenticator(portal):
    """The browser's device, that recognises its owner; returns the session of the tools that lead it."""
    # WebAuthn knows names, not numbers.
    assert portal.address.startswith("http://localhost:")
    tools = portal.page.context.new_cdp_session(portal.page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return tools


def add_a_passkey(portal, name):
    portal.page.goto(f"{portal.address}/csam/compte/cles/")
    portal.identify("Nadia Benali")
    portal.is_headed("Mes clés numériques")
    portal.follow("Ajouter une clé d'accès")
    portal.type("Nom de la clé d'accès", name)
    portal.press("Créer la clé d'accès")
    portal.is_headed("Mes clés numériques")
    portal.reads(name)


def test_opens_prosante(portal, authenticator):
    add_a_passkey(portal, "Ordinateur de Nadia")
    portal.quit()
    portal.page.goto(f"{portal.address}/prosante/profil/")
    portal.is_headed("S'identifier à l'administration en ligne")
    portal.follow("avec une clé d'accès (passkey)")
    portal.press("S'identifier")
    portal.is_headed("Se connecter pour Portail ProSanté")

    portal.page.goto(f"{portal.address}/csam/qui-suis-je/")
    portal.reads("Nadia Benali")
    portal.reads("400")


def test_says_so_when_there_is_none(portal, authenticator):
    portal.page.goto(f"{portal.address}/csam/identification/cle-d-acces/")
    portal.press("S'identifier")
    portal.reads("Aucune clé d'accès n'a été utilisée")


def test_says_so_when_it_was_removed(portal, authenticator):
    add_a_passkey(portal, "Ancienne clé")
    portal.follow("Renommer ou retirer")
    portal.follow("Retirer : Ancienne clé")
    portal.press("Retirer la clé d'accès")
    portal.quit()
    portal.page.goto(f"{portal.address}/csam/identification/cle-d-acces/")
    portal.press("S'identifier")
    portal.page.get_by_role("status").get_by_text("Cette clé d'accès n'est pas reconnue").wait_for()
    portal.is_headed("Identification avec une clé d'accès")
