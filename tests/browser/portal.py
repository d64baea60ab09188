"""The portal as a person in a browser sees it: what one reads, clicks and types, by role and label."""

import re
import time

from playwright.sync_api import Locator, Page, expect

from tests.processes.running import PATIENCE
from training.demo.people import PIN


class Portal:
    def __init__(self, page: Page, address: str):
        self.page = page
        self.address = address

    # Anywhere

    def home(self):
        self.page.goto(self.address)

    def follow(self, name):
        self.page.get_by_role("link", name=name).first.click()

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def type(self, label, text):
        self.page.get_by_label(label).fill(text)

    def choose(self, label, option):
        self.page.get_by_role("combobox", name=label).select_option(label=option)

    def tick(self, label):
        self.page.get_by_label(label).check()

    def reads(self, text):
        expect(self.page.get_by_role("main")).to_contain_text(text)

    def does_not_read(self, text):
        expect(self.page.get_by_role("main")).not_to_contain_text(text)

    def finds(self, pattern, *, within: Locator | None = None):
        """What the pattern matches in the page or a part of it, once it stands there."""
        place, wanted = within or self.page.get_by_role("main"), re.compile(pattern)
        found = None
        while not found:
            expect(place).to_contain_text(wanted)
            # The page may have looked again meanwhile.
            found = wanted.search(place.text_content())
        return found[0]

    def is_headed(self, heading):
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)

    # Identification

    def identify(self, name, pin=PIN):
        """From the identification page, by an eID card."""
        self.is_headed("S'identifier à l'administration en ligne")
        self.follow("avec un lecteur de cartes eID")
        self.choose("Carte dans le lecteur", name)
        self.type("Code PIN", pin)
        self.press("S'identifier")

    def identify_from(self, country, name):
        """From the identification page, by the electronic identity of another country."""
        self.follow("avec une identification électronique reconnue au plan européen")
        self.choose("Pays qui vous a donné votre identité électronique", country)
        self.press("Continuer")
        self.is_headed(f"Identité électronique : {country}")
        self.tick(name)
        self.press("Confirmer mon identité")

    def quit(self):
        self.page.goto(f"{self.address}/csam/quitter/")
        self.press("Quitter")

    # The clock of the demo world

    def wait_for_the_worker(self, *, within=PATIENCE):
        """Look at the home page again until no role waits any more: it is another process that applies them."""
        deadline = time.monotonic() + within
        self.home()
        while self.page.get_by_text("Aucun rôle n'attend d'être propagé.").count() == 0:
            assert time.monotonic() < deadline, "the worker did not apply the changes"
            self.page.wait_for_timeout(200)
            self.page.reload()

    def move_the_clock(self, step="+ 20 min"):
        self.home()
        self.press(step)
        # Who goes elsewhere at once would take the click back.
        expect(self.page.get_by_text("Il est maintenant")).to_be_visible()
