"""Two managers at two computers on one member: the second is told what changed, and nothing that he typed is lost."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from bhod_portal.core import clock
from tests.browser.access_mgmt import come_in, open_functions, open_member

pytestmark = pytest.mark.browser

EMAIL = "Adresse e-mail utilisateur"


@pytest.fixture
def sofie(portal):
    come_in(portal, "Sofie Janssens")
    return portal


@pytest.fixture
def julie(second_browser):
    come_in(second_browser, "Julie Renard")
    return second_browser


def holds(browser, label, text):
    expect(browser.page.get_by_label(label)).to_have_value(text)


def test_edit_the_data_of_one_member(sofie, julie):
    for browser in (sofie, julie):
        open_member(browser, "Benali")
    sofie.type(EMAIL, "nadia.un@exemple.invalid")
    sofie.choose("Choix linguistique", "Néerlandais")
    sofie.press("Enregistrer")
    sofie.page.get_by_text("ont été modifiées").wait_for()

    julie.type(EMAIL, "nadia.deux@exemple.invalid")
    julie.type("Adresse e-mail locale", "nadia@garde.invalid")
    julie.press("Enregistrer")

    told = julie.page.get_by_role("alert").filter(has_text="Sofie Janssens a modifié ces données")
    expect(told).to_contain_text("nadia.un@exemple.invalid")
    holds(julie, EMAIL, "nadia.deux@exemple.invalid")
    holds(julie, "Adresse e-mail locale", "nadia@garde.invalid")
    holds(julie, "Choix linguistique", "nl")
    julie.press("Enregistrer")
    julie.page.get_by_text("ont été modifiées").wait_for()

    open_member(sofie, "Benali")
    holds(sofie, EMAIL, "nadia.deux@exemple.invalid")
    holds(sofie, "Choix linguistique", "nl")


def test_edit_the_dates_of_one_function(sofie, julie, world):
    today = clock.today(world)
    first, second = today + timedelta(days=30), today + timedelta(days=60)
    for browser in (sofie, julie):
        open_functions(browser, "Benali")
        browser.follow("Modifier : INAMI_FILEMANAGER_GENERALPRACTITIONERCIRCLE")
        browser.is_headed("Modifier une fonction")
    sofie.type("Date de fin", f"{first:%d-%m-%Y}")
    sofie.press("Enregistrer")
    sofie.is_headed("Fonctions exercées")

    julie.type("Date de fin", f"{second:%d-%m-%Y}")
    julie.press("Enregistrer")

    told = julie.page.get_by_role("alert").filter(has_text="Sofie Janssens a modifié cette fonction")
    expect(told).to_contain_text(f"{first:%d/%m/%Y}")
    holds(julie, "Date de fin", f"{second:%d-%m-%Y}")
    julie.press("Enregistrer")
    julie.is_headed("Fonctions exercées")
    julie.reads(f"{second:%d/%m/%Y}")
