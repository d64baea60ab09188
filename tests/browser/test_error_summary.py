"""What is wrong is read first, after each sending, whatever place of the page was gone to before."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def browser_context_args(browser_context_args):
    return browser_context_args | {"java_script_enabled": True}


@pytest.mark.parametrize("by", ["the link of the summary", "the link over the page"])
def test_it_has_the_focus_each_time(portal, by):
    page = portal.page
    page.goto(f"{portal.address}/prosante/profil/")
    portal.follow("avec un lecteur de cartes eID")
    summary = page.get_by_role("alert")
    for _ in range(3):
        portal.press("S'identifier")
        page.wait_for_load_state("load")
        expect(summary).to_be_focused()
        expect(summary).to_be_in_viewport()
        if by == "the link of the summary":
            summary.get_by_role("link").last.click()
            expect(page.get_by_label("Code PIN")).to_be_focused()
        else:
            page.get_by_role("link", name="Aller au contenu").focus()
            page.keyboard.press("Enter")
            expect(portal.main).to_be_focused()
