"""`python -m benchmarks pages`: what pages cost a browser, on the first visit and on the next.

Chromium visits the demo world as servers serve it, with a network and a processor as slow as Lighthouse's for phones.
Takes four minutes; needs Chromium on the PATH, and playwright, which `make test` installs.
"""

import http.client
import os
import re
import shutil
import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from benchmarks.databases import load_average
from benchmarks.login import (
    CALM,
    EID,
    IDENTIFICATION,
    PERSON,
    PIN,
    REAL,
    Browser,
    log_in,
    option,
    prepare,
    serving,
    token,
)
from benchmarks.serving import HOST, machine, versions
from bhod_portal.local.postgres import EmbeddedPostgres

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, CDPSession, Page

ROUNDS = 3
MOST_AT_FIRST, MOST_AFTER = 60, 15
# Lighthouse's « Slow 4G » for phones, as DevTools applies it: milliseconds, bytes in a second.
SLOW_4G = {"offline": False, "latency": 562.5, "downloadThroughput": 188_743, "uploadThroughput": 86_400}
SLOWER = 4
WIDTH, HEIGHT = 412, 823
# What is looked at after the page is there: late shifts of the layout, long tasks.
SETTLED_AFTER_MS = 1_000
MANAGER, NOBODY = "Luc Moreau", ""
ENTITY, QUALITY = "/securite-sociale/accueil/", re.compile(r'href="(/securite-sociale/qualites/\d+/)')
USERS = "users"
CHART = "chart.umd"
# Who sees it, its name, its address
PAGES = (
    (NOBODY, "portal home", "/"),
    (NOBODY, "identification", IDENTIFICATION),
    (NOBODY, "eID: card and PIN", EID),
    (NOBODY, "help of Sécurité sociale", "/securite-sociale/aide/"),
    (MANAGER, "Sécurité sociale: start", ENTITY),
    (MANAGER, "users of a quality", USERS),
    (PERSON, "choice of the profile", "/prosante/profil/"),
    (PERSON, "guards: month grid", "/bhod/gardes/"),
    (PERSON, "guards: list", "/bhod/gardes/liste/"),
    (PERSON, "guards: a new one", "/bhod/gardes/nouvelle/"),
    (PERSON, "finances, with a chart", "/bhod/finances/"),
)
TIMINGS = """() => new Promise((done) => {
  const seen = (type, use) => new PerformanceObserver((list) => list.getEntries().forEach(use)).observe({type, buffered: true});
  const found = {lcp: 0, cls: 0, tbt: 0, fcp: performance.getEntriesByName("first-contentful-paint")[0].startTime};
  seen("largest-contentful-paint", (entry) => { found.lcp = entry.startTime; });
  seen("layout-shift", (entry) => { if (!entry.hadRecentInput) found.cls += entry.value; });
  seen("longtask", (entry) => { if (entry.startTime + entry.duration > found.fcp) found.tbt += Math.max(0, entry.duration - 50); });
  setTimeout(() => done(found), 100);
})"""


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit took: kB that came over the network, those of Chart.js apart; milliseconds; the layout's shift."""

    kilobytes: float
    of_charts: float
    fcp: float
    lcp: float
    tbt: float
    cls: float


class Traffic:
    """The bytes that came, headers included, by address; what the browser had already is none."""

    def __init__(self, session: "CDPSession") -> None:
        self._addresses: dict[str, str] = {}
        self._bytes: dict[str, float] = {}
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)

    def _sent(self, event: Mapping[str, Any]) -> None:
        self._addresses[event["requestId"]] = event["request"]["url"]

    def _finished(self, event: Mapping[str, Any]) -> None:
        self._bytes[event["requestId"]] = event["encodedDataLength"]

    def taken(self) -> tuple[float, float]:
        """The kB since it was asked last: all but those of Chart.js, and those."""
        charts = sum(size for key, size in self._bytes.items() if CHART in self._addresses.get(key, ""))
        both = sum(self._bytes.values())
        self._bytes.clear()
        return (both - charts) / 1000, charts / 1000


def visit(page: "Page", traffic: Traffic, address: str) -> Visit:
    page.goto(address, wait_until="load")
    page.wait_for_timeout(SETTLED_AFTER_MS)
    kilobytes, of_charts = traffic.taken()
    found = page.evaluate(TIMINGS)
    return Visit(kilobytes, of_charts, found["fcp"], found["lcp"], found["tbt"], found["cls"])


