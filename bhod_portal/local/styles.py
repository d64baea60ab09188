"""The one style sheet of the portal, made of our sheets and Bootstrap's: `make styles` writes it.

The sources stand in `bhod_portal/styles/`; `portal.css` names them in their layers. Of Bootstrap's two thousand classes
those are left out that no template, script or module of ours names: with them the sheet would be twice as heavy.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import lightningcss

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "bhod_portal" / "styles" / "portal.css"
SHEET = ROOT / "static" / "css" / "portal.css"
BOOTSTRAP = ROOT / "static" / "vendor" / "bootstrap-5.3.9" / "bootstrap.min.css"
# Where a class may be named; in modules, only in strings that hold nothing but names.
PAGES = (*(ROOT / "templates").rglob("*.html"), *(ROOT / "static" / "js").glob("*.js"))
APPS = ("bhod_portal", "csam", "access_mgmt", "prosante_login", "bhod", "training")
CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
NAME = re.compile(r"[a-zA-Z][\w-]*")
# Also a property, which the bundler would leave out of every rule with the class
ALSO_PROPERTIES = {"text-wrap"}
NAMES_ONLY = re.compile(r'"([a-z][\w -]*)"')
# « class="btn btn-{{ tone }}" », or with one brace in a module: any class that begins so
BEGUN = re.compile(r"""class="[^"]*?\b([a-z][a-z-]*-)\{""")


def made() -> str:
    sheet = lightningcss.bundle_css(str(SOURCE), unused_symbols=unused())
    return f"/* Made by « make styles » from bhod_portal/styles: not to be edited. */\n{sheet}\n"


def classes_of_bootstrap() -> set[str]:
    return set(CLASS.findall(BOOTSTRAP.read_text(encoding="utf-8")))


def unused() -> set[str]:
    """Bootstrap's classes that no page of ours can have."""
    named = set(ALSO_PROPERTIES)
    begun: set[str] = set()
    for text, names in _sources():
        named.update(names)
        begun.update(BEGUN.findall(text))
    return {name for name in classes_of_bootstrap() - named if not name.startswith(tuple(begun))}


def _sources() -> Iterator[tuple[str, list[str]]]:
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        yield text, NAME.findall(text)
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            yield text, [name for names in NAMES_ONLY.findall(text) for name in names.split()]


if __name__ == "__main__":
    SHEET.write_text(made(), encoding="utf-8")
