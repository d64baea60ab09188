"""The message catalogues: `make messages` brings them in step with the sources, and compiles them.

A new text stands in nl, de and en without a translation until somebody writes one; `tests/architecture/test_catalogues.py`
fails as long as it does. French is the language of the sources: its catalogue holds plurals, for « 0 » is singular in French,
which gettext does not know of a text without a catalogue, and pages' texts with spaces at which no line may break.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

from bhod_portal.core.typography import typeset

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("access_mgmt", "bhod", "bhod_portal", "csam", "prosante_login", "templates", "training")
TRANSLATED = ("nl", "de", "en")
PLURALS = {
    "fr": "nplurals=2; plural=(n > 1);",
    "nl": "nplurals=2; plural=(n != 1);",
    "de": "nplurals=2; plural=(n != 1);",
    "en": "nplurals=2; plural=(n != 1);",
}

_ON_PAGES = re.compile(r"\.html$|/forms(/\w+)?\.py$")

_Key = tuple[str | None, str]


def catalogue_path(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def texts_of_sources() -> polib.POFile:
    """Every text that templates and code ask of the catalogues, in the order of their files; needs gettext's tools."""
    with tempfile.TemporaryDirectory() as folder:
        # In a copy, because it writes beside each template while it reads.
        for name in SOURCES:
            shutil.copytree(ROOT / name, Path(folder, name), ignore=shutil.ignore_patterns("*.pyc", "*.sql"))
        Path(folder, "locale").mkdir()
        subprocess.run(
            [sys.executable, "-m", "django", "makemessages", "--locale", "fr", "--add-location", "file"],
            cwd=folder,
            check=True,
            capture_output=True,
        )
        return polib.pofile(str(Path(folder, "locale/fr/LC_MESSAGES/django.po")))


def key(entry: polib.POEntry) -> _Key:
    return entry.msgctxt, entry.msgid


def in_step(language: str, texts: polib.POFile) -> polib.POFile:
    """The language's catalogue with exactly these texts, and of its translations those that still belong to one."""
    path = catalogue_path(language)
    old = {key(each): each for each in polib.pofile(str(path))} if path.exists() else {}
    fresh = polib.POFile(wrapwidth=0)
    fresh.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    fresh.extend(_entries(language, texts, old))
    return fresh


def on_pages_only(text: polib.POEntry) -> bool:
    """Whether only pages and their forms say it: in mails, files and codes a space stays what people type."""
    return all(_ON_PAGES.search(path) for path, _line in text.occurrences)


def _entries(language: str, texts: polib.POFile, old: dict[_Key, polib.POEntry]) -> Iterator[polib.POEntry]:
    for text in texts:
        entry = polib.POEntry(
            msgid=text.msgid,
            msgid_plural=text.msgid_plural,
            msgctxt=text.msgctxt,
            # The files only: line numbers would change with every edit.
            occurrences=[(path, "") for path, _line in text.occurrences],
            flags=[flag for flag in text.flags if flag != "fuzzy"],
        )
        known = old.get(key(text))
        if language == "fr":
            set_as = typeset if on_pages_only(text) else str
            if text.msgid_plural:
                entry.msgstr_plural = {0: set_as(text.msgid), 1: set_as(text.msgid_plural)}
            elif set_as(text.msgid) == text.msgid:
                continue
            else:
                entry.msgstr = set_as(text.msgid)
        elif text.msgid_plural:
            kept = known and known.msgid_plural == text.msgid_plural
            entry.msgstr_plural = dict(known.msgstr_plural) if known and kept else {0: "", 1: ""}
        else:
            entry.msgstr = known.msgstr if known else ""
        yield entry


def compiled(catalogue: polib.POFile) -> bytes:
    return catalogue.to_binary()


def main() -> None:
    texts = texts_of_sources()
    for language in PLURALS:
        catalogue = in_step(language, texts)
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{catalogue}\n", encoding="utf-8")
        path.with_suffix(".mo").write_bytes(compiled(catalogue))
        missing = len(catalogue.untranslated_entries())
        sys.stdout.write(f"{language}: {len(catalogue)} textes, {missing} sans traduction\n")


if __name__ == "__main__":
    main()
