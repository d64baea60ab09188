"""Hands that know no mouse: Tab, Shift+Tab, Enter, Space and letters, and eyes that look where the focus is."""

from playwright.sync_api import Locator, Page, expect

PATIENCE = 60


class Keyboard:
    def __init__(self, page: Page):
        self.page = page

    def go_to(self, wanted: Locator, *, key: str = "Tab"):
        """Press the key until the wanted element has the focus; every element on the way must show that it has it."""
        # A page without its style sheet shows no focus.
        self.page.wait_for_load_state()
        for _ in range(PATIENCE):
            self.page.keyboard.press(key)
            self._sees_the_focus()
            if wanted.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"not within {PATIENCE} × {key}: {wanted}")

    def follow(self, name):
        self.go_to(self.page.get_by_role("link", name=name).first)
        self._leave_with("Enter")

    def press(self, name, *, with_key="Enter"):
        self.go_to(self.page.get_by_role("button", name=name, exact=True))
        self._leave_with(with_key)

    def tick(self, label):
        self.go_to(self.page.get_by_label(label))
        self.page.keyboard.press("Space")

    def type(self, label, text):
        self.go_to(self.page.get_by_label(label))
        self.page.keyboard.type(text)

    def send(self):
        """From within a field."""
        self._leave_with("Enter")

    def choose(self, label, option):
        """In a list, from the first line with its letter downwards; letters typed slowly would begin a new word each."""
        box = self.page.get_by_role("combobox", name=label)
        self.go_to(box)
        self.page.keyboard.press("Home")
        self.page.keyboard.press(option[0])
        for _ in box.get_by_role("option").all():
            if box.locator("option:checked").inner_text().strip() == option:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"not in the list « {label} »: {option}")

    def _leave_with(self, key):
        # The next key must meet the next page, not the one that is going.
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def _sees_the_focus(self):
        ring = self.page.locator(":focus")
        if ring.count() == 0:
            return  # the browser's own controls, after the last link
        expect(ring).to_be_in_viewport()
        assert ring.evaluate("element => getComputedStyle(element).outlineStyle") != "none", (
            ring.text_content()
        )
