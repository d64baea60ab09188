"""Guards refined in place, in Chromium with its script on: what was found is said, and what is typed keeps the focus."""

import pytest
from playwright.sync_api import expect

from tests.browser.prosante import confirm

pytestmark = pytest.mark.browser


@pytest.fixture
def browser_context_args(browser_context_args):
    return browser_context_args | {"java_script_enabled": True}


def test_says_what_is_wrong_and_what_was_found(portal, faults):
    page = portal.page
    page.goto(f"{portal.address}/bhod/finances/gardes/")
    portal.identify("Nadia Benali")
    confirm(portal, organisation="CMG Haute-Meuse ASBL (0999.999.130)")
    page.goto(f"{portal.address}/bhod/finances/gardes/")
    page.wait_for_load_state()
    start, end = page.get_by_role("textbox", name="Du"), page.get_by_role("textbox", name="Au")
    first, found = start.input_value(), page.locator("#nombre")
    all_of_them = found.inner_text()

    start.fill("31-02-2026")
    end.focus()

    expect(page.get_by_role("alert")).to_contain_text("Cette date n'existe pas")
    expect(page).to_have_title("Erreur : Gardes et paiements – SIMULATEUR")
    expect(found).to_contain_text("0 garde")
    expect(end).to_be_focused()

    start.fill(first)
    end.focus()

    expect(page.get_by_role("alert")).to_have_count(0)
    expect(found).to_have_text(all_of_them)
    expect(page).to_have_title("Gardes et paiements – SIMULATEUR")
    assert [fault for fault in faults if not fault.startswith("htmx:")] == []
