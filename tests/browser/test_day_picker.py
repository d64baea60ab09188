"""Days typed with a calendar beside them: in Chromium with its script on, by mouse, by keyboard and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.keyboard import Keyboard
from tests.browser.prosante import confirm

pytestmark = pytest.mark.browser

CIRCLE = "CMG Haute-Meuse ASBL (0999.999.130)"
START = "Choisir dans un calendrier, Jour de début"


@pytest.fixture
def browser_context_args(browser_context_args):
    return browser_context_args | {"java_script_enabled": True}


@pytest.fixture
def day(portal):
    """The first day of a new guard; its page has just been opened."""
    portal.page.goto(f"{portal.address}/bhod/gardes/nouvelle/")
    portal.identify("Nadia Benali")
    confirm(portal, organisation=CIRCLE)
    portal.page.goto(f"{portal.address}/bhod/gardes/nouvelle/")
    portal.is_headed("Ajouter une garde")
    return portal.page.get_by_label("Jour de début")


def calendar_of(day):
    return day.locator("xpath=..").locator("input[type=date]")


def test_a_day_is_typed_or_chosen(portal, day, faults):
    page, calendar = portal.page, calendar_of(day)
    expect(calendar).to_have_attribute("min", "1900-01-01")
    assert calendar.get_attribute("name") is None

    day.fill("3/9/2026")
    expect(calendar).to_have_value("2026-09-03")
    day.fill("31-2-2026")
    expect(calendar).to_have_value("")
    day.fill("3-9-2026")

    page.get_by_role("button", name=START).click()
    # The rules are asked what they say of it, as of what is typed.
    with page.expect_request(re.compile("start_day=04-09-2026")):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")

    expect(day).to_have_value("04-09-2026")
    # A question that a later one overtakes is given up, and htmx says so.
    assert [fault for fault in faults if not fault.startswith("htmx:")] == []


def test_the_calendar_opens_by_keyboard_at_400_percent(portal, day, faults):
    page = portal.page
    page.set_viewport_size({"width": 320, "height": 640})

    keyboard = Keyboard(page)
    keyboard.go_to(day)
    page.keyboard.type("03-09-2026")
    keyboard.go_to(page.get_by_role("button", name=START))
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(day).to_have_value("10-09-2026")
    # The calendar itself is no stop of its own.
    keyboard.go_to(page.get_by_label("Heure de début"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert faults == []
