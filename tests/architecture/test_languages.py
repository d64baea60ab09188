"""Every screen, and every form that comes back with errors, in Dutch, German and English: none says a sentence in French."""

import re
from collections.abc import Iterable
from html import unescape
from http.cookies import SimpleCookie

import polib
import pytest
from django.conf import settings

from bhod_portal.local import catalogues
from tests.architecture.screens import is_page, screens
from tests.unmeasured import unmeasured

# With its hyphens: an address is no sentence.
WORD = re.compile(r"\w+(?:-\w+)*")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
# Names and quotations may stand in French on a page that is not: they say so.
IN_FRENCH = re.compile(r"""<(\w+)(?=\s)[^>]*\slang="fr"[^>]*>.*?</\1>""", re.DOTALL)
# What somebody has typed stays as it is in his box.
TYPED = re.compile(r"""(<input\b[^>]*\s)value="[^"]*\"""")
# Two words in a row may be a name.
FEWEST = 3
# No portal in production has it; letters stay in the language of whom they were written to.
LEFT_OUT = {
    "core:components",
    "training:mailbox",
    "training:message",
    "training:message_list",
    "access_mgmt:role_email",
}


class French:
    """The sentences of the sources, and parts of them between placeholders, that the language says otherwise."""

    def __init__(self, entries: Iterable[polib.POEntry]) -> None:
        self._by_start: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
        every = []
        for entry in entries:
            said = " ".join([entry.msgstr, *entry.msgstr_plural.values()])
            kept = " ".join(WORD.findall(unescape(said)))
            every.append(kept)
            for text in filter(None, (entry.msgid, entry.msgid_plural)):
                for piece in PLACEHOLDER.split(unescape(text)):
                    words = tuple(WORD.findall(piece))
                    if len(words) >= FEWEST and " ".join(words) not in kept:
                        self._by_start.setdefault(words[:FEWEST], set()).add(words)
        # A page or a law that is named in French within another sentence.
        self._quoted = "\n".join(every)

    def found_on(self, page: str) -> list[str]:
        """What of them stands on a page, in its texts or its attributes."""
        words = WORD.findall(unescape(TYPED.sub(r"\1", IN_FRENCH.sub("", page))))
        found = {}
        for place in range(len(words) - FEWEST + 1):
            for sentence in self._by_start.get(tuple(words[place : place + FEWEST]), ()):
                text = " ".join(sentence)
                if tuple(words[place : place + len(sentence)]) == sentence and text not in self._quoted:
                    found[text] = None
        return list(found)


def french_of(language: str) -> French:
    return French(polib.pofile(str(catalogues.catalogue_path(language))))


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_no_screen_says_a_sentence_in_french(clients, sample, language):
    french, said = french_of(language), {}
    chosen = SimpleCookie({settings.LANGUAGE_COOKIE_NAME: language})
    for client in clients.values():
        client.cookies |= chosen

    def walk():
        for screen in screens():
            if screen.name in LEFT_OUT:
                continue
            _address, answer = screen.ask(clients, sample)
            if not is_page(answer):
                continue
            page = answer.content.decode()
            if f'<html lang="{language}">' not in page:
                said[screen.slug] = "another language"
            elif found := french.found_on(page):
                said[screen.slug] = found

    unmeasured(walk)
    assert [f"{slug}: {found}" for slug, found in said.items()] == []


class TestTheGuard:
    """Planted sentences are found."""

    @pytest.mark.parametrize(
        ("page", "found"),
        [
            ("<p>Vérifiez ces données, s'il vous plaît.</p>", ["Vérifiez ces données"]),
            ('<nav aria-label="Vérifiez ces données">', ["Vérifiez ces données"]),
            ('<input type="text" value="Vérifiez ces données" title="Val">', []),
            ('<q lang="fr">Vérifiez ces données</q>', []),
            ("<p>Controleer deze gegevens</p>", []),
            ('<a href="/vers/Vérifiez-ces-données/">', []),
            ("<p>Val de Senne</p>", []),
        ],
    )
    def test_a_sentence(self, page, found):
        french = French(
            [
                polib.POEntry(msgid="Vérifiez ces données", msgstr="Controleer deze gegevens"),
                polib.POEntry(msgid="Val de Senne", msgstr="CMG Val de Senne"),
            ]
        )
        assert french.found_on(page) == found

    def test_what_stands_between_placeholders(self):
        entry = polib.POEntry(
            msgid="%(day)s : aucune garde n'est prévue à %(place)s.", msgstr="%(day)s: %(place)s."
        )
        assert French([entry]).found_on("Lundi : aucune garde n&#x27;est prévue à Wavre")