def visits(context: "BrowserContext", address: str) -> tuple[Visit, Visit]:
    """The first visit of a browser that has nothing of ours yet, and the next."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_4G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    traffic = Traffic(session)
    first = visit(page, traffic, address)
    page.goto("about:blank")
    traffic.taken()
    return first, visit(page, traffic, address)


def median_of(some: Sequence[Visit]) -> Visit:
    return Visit(
        *(statistics.median(getattr(each, name) for each in some) for name in Visit.__dataclass_fields__)
    )


def cookies_of(port: int) -> dict[str, dict[str, str]]:
    """Person → the cookies of a session in which he has gone as far as his pages ask."""
    with closing(http.client.HTTPConnection(HOST, port, timeout=30)) as connection:
        secretary, manager = Browser(connection), Browser(connection)
        log_in(secretary, 0)
        there = f"{EID}?{urlencode({'next': ENTITY})}"
        page = manager.ask(there)
        typed = {"csrfmiddlewaretoken": token(page), "card": option(page, MANAGER), "pin": PIN}
        manager.ask(there, typed, leads_to=ENTITY)
        return {NOBODY: {}, PERSON: secretary.cookies, MANAGER: manager.cookies}


def users_list(port: int, cookies: Mapping[str, str]) -> str:
    """The address of the list of users of a quality that the manager's first page leads to."""
    with closing(http.client.HTTPConnection(HOST, port, timeout=30)) as connection:
        [quality, *_others] = QUALITY.findall(Browser(connection, dict(cookies)).ask(ENTITY))
    return f"{quality}utilisateurs/"


@contextmanager
def contexts() -> Iterator[Any]:
    """What opens a browser that nobody has used yet."""
    # Not among what the demo installs: the other benchmarks run without.
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        try:
            yield lambda: browser.new_context(
                locale="fr-BE", viewport={"width": WIDTH, "height": HEIGHT}, service_workers="block"
            )
        finally:
            browser.close()


def measure(port: int, *, rounds: int = ROUNDS) -> dict[str, tuple[Visit, Visit]]:
    """Page → the medians of its first visits and of the next."""
    cookies = cookies_of(port)
    users = users_list(port, cookies[MANAGER])
    site = f"http://{HOST}:{port}"
    seen: dict[str, list[tuple[Visit, Visit]]] = {name: [] for _who, name, _address in PAGES}
    with contexts() as new_context:
        for _round in range(rounds):
            for who, name, address in PAGES:
                context = new_context()
                context.add_cookies(
                    [{"name": key, "value": value, "url": site} for key, value in cookies[who].items()]
                )
                seen[name].append(visits(context, site + (users if address == USERS else address)))
                context.close()
    return {
        name: (median_of([first for first, _again in both]), median_of([again for _first, again in both]))
        for name, both in seen.items()
    }


def table(pages: Mapping[str, tuple[Visit, Visit]]) -> str:
    lines = [
        "| page | first visit | again | first: FCP | LCP | TBT | CLS | again: FCP | LCP |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, (first, again) in pages.items():
        charts = f" + {first.of_charts:.0f} kB" if first.of_charts else ""
        lines.append(
            f"| {name} | {first.kilobytes:.1f} kB{charts} | {again.kilobytes:.1f} kB | {first.fcp:.0f} ms"
            f" | {first.lcp:.0f} ms | {first.tbt:.0f} ms | {first.cls:.3f} | {again.fcp:.0f} ms | {again.lcp:.0f} ms |"
        )
    return "\n".join(lines)


def report(pages: Mapping[str, tuple[Visit, Visit]], *, loads: tuple[float, float]) -> str:
    busy = ", while other work kept both cores busy" if min(loads) > CALM else ""
    return f"""# Pages in a browser

What pages cost Chromium, first with nothing of ours, then again; budget: {MOST_AT_FIRST} kB and {MOST_AFTER} kB, Chart.js apart.

| | |
|---|---|
| date | {datetime.now(UTC):%Y-%m-%d} |
| machine | {machine()} |
| versions | {versions()} |
| server | gunicorn, settings of servers, over HTTP: Brotli for what lies there, gzip for pages |
| browser | {WIDTH} × {HEIGHT}, processor {SLOWER} × slower, « Slow 4G » ({SLOW_4G["latency"]:g} ms for each request, 1.5 Mbit/s) |
| load | {ROUNDS} rounds, medians; each first visit with an empty cache |
| command | `python -m benchmarks pages`{busy} |

{table(pages)}

- Sizes are all that came over the network, headers included; after « + » Chart.js, which only pages with a chart fetch.
- FCP: first contentful paint; LCP: largest; TBT: what long tasks held up beyond 50 ms each; CLS: how far the layout moved.
  An answer takes {SLOW_4G["latency"]:g} ms at least: a page, then its sheet.
- The browser runs on the same machine as server and PostgreSQL.
"""


def run() -> str:
    """Measure, and return the report."""
    with tempfile.TemporaryDirectory(prefix="bhod-bench-") as name:
        folder = Path(name)
        with EmbeddedPostgres(folder / "postgres") as server, serving(*prepare(server, folder, REAL)) as port:
            before = load_average()
            pages = measure(port)
            return report(pages, loads=(before, load_average()))
