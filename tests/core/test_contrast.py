"""What is written can be read, and what is drawn can be seen: WCAG 2.2 AA over the colours of the sheets, in both modes."""

import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

STYLES = Path(settings.BASE_DIR) / "bhod_portal" / "styles"
HEX = re.compile(r"(--[\w-]+):\s*(#[0-9a-f]{3,8})\b")
RULE = re.compile(r"(?P<of>:root|\[data-portal=\"(?P<portal>[\w-]+)\"\])\s*\{(?P<body>[^}]*)\}")
TEXT, GRAPHIC = 4.5, 3.0
TONES = ("info", "success", "warning", "danger", "neutral")
GROUNDS = ("surface", "surface-sunken")
TINTS = tuple(f"{tone}-tint" for tone in TONES)

# (ink, ground, lowest contrast): each pair that a sheet puts one on the other.
PAIRS = [
    *product(("ink", "accent", "accent-strong"), (*GROUNDS, *TINTS, "accent-tint"), [TEXT]),
    *product(("ink-soft",), (*GROUNDS, *TINTS, "accent-tint", "phone-app", "bubble"), [TEXT]),
    *((tone, ground, TEXT) for tone in TONES for ground in (*GROUNDS, f"{tone}-tint", "accent-tint")),
    *product(("on-tone",), ("accent", "accent-strong", *TONES, "danger-strong", "itsme"), [TEXT]),
    *product(("on-bar",), ("bar", "bar-strong"), [TEXT]),
    *product(("line-strong",), ("surface",), [TEXT]),
    *product(("line-strong",), ("surface-sunken", "accent-tint"), [GRAPHIC]),
    *product(("phone-ink",), ("phone-app", "bubble"), [TEXT]),
    *product(("ink", "accent", "danger"), ("phone-app",), [TEXT]),
    *product(("itsme",), ("surface", "phone-app", "itsme-tint"), [GRAPHIC]),
    *product(("focus",), (*GROUNDS, *TINTS, "accent-tint", "phone-app"), [GRAPHIC]),
    # On a ground of its own darkness, the gap around the ring makes it seen.
    *product(("focus",), ("focus-gap",), [GRAPHIC]),
    *product((f"chart-{number}" for number in range(1, 6)), ("surface",), [GRAPHIC]),
    ("mark-ink", "mark", TEXT),
    ("danger", "danger-tint", TEXT),
]


def tokens(sheet: str, portal: str, *, dark: bool) -> dict[str, str]:
    """The colours that hold in a portal: those of every page, then its own; in the dark, then those of the dark."""
    light, _, night = sheet.partition("@media screen and (prefers-color-scheme: dark)")
    found: dict[str, str] = {}
    for part in [light, night] if dark else [light]:
        for rule in RULE.finditer(part):
            if rule["portal"] in {None, portal}:
                found |= {name.removeprefix("--"): value for name, value in HEX.findall(rule["body"])}
    return found


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def colours(portal: str, *, dark: bool) -> dict[str, str]:
    return {
        name: value
        for sheet in ("tokens.css", "portals.css")
        for name, value in tokens((STYLES / sheet).read_text(), portal, dark=dark).items()
    }


PORTALS = ("formation", "csam", "securite-sociale", "prosante", "bhod")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("portal", PORTALS)
def test_every_ink_can_be_read_on_its_ground(portal, dark):
    known = colours(portal, dark=dark)

    weak = {
        f"{ink} on {ground}": round(found, 2)
        for ink, ground, lowest in PAIRS
        if (found := contrast(known[ink], known[ground])) < lowest
    }
    assert weak == {}


@pytest.mark.parametrize("portal", PORTALS)
def test_every_colour_has_its_dark_one(portal):
    light, dark = colours(portal, dark=False), colours(portal, dark=True)

    # Light letters stand on a dark bar in both, and a phone's case is what it is.
    assert {name for name in light if light[name] == dark[name]} <= {"on-bar", "phone-button"}


@pytest.mark.parametrize("sheet", sorted(STYLES.glob("*.css")), ids=lambda path: path.name)
def test_only_tokens_are_colours(sheet):
    """A colour written elsewhere would stay as it is in the dark."""
    if sheet.name in {"tokens.css", "portals.css", "print.css"}:
        return
    # A code for phones is read black on white, and a picture in an address knows no token.
    rules = re.sub(r"url\([^)]*\)|\.qr img \{[^}]*\}", "", sheet.read_text())

    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;,\s)])|\b(?:rgb|hsl)a?\(", rules) == []


class TestTheGuard:
    """Planted mistakes are caught."""

    def test_grey_on_white(self):
        assert contrast("#999", "#ffffff") < TEXT < contrast("#767676", "#fff")

    def test_black_on_white(self):
        assert contrast("#000", "#fff") == pytest.approx(21)

    def test_the_dark_is_read_apart(self):
        sheet = ":root { --ink: #000; }\n@media screen and (prefers-color-scheme: dark) { :root { --ink: #fff; } }"

        assert tokens(sheet, "csam", dark=False) == {"ink": "#000"}
        assert tokens(sheet, "csam", dark=True) == {"ink": "#fff"}


def test_paper_is_white():
    """The dark is for screens alone, and each sheet of paper says where it comes from."""
    ours = "".join(sheet.read_text() for sheet in STYLES.glob("*.css"))

    assert re.findall(r"@media \(prefers-color-scheme: dark\)", ours) == []
    assert re.search(r"@page \{[^}]*\{[^}]*SIMULATEUR[^}]*SIMULATOR", ours)
