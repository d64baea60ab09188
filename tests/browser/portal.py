"""The portal as a person in a browser sees it: what one reads, clicks and types, by role and label.

Tests write labels as the sources do, in French; who reads another language looks for what it makes of them.
"""

import re
import time
from html import unescape

from django.conf import settings
from django.utils.html import strip_tags
from django.utils.translation import gettext, ngettext, override
from playwright.sync_api import Locator, Page, expect

from tests.processes.running import PATIENCE
from training.demo.people import PIN


class Portal:
    # Called in each state of a page that one stays in long enough to read (`watching`).
    watch = staticmethod(lambda page: None)

    def __init__(self, page: Page, address: str):
        self.page = page
        self.address = address
        self.language = settings.LANGUAGE_CODE

    # What hands do; those without a mouse do it otherwise (`keyboard`).

    def use(self, link_or_button: Locator):
        link_or_button.click()

    def fill(self, field: Locator, text):
        field.fill(text)

    def select(self, box: Locator, option):
        box.select_option(label=option)

    def check(self, box: Locator):
        box.check()

    # Languages

    def speak(self, language):
        """Choose a language in the header; from now on all is looked for in its words."""
        self._acts()
        header = self.page.get_by_role("banner")
        self.use(header.get_by_role("button", name=re.compile(rf"^{language.upper()}\b")))
        self.language = language

    def words(self, text, plural="", *, number=1, **values):
        """What this reader sees of a source string, values put in; what is no source string stays, as names do."""
        if isinstance(text, re.Pattern):
            return text
        with override(self.language):
            found = ngettext(text, plural, number) if plural else gettext(text)
        return unescape(strip_tags(found % values if values else found))

    def _acts(self):
        """A screen reader would speak each page in the language in which it is read here."""
        expect(self.page.locator("html")).to_have_attribute("lang", self.language)

    # Anywhere

    def home(self):
        self.page.goto(self.address)

    def follow(self, name, *, within: Locator | None = None):
        self._acts()
        link = (within or self.page).get_by_role("link", name=self.words(name))
        if within is None:
            # The steps and the way up name other pages too, and stand above what one came for.
            link = link.and_(self.page.locator(":not(.chain *, .breadcrumbs *)"))
        link = link.first
        link.wait_for()
        self.watch(self.page)
        self.use(link)

    def press(self, name):
        self._acts()
        button = self.page.get_by_role("button", name=self.words(name), exact=True)
        button.wait_for()
        self.watch(self.page)
        self.use(button)

    def type(self, label, text, *, within: Locator | None = None):
        self.fill((within or self.page).get_by_label(self.words(label)), text)

    def choose(self, label, option):
        self.select(self.page.get_by_role("combobox", name=self.words(label)), self.words(option))

    def tick(self, label):
        self.check(self.page.get_by_label(self.words(label)))

    @property
    def main(self):
        return self.page.get_by_role("main")

    def part(self, name):
        """A region of the page, by its name."""
        return self.page.get_by_role("region", name=self.words(name))

    def reads(self, text):
        expect(self.main).to_contain_text(self.words(text))
        self.watch(self.page)

    def does_not_read(self, text):
        expect(self.main).not_to_contain_text(self.words(text))

    def finds(self, pattern, *, within: Locator | None = None):
        """What the pattern matches in the page or a part of it, once it stands there."""
        place, wanted = within or self.main, re.compile(pattern)
        found = None
        while not found:
            expect(place).to_contain_text(wanted)
            # The page may have looked again meanwhile.
            found = wanted.search(place.text_content())
        return found[0]

    def is_headed(self, heading):
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(self.words(heading))
        self.watch(self.page)

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
        self.is_headed(self.words("Identité électronique : %(name)s", name=self.words(country)))
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
        nobody_waits = self.page.get_by_text(self.words("Aucun rôle n'attend d'être propagé."))
        while nobody_waits.count() == 0:
            assert time.monotonic() < deadline, "the worker did not apply the changes"
            self.page.wait_for_timeout(200)
            self.page.reload()

    def move_the_clock(self, step="+ 20 min"):
        self.home()
        self.press(step)
        # Who goes elsewhere at once would take the click back.
        said = self.words("Il est maintenant %(now)s.", now="")
        expect(self.page.get_by_text(said.rstrip(" ."))).to_be_visible()
