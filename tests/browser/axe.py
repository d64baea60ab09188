"""What keeps people out of a page, as far as a machine can say: axe-core, by WCAG 2.2 A and AA and its best practices.

Documents are put one after the other into a page that has axe already, without their scripts: to load each anew, and axe
with it, would take thrice as long.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.base import AXE_SCRIPT
from django.http import HttpResponse
from playwright.sync_api import Browser, Page

from tests.browser.shown import stage

SCRIPT = re.compile(r"<script\b[^>]*>.*?</script>", re.DOTALL)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Of the experimental rules this one is sound: who speaks to his computer says what he reads. Left out are
# css-orientation-lock, focus-order-semantics, hidden-content, p-as-heading, table-fake-caption and td-has-header: they guess.
SPOKEN = "label-content-name-mismatch"
WHOLE = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {SPOKEN: {"enabled": True}}}
# What another colour can break.
COLOURS = {"runOnly": ["color-contrast"]}
# A cell of the month's grid is read as one sentence; what one speaks to are the links in it, and these are judged.
JUDGED = {"rules": [{"id": SPOKEN, "selector": ":not(td)"}]}
# Every page of a portal has these in common.
SURROUNDINGS = [".mark-bar", ".portal-header", ".chain-bar", ".portal-footer"]

# A page is complete before its sheet is there when the one before it was still loading.
WRITE = """async html => {
    document.open();
    document.write(html);
    document.close();
    if (document.readyState !== "complete")
        await new Promise(written => window.addEventListener("load", written, {once: true}));
    const unstyled = () => [...document.querySelectorAll("link[rel=stylesheet]")].some(link => !link.sheet);
    for (let tries = 0; unstyled(); tries++) {
        if (tries === 200) throw new Error("the style sheet did not arrive");
        await new Promise(later => setTimeout(later, 50));
    }
}"""
# The fifth row of a table is no other than the fourth.
SHORTEN = """() => document.querySelectorAll("tbody tr:nth-child(n+5), td:nth-child(n+12), li:nth-child(n+8)")
    .forEach(element => element.remove())"""
RUN = """async ([exclude, options]) => {
    const found = await axe.run({exclude}, {...options, resultTypes: ["violations"], preload: false});
    return found.violations.flatMap(({id, nodes}) => nodes.map(node =>
        `${id}: ${node.html.slice(0, 200)} (${node.target}) ${node.failureSummary.split("\\n").slice(1, 3).join(";")}`));
}"""


class Inspection:
    """A browser's page that judges one document after the other."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.evaluate(AXE_SCRIPT)
        page.evaluate("rules => axe.configure(rules)", JUDGED)

    def put(self, html: str) -> None:
        self.page.evaluate(WRITE, SCRIPT.sub("", html))

    def shorten(self) -> None:
        """Leave the first of many rows and lines."""
        self.page.evaluate(SHORTEN)

    def faults(self, options: dict = WHOLE, *, with_surroundings: bool = True) -> list[str]:
        """A line for each violation and element."""
        return self.page.evaluate(RUN, [[] if with_surroundings else SURROUNDINGS, options])


@contextmanager
def inspection(browser: Browser, **settings) -> Iterator[Inspection]:
    """In a browser with these settings, from the server of static files of `shown`."""
    context = browser.new_context(locale="fr-BE", reduced_motion="reduce", **settings)
    with stage(context.new_page()) as theatre:
        theatre.show("/", HttpResponse("<!DOCTYPE html><title>-</title>"))
        yield Inspection(theatre.page)
    context.close()
