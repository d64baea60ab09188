"""What a page makes a browser fetch: on the first visit with everything it links to, afterwards the page alone.

Sizes are those of gzip; most browsers take Brotli, which is smaller.
"""

import gzip
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.text import compress_string

from bhod_portal.local import styles

MOST_AT_FIRST, MOST_AFTER = 60_000, 15_000
# Headers of a page and of a file, as servers send them; the compressing middleware adds up to a hundred bytes by chance.
HEADERS_OF_PAGE, HEADERS_OF_FILE, BY_CHANCE = 1_200, 500, 100
# Fetched by the pages that draw a chart, which the issue leaves out.
APART = re.compile(r"vendor/chart\.js-")
SHEET = re.compile(r'<link rel="stylesheet" href="([^"]+)"')
ICON = re.compile(r'<link rel="icon"[^>]* href="([^"]+)"')
PICTURE = re.compile(r'<img[^>]* src="(/[^"]+)"')
SCRIPT = re.compile(r'<script\b[^>]*\bsrc="([^"]+)"[^>]*>')
CLASSES = re.compile(r'\bclass="([^"]*)"')
left_out = cache(styles.unused)


@cache
def weight_of_file(address: str) -> int:
    path = address.split("?", maxsplit=1)[0].removeprefix(settings.STATIC_URL)
    return len(gzip.compress(Path(finders.find(path)).read_bytes())) + HEADERS_OF_FILE


def weight_of_page(content: bytes) -> int:
    return len(compress_string(content)) + HEADERS_OF_PAGE + BY_CHANCE


def faults_in(html: str) -> list[str]:
    """What makes a page heavy or late, and what would look wrong as the sheet leaves it out."""
    scripts = list(SCRIPT.finditer(html))
    sheets = SHEET.findall(html)
    files = {*sheets, *ICON.findall(html), *PICTURE.findall(html), *(script[1] for script in scripts)}
    page = weight_of_page(html.encode())
    first = page + sum(weight_of_file(file) for file in files if not APART.search(file))
    named = {name for names in CLASSES.findall(html) for name in names.split()}
    faults = [f"blocking: {script[0]}" for script in scripts if " defer" not in script[0]]
    faults += [f"{len(sheets)} style sheets"] if len(sheets) > 1 else []
    faults += [f"{page} bytes at each visit"] if page > MOST_AFTER else []
    faults += [f"{first} bytes at the first visit"] if first > MOST_AT_FIRST else []
    return faults + [f"class {name} is left out of the sheet" for name in sorted(named & left_out())]
