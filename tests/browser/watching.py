"""Looks over the shoulder of the browser tests: each state of a page that they reach keeps nobody out.

A state is looked at once in a process, on a copy: the browser of a test runs no script, and axe is one.
"""

import os
import re
from pathlib import Path

from django.urls import Resolver404, resolve
from playwright.sync_api import Error, Page

from tests.browser.axe import Inspection
from tests.browser.shown import take_pictures

# What makes another state of the same page.
MARKS = (".error-summary", ".notices", "dialog[open]", ".empty-state", ".confirmation-panel")
STATE = f"""() => [location.pathname, document.documentElement.lang,
    ...{list(MARKS)}.filter(mark => document.querySelector(mark))]"""
PICTURES = os.environ.get("SCREENSHOTS")


class Watcher:
    def __init__(self, inspection: Inspection) -> None:
        self._inspection = inspection
        self._seen: set[tuple[str, ...]] = set()

    def look(self, page: Page) -> None:
        """Fail when a machine sees what is wrong with the page in this state."""
        try:
            path, *marks = page.evaluate(STATE)
            state = (_screen_of(path), *marks)
            if state in self._seen:
                return
            content = page.content()
        except Error:
            # The page is just leaving; where it leads to is looked at next.
            return
        self._seen.add(state)
        self._inspection.put(content)
        if PICTURES:
            name = re.sub(r"\W+", "-", " ".join(state)).strip("-")
            take_pictures(self._inspection.page, Path(PICTURES) / "journeys", name)
        self._inspection.shorten()
        found = self._inspection.faults()
        assert not found, "\n".join([f"{path} in the state {state}", *found])


def _screen_of(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return "nowhere"
