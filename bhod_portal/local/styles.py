"""The one style sheet of the portal, made of our sheets and Bootstrap's: `make styles` writes it.

The sources stand in `bhod_portal/styles/`; `portal.css` names them in their layers.
"""

from pathlib import Path

import lightningcss

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "bhod_portal" / "styles" / "portal.css"
SHEET = ROOT / "static" / "css" / "portal.css"


def made() -> str:
    return f"/* Made by « make styles » from bhod_portal/styles: not to be edited. */\n{lightningcss.bundle_css(str(SOURCE))}\n"


if __name__ == "__main__":
    SHEET.write_text(made(), encoding="utf-8")
