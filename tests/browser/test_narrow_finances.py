"""The finances of a circle on a phone: short enough to read, with every figure and total still there."""

import pytest
from playwright.sync_api import expect

from tests.browser.prosante import confirm

CIRCLE = "CMG Haute-Meuse ASBL (0999.999.130)"
PHONE = {"width": 390, "height": 844}
SCREENS_AT_MOST = 8
BY_DOCTOR = "Où en est l'argent, par médecin"

pytestmark = pytest.mark.browser


def test_a_manager_reads_the_finances_on_a_phone(portal):
    page = portal.page
    page.goto(f"{portal.address}/prosante/profil/")
    portal.identify("Nadia Benali")
    confirm(portal, organisation=CIRCLE)
    page.goto(f"{portal.address}/bhod/finances/")
    table = page.get_by_role("table", name=BY_DOCTOR)
    expect(table).to_be_visible()
    wide = table.inner_text()

    page.set_viewport_size(PHONE)
    expect(table).not_to_be_visible()
    assert page.evaluate("document.documentElement.scrollHeight") < SCREENS_AT_MOST * PHONE["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    page.locator("summary", has_text=BY_DOCTOR).click()
    expect(table).to_be_visible()
    foot = table.locator("tfoot")
    # A total that is cut off by a style has a height of one.
    assert foot.bounding_box()["height"] > PHONE["height"] / 20
    assert foot.locator("td").last.inner_text().strip() in wide
