"""One person, two tabs, two profiles: what is filled in under one is never done under the other in silence."""

import pytest

from tests.browser.portal import Portal

pytestmark = pytest.mark.browser

FIRST, SECOND = "CMG Haute-Meuse ASBL (0999.999.130)", "CMG Pays des Lacs ASBL (0999.999.526)"


def choose(tab, organisation):
    tab.page.goto(f"{tab.address}/prosante/profil/")
    tab.choose("Au sein de l'organisation", organisation)
    tab.press("Confirmer le profil")


def fill_in(tab):
    tab.page.goto(f"{tab.address}/bhod/medecins/inscrire/")
    tab.type("Numéro INAMI *", "1-99904-13-005")
    tab.type("Inscrit du", "pas une date")


def test_the_form_of_the_other_tab_is_refused_and_nothing_is_lost(portal):
    portal.page.goto(f"{portal.address}/prosante/profil/")
    portal.identify("Marc Dubois")
    choose(portal, FIRST)
    fill_in(portal)
    other = Portal(portal.page.context.new_page(), portal.address)
    choose(other, SECOND)
    other.page.get_by_role("banner").get_by_text("CMG Pays des Lacs ASBL").wait_for()

    portal.press("Inscrire")

    portal.is_headed("Vous avez changé de profil")
    portal.reads("CMG Haute-Meuse ASBL")
    portal.reads("CMG Pays des Lacs ASBL")

    portal.press("Reprendre le profil de la page et envoyer")

    # What was filled in is there, with what is wrong with it, and in the circle of this tab.
    portal.is_headed("Inscrire un médecin")
    portal.reads("CMG Haute-Meuse ASBL")
    assert portal.page.get_by_label("Numéro INAMI *").first.input_value() == "1-99904-13-005"
    assert portal.page.get_by_label("Inscrit du").input_value() == "pas une date"

    # Now it is the other tab whose form belongs to another profile: it goes on under the active one.
    other.page.goto(f"{other.address}/bhod/medecins/inscrire/")
    choose(portal, SECOND)
    other.press("Inscrire")
    other.is_headed("Vous avez changé de profil")
    other.follow("Continuer sous le profil actif")
    other.reads("CMG Pays des Lacs ASBL")
