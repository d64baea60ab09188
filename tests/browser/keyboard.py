"""Hands that know no mouse: Tab, Shift+Tab, Enter, Space, arrows and letters, and eyes that look where the focus is."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.portal import Portal

PATIENCE = 99

# Past the header and the steps, to what one came for.
SKIP = ".skip-link"
DIRECTION = """wanted => {
    const here = document.activeElement;
    if (here === document.body) return document.querySelector("main")?.contains(wanted) ? "skip" : "Tab";
    return here.compareDocumentPosition(wanted) & Node.DOCUMENT_POSITION_PRECEDING ? "Shift+Tab" : "Tab";
}"""
# Tab stops once at a group of radio buttons, whichever of them it is.
LOOK = """wanted => {
    const here = document.activeElement, style = getComputedStyle(here), box = here.getBoundingClientRect();
    const sameGroup = [here, wanted].every(one => one.type === "radio") && here.name === wanted.name;
    return {
        arrived: here === wanted || (sameGroup && here.form === wanted.form),
        outside: here === document.body,
        ringed: style.outlineStyle !== "none" || style.boxShadow !== "none",
        inView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
        what: here.outerHTML.slice(0, 200),
    };
}"""
CHOSEN = "box => box.selectedOptions[0]?.label.trim().replace(/\\s+/g, ' ')"


class Keyboard(Portal):
    def __init__(self, page: Page, address: str = ""):
        super().__init__(page, address)

    def go_to(self, wanted: Locator, *, key: str | None = None):
        """Tab, or back, to the wanted element or its radio group; every element on the way must show its focus."""
        wanted.wait_for()
        # A page without its style sheet shows no focus.
        self.page.wait_for_load_state()
        if key is None:
            key = wanted.evaluate(DIRECTION)
        if key == "skip":
            key = "Tab"
            self.page.keyboard.press(key)
            if wanted.evaluate(LOOK)["arrived"]:
                return
            if self.page.locator(f"{SKIP}:focus").count():
                self.page.keyboard.press("Enter")
                expect(self.main).to_be_focused()
        for _ in range(PATIENCE):
            self.page.keyboard.press(key)
            if self._sees_the_focus(wanted):
                return
        raise AssertionError(f"not within {PATIENCE} × {key}: {wanted}")

    def use(self, link_or_button: Locator):
        self.go_to(link_or_button)
        is_link = link_or_button.evaluate("element => element.matches('a')")
        self._leave_with("Enter" if is_link else "Space")

    def fill(self, field: Locator, text):
        self.go_to(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def send(self):
        """From within a field."""
        self._leave_with("Enter")

    def select(self, box: Locator, option):
        """From the first line with its letter downwards; letters typed slowly would begin a new word each."""
        self.go_to(box)
        for key in ("Home", option[0], *["ArrowDown"] * box.get_by_role("option").count()):
            self.page.keyboard.press(key)
            if box.evaluate(CHOSEN) == option:
                return
        raise AssertionError(f"not in the list « {box} »: {option}")

    def check(self, box: Locator):
        self.go_to(box)
        if not box.evaluate("box => box === document.activeElement || box.checked"):
            for _ in range(PATIENCE):
                self.page.keyboard.press("ArrowDown")
                if self._sees_the_focus(box) and box.is_checked():
                    return
            raise AssertionError(f"arrows do not reach {box}")
        if not box.is_checked():
            self.page.keyboard.press("Space")
        expect(box).to_be_checked()

    def _leave_with(self, key):
        # The next key must meet the next page, not the one that is going.
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def _sees_the_focus(self, wanted: Locator) -> bool:
        found = wanted.evaluate(LOOK)
        if not found["outside"]:  # else the browser's own controls, after the last link
            assert found["ringed"], found["what"]
            if not found["inView"]:
                # The page scrolls a moment later.
                expect(self.page.locator(":focus")).to_be_in_viewport()
        return found["arrived"]
