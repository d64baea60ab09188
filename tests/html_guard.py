"""What no page of ours may contain: inline code, inline style, template syntax that was left over."""

import re
from collections.abc import Iterator
from functools import lru_cache
from html.parser import HTMLParser

LEFTOVER = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
# A block of data is not run by a browser.
DATA_TYPES = {"application/json", "application/ld+json"}
DATA = re.compile(r"""(<script\b[^>]*type="application/(?:ld\+)?json"[^>]*>).*?(</script>)""", re.DOTALL)
START = re.compile(r"<[a-zA-Z]")
START_TAG = re.compile(r"""<[a-zA-Z](?:[^"'>]|"[^"]*"|'[^']*')*>""")
# A form in which one types, up to its end; a template that drops the token is told by no other test.
POSTED = re.compile(r"""<form\b[^>]*\bmethod="post"[^>]*>.*?</form>""", re.DOTALL | re.IGNORECASE)
ADDRESSES = {"href", "src", "action", "formaction"}


class _Guard(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        if tag == "style":
            self._fault("inline style sheet")
        if tag == "script" and "src" not in attributes and attributes.get("type") not in DATA_TYPES:
            self._fault("inline script")
        for name, value in attributes.items():
            if name.startswith("on"):
                self._fault(f"{name}= handler on <{tag}>")
            if name == "style":
                self._fault(f"style= on <{tag}>")
            if name in ADDRESSES and value.strip().lower().startswith("javascript:"):
                self._fault(f"javascript: in {name}= of <{tag}>")

    def _fault(self, what):
        self.faults.append(what)


# Pages have most of their tags in common, and parsing all of them costs more than rendering some.
@lru_cache(maxsize=10_000)
def _faults_of_tag(tag: str) -> tuple[str, ...]:
    guard = _Guard()
    guard.feed(tag)
    guard.close()
    return tuple(guard.faults)


def _faults_of_tags(html: str) -> Iterator[str]:
    for found in START_TAG.finditer(html):
        for fault in _faults_of_tag(found[0]):
            yield f"line {html.count(chr(10), 0, found.start()) + 1}: {fault}"
    # What is not looked at above must hold no tag.
    if START.search(START_TAG.sub("", html)):
        yield "a tag that does not end"


def faults_in(html: str) -> list[str]:
    """Everything on the page that may not be there, with its line."""
    # Data may well hold two braces side by side.
    lines = enumerate(DATA.sub(r"\1\2", html).splitlines(), start=1)
    leftovers = [
        f"line {number}: {line.strip()!r} is template syntax"
        for number, line in lines
        if LEFTOVER.search(line)
    ]
    tokenless = [
        f"line {html.count(chr(10), 0, form.start()) + 1}: a form without its CSRF token"
        for form in POSTED.finditer(html)
        if "csrfmiddlewaretoken" not in form[0]
    ]
    # Only a form that a page calls `form` brings its scripts along.
    pickerless = "<html" in html and "data-calendar" in html and "js/day-picker" not in html
    unloaded = ["a day to type without the script of its calendar"] if pickerless else []
    return [*_faults_of_tags(html), *leftovers, *tokenless, *unloaded]


def assert_clean(html: str) -> None:
    """Raises AssertionError where a page runs code or carries style of its own, or shows template syntax."""
    found = faults_in(html)
    assert not found, "; ".join(found)
