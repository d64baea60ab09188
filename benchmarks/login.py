"""`python -m benchmarks login`: one person's whole way from the identification to BHOD, two hundred times.

Nadia Benali comes with her eID, chooses Citoyen and CMG Haute-Meuse, and reads the guards of the month: seven requests over
one open connection, with a fresh cookie jar each time. Once with the hasher of the tests, once with that of the
settings, whose cost is the point of it. The identification page has an address that never comes back, so that
`core.kept_pages` doesn't help. Takes less than two minutes: a machine that is too slow logs in fewer times.
"""

import http.client
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from http.cookies import SimpleCookie
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from benchmarks.databases import backend_seconds, environment, load_average, settle
from benchmarks.middleware import HEADER
from benchmarks.serving import (
    BASE_DIR,
    HOST,
    THREADS,
    WORKERS,
    Tally,
    free_port,
    machine,
    serve,
    versions,
    wait_for,
)
from bhod_portal.local.postgres import EmbeddedPostgres
from bhod_portal.local.processes import Child, stop_all

LOGINS, WARM_UP = 200, 10
# Seconds after which no other login begins.
LONGEST = 40.0
BUDGET = 60
CALM = 2
PERSON, CIRCLE, PIN = "Nadia Benali", "CMG Haute-Meuse", "1234"
TEST, REAL = "of the tests", "of the settings"
SETTINGS = {TEST: "benchmarks.login_settings_test_hasher", REAL: "benchmarks.login_settings"}
CHOOSER = "/prosante/profil/"
IDENTIFICATION, EID, ARRIVED = "/csam/identification/", "/csam/identification/eid/", "/bhod/gardes/"
STEPS = (
    "identification page",
    "form of the eID",
    "card and PIN",
    "choice of the profile",
    "Citoyen, CMG Haute-Meuse",
    "BHOD's first page",
    "guards of the month",
)
PREPARE = """
from bhod_portal.local.preparation import prepare
from django.core.management import call_command
prepare()
call_command("collectstatic", interactive=False, verbosity=0)
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one answer took: seconds until all of it was there, queries, seconds that the server's process worked."""

    seconds: float
    queries: int
    worked: float


@dataclass
class Browser:
    """One visitor on a connection that others have used: cookies of his own, and what his answers cost."""

    connection: http.client.HTTPConnection
    cookies: dict[str, str] = field(default_factory=dict)
    costs: list[Cost] = field(default_factory=list)

    def ask(self, path: str, fields: Mapping[str, str] | None = None, *, leads_to: str = "") -> str:
        """The page at a path, or what a form sent there answers; of a file, what can be read. Raises ValueError when it leads elsewhere."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(fields)
        began = time.perf_counter()
        self.connection.request("GET" if fields is None else "POST", path, body, headers)
        answer = self.connection.getresponse()
        page = answer.read()
        seconds = time.perf_counter() - began
        led_to = answer.headers.get("Location", "")
        if answer.status != (http.client.FOUND if leads_to else http.client.OK) or led_to != leads_to:
            raise ValueError(f"{path} answers {answer.status} {led_to}".strip())
        queries, worked = answer.headers[HEADER].split()
        self.costs.append(Cost(seconds, int(queries), float(worked)))
        for line in answer.headers.get_all("Set-Cookie", []):
            self.keep(line)
        return page.decode(errors="replace")

    def keep(self, line: str) -> None:
        for name, morsel in SimpleCookie(line).items():
            self.cookies.pop(name, None)
            if morsel["max-age"] != "0":
                self.cookies[name] = morsel.value


def option(page: str, label: str) -> str:
    """The value of the choice whose text begins like that. Raises ValueError when the page has none, or several."""
    found = [value for value, text in _OPTION.findall(page) if unescape(text).strip().startswith(label)]
    if len(found) != 1:
        raise ValueError(f"{len(found)} choices are called {label}")
    return str(found[0])


def log_in(browser: Browser, number: int, *, person: str = PERSON, circle: str = CIRCLE) -> list[Cost]:
    """Go the whole way, as the links, forms and redirects lead; `number` makes the first address one of its own."""
    there = {"next": CHOOSER}
    browser.ask(f"{IDENTIFICATION}?{urlencode(there | {'n': number})}")
    form = f"{EID}?{urlencode(there)}"
    page = browser.ask(form)
    typed = {"csrfmiddlewaretoken": token(page), "card": option(page, person), "pin": PIN}
    browser.ask(form, typed, leads_to=CHOOSER)
    page = browser.ask(CHOOSER)
    chosen = {"kind": option(page, "Citoyen"), "organisation": option(page, circle)}
    browser.ask(CHOOSER, {"csrfmiddlewaretoken": token(page)} | chosen, leads_to="/bhod/")
    browser.ask("/bhod/", leads_to=ARRIVED)
    if circle not in browser.ask(ARRIVED):
        raise ValueError(f"{ARRIVED} doesn't show {circle}")
    return browser.costs


def token(page: str) -> str:
    return re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]


_OPTION = re.compile(r'<option value="([^"]*)"[^>]*>([^<]*)<')


def log_in_often(
    port: int, *, times: int = LOGINS, warm_up: int = WARM_UP, longest: float = LONGEST
) -> list[list[Cost]]:
    """The costs of one login after the other, those of a few before them not counted."""
    logins = []
    with closing(http.client.HTTPConnection(HOST, port, timeout=30)) as connection:
        deadline = time.monotonic() + longest
        for number in count():
            if number >= times + warm_up or time.monotonic() > deadline:
                break
            logins.append(log_in(Browser(connection), number))
    return logins[warm_up:]


@dataclass(frozen=True, slots=True)
class Run:
    """What the logins with one hasher cost, and the seconds that PostgreSQL worked on each of them."""

    logins: Sequence[Sequence[Cost]]
    database_worked: float

    def within(self, share: float) -> float:
        """The milliseconds within which this share of the logins were through."""
        return Tally([sum(cost.seconds for cost in costs) for costs in self.logins]).within(share)

    @property
    def worked(self) -> float:
        """The milliseconds that the server's process worked on a login, by the median."""
        return statistics.median(sum(cost.worked for cost in costs) for costs in self.logins) * 1000

    def step(self, number: int, cost_of: Callable[[Cost], float]) -> float:
        return statistics.median(cost_of(costs[number]) for costs in self.logins)

    @property
    def queries(self) -> float:
        return statistics.median(sum(cost.queries for cost in costs) for costs in self.logins)


