"""`make screenshots`: every screen at two widths, light and dark, with a contact sheet. No test, and none collects it."""

import os
from collections import defaultdict
from html import escape
from pathlib import Path

import pytest

from tests.architecture.screens import is_page, screens
from tests.browser.shown import MODES, WIDTHS, stage, take_pictures

FOLDER = Path(os.environ.get("SCREENSHOTS", "screenshots"))

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def theatre(browser):
    context = browser.new_context(locale="fr-BE", reduced_motion="reduce")
    with stage(context.new_page()) as found:
        yield found
    context.close()


@pytest.fixture(scope="session", autouse=True)
def _contact_sheet():
    yield
    write_contact_sheet(FOLDER)


@pytest.mark.parametrize("screen", screens(), ids=lambda screen: f"{screen.portal}/{screen.slug}")
def test_take(theatre, clients, sample, screen):
    address, answer = screen.ask(clients, sample)
    if not is_page(answer):
        return
    theatre.show(address, answer)
    take_pictures(theatre.page, FOLDER / screen.portal, screen.slug)


def write_contact_sheet(folder: Path) -> None:
    """All pictures that are there, a line for each screen. Each process writes it at its end, the last one whole."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = defaultdict(dict)
    for file in sorted(folder.glob("*/*.png")):
        screen, width, mode = file.stem.rsplit("-", 2)
        lines[f"{file.parent.name}/{screen}"][f"{width}-{mode}"] = file.relative_to(folder).as_posix()
    body = "".join(
        f"<h2>{escape(screen)}</h2><p>"
        + "".join(
            f'<a href="{escape(shots[shot])}"><img src="{escape(shots[shot])}" alt="{shot}" loading="lazy"></a>'
            for shot in (f"{width}-{mode}" for width in WIDTHS for mode in MODES)
            if shot in shots
        )
        + "</p>\n"
        for screen, shots in lines.items()
    )
    style = "img{width:24%;max-height:40rem;object-fit:cover;object-position:top;border:1px solid;margin:2px}"
    page = f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Screenshots</title><style>{style}</style>{body}</html>'
    (folder / "index.html").write_text(page, encoding="utf-8")
