"""The terms of the administration are the same on every screen: the catalogues hold what terms.toml says, no more, no less."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polib
import pytest

from bhod_portal.local import catalogues

HERE = Path(__file__).parent
REGISTER = catalogues.ROOT / "docs" / "fidelity.md"


@dataclass(frozen=True, slots=True)
class Term:
    """A label of ours that is a term of the administration, in each language; `guess`: where no official text has it."""

    fr: str
    nl: str
    de: str
    en: str
    guess: tuple[str, ...] = ()

    @property
    def row(self) -> str:
        """How the register tells of what is guessed."""
        shown = (getattr(self, language) if language in self.guess else "" for language in ("nl", "de"))
        return f"| {' | '.join([self.fr, *shown])} |".replace("|  |", "| |")


@cache
def terms() -> tuple[Term, ...]:
    rows = tomllib.loads((HERE / "terms.toml").read_text(encoding="utf-8"))["term"]
    return tuple(Term(**(row | {"guess": tuple(row.get("guess", ()))})) for row in rows)


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_the_catalogue_holds_the_terms(language):
    catalogue = polib.pofile(str(catalogues.catalogue_path(language)))
    # A soft hyphen shows where a long word may be parted; the word is the same.
    held = {entry.msgid: entry.msgstr.replace("\u00ad", "") for entry in catalogue if not entry.msgctxt}

    wanted = {term.fr: getattr(term, language) for term in terms()}

    assert {fr: held.get(fr) for fr in wanted} == wanted


def test_each_term_stands_once():
    french = [term.fr for term in terms()]
    assert sorted(french) == sorted(set(french))


def test_the_register_lists_what_is_guessed():
    guessed = [term.row for term in terms() if term.guess]

    listed = REGISTER.read_text(encoding="utf-8").split("\n## Languages\n")[1].split("\n## ")[0].splitlines()

    assert [row for row in guessed if row not in listed] == []


def test_only_official_languages_are_guessed():
    assert {language for term in terms() for language in term.guess} <= {"nl", "de"}