def measure(port: int, url: str) -> Run:
    """Log in by a server that works on the database of that address."""
    with psycopg.connect(url, autocommit=True) as connection:
        before = _database_worked(connection)
        logins = log_in_often(port)
        after = _database_worked(connection)
    return Run(logins, (after - before) / (len(logins) + WARM_UP))


def _database_worked(connection: psycopg.Connection) -> float:
    """Seconds that PostgreSQL has worked for those who are connected to this database, ourselves included."""
    backends = connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
    return sum(backend_seconds(pid) for (pid,) in backends.fetchall())


def table(runs: Mapping[str, Run]) -> str:
    lines = [
        "| hasher | logins | median | p95 | processor, our process | processor, PostgreSQL | requests | queries |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, run in runs.items():
        times = f"{run.within(0.50):.1f} ms | {run.within(0.95):.1f} ms"
        worked = f"{run.worked:.1f} ms | {run.database_worked * 1000:.1f} ms"
        lines.append(
            f"| {name} | {len(run.logins)} | {times} | {worked} | {len(STEPS)} | {run.queries:.0f} |"
        )
    return "\n".join(lines)


def steps_table(runs: Mapping[str, Run]) -> str:
    lines = [
        "| step | queries | " + " | ".join(f"hasher {name} | processor" for name in runs) + " |",
        "|---|---:|" + "---:|---:|" * len(runs),
    ]
    for number, step in enumerate(STEPS):
        times = " | ".join(
            f"{run.step(number, lambda cost: cost.seconds) * 1000:.1f} ms | "
            f"{run.step(number, lambda cost: cost.worked) * 1000:.1f} ms"
            for run in runs.values()
        )
        queries = runs[TEST].step(number, lambda cost: cost.queries)
        lines.append(f"| {step} | {queries:.0f} | {times} |")
    return "\n".join(lines)


def report(runs: Mapping[str, Run], *, loads: tuple[float, float]) -> str:
    busy = ", while other work kept both cores busy" if min(loads) > CALM else ""
    return f"""# Login from the identification to BHOD

{PERSON}'s whole way with her eID, in the demo world; budget: a median of {BUDGET} ms with the hasher of the tests.

| | |
|---|---|
| date | {datetime.now(UTC):%Y-%m-%d} |
| machine | {machine()} |
| versions | {versions()} |
| server | gunicorn, {WORKERS} workers of {THREADS} threads, settings of servers |
| load | one client with one open connection, cookies of its own for each login; machine: {loads[0]:.1f} on average before, {loads[1]:.1f} after |
| command | `python -m benchmarks login`{busy} |

{table(runs)}

{steps_table(runs)}

- A time is the sum of the server's seven answers, each until all of it was read; medians of steps don't add up to it.
  « processor » is what our process worked between first and last middleware: other work on the machine weighs on it far
  less than on the clock.
- The hasher of the settings is Django's own, slow on purpose: what it costs is what a stolen table of PINs would cost a
  thief for each guess. It is asked once, for the PIN.
- « login » may be asked 300 times a minute from one address; here 100,000 times, counted all the same, in a cache in the
  process's memory. No page is one that was kept for another visitor; styles and pictures a browser has already.
- The client runs on the same machine, and so does PostgreSQL.
"""


def run() -> str:
    """Measure, and return the report."""
    with tempfile.TemporaryDirectory(prefix="bhod-bench-") as name:
        folder = Path(name)
        with EmbeddedPostgres(folder / "postgres") as server:
            sites = {hasher: prepare(server, folder, hasher) for hasher in SETTINGS}
            before = load_average()
            runs = {hasher: measured(*site) for hasher, site in sites.items()}
            return report(runs, loads=(before, load_average()))


def prepare(server: EmbeddedPostgres, folder: Path, hasher: str) -> tuple[Path, dict[str, str]]:
    """A database with the demo world, its PINs by that hasher; gives what a server on it needs."""
    name = SETTINGS[hasher].rpartition(".")[2]
    server.ensure_database(name)
    own = folder / name
    own.mkdir()
    env = environment(server, name, own)
    env |= {"DJANGO_SETTINGS_MODULE": SETTINGS[hasher], "SECURE_SSL_REDIRECT": "false"}
    subprocess.run([sys.executable, "-c", PREPARE], cwd=BASE_DIR, env=env, check=True)
    settle(env["DATABASE_URL"])
    return own, env


def measured(folder: Path, env: Mapping[str, str]) -> Run:
    """Serve what was prepared, and log in there."""
    with serving(folder, env) as port:
        return measure(port, env["DATABASE_URL"])


@contextmanager
def serving(folder: Path, env: Mapping[str, str]) -> Iterator[int]:
    """The port of a server on what was prepared."""
    children: list[Child] = []
    try:
        port, log = free_port(), folder / "server.log"
        python = Path(sys.executable)
        children.append(
            serve("login", python, "bhod_portal.wsgi", port=port, folder=BASE_DIR, log=log, env=env)
        )
        wait_for(port, IDENTIFICATION)
        yield port
    finally:
        stop_all(children)
