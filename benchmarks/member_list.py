"""`make bench`: the users list of a quality of 10,000 members beside that of one of 100, for a logged-in manager.

Both are asked in short turns, one after the other, of one server under the settings of servers. Takes less than a minute.
"""

import http.client
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from itertools import repeat
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.serving import (
    BASE_DIR,
    CLIENTS,
    HOST,
    THREADS,
    WORKERS,
    Tally,
    ask,
    ask_often,
    free_port,
    machine,
    serve,
    versions,
    wait_for,
)
from benchmarks.users import FEW, MANY, PIN, STRANGERS, People
from bhod_portal.local.postgres import EmbeddedPostgres
from bhod_portal.local.processes import Child, stop_all

ROUNDS = 5
SECONDS = 1.0
WARM_UP = 1.0
ROWS = 25
LOGIN = "/csam/identification/eid/"
LARGE, SMALL = f"{MANY:,} members", f"{FEW:,} members"
PAGES = {
    "first page": "",
    "by name and type, sorted by user name": "?nom=a&type=utilisateur&tri=-utilisateur",
}


def list_path(quality: int, query: str) -> str:
    return f"/securite-sociale/qualites/{quality}/utilisateurs/{query}"


def log_in(port: int, people: People) -> str:
    """Log the manager in by his eID card; returns the cookies of his session. Raises ValueError when refused."""
    with closing(http.client.HTTPConnection(HOST, port, timeout=10)) as connection:
        page = ask(connection, LOGIN).decode()
        [token] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[:1]
        connection.request("GET", LOGIN)
        answer = connection.getresponse()
        page, cookies = answer.read().decode(), SimpleCookie(answer.headers["Set-Cookie"])
        [token] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[:1]
        typed = urlencode({"csrfmiddlewaretoken": token, "card": people.card, "pin": PIN})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items()),
        }
        connection.request("POST", LOGIN, typed, headers)
        answer = connection.getresponse()
        answer.read()
        for line in answer.headers.get_all("Set-Cookie", []):
            cookies.load(line)
    if "sessionid" not in cookies:
        raise ValueError(f"{LOGIN} answers {answer.status} and opens no session")
    return f"sessionid={cookies['sessionid'].value}"


def check(port: int, path: str, cookie: str) -> None:
    """Raises ValueError when the list doesn't show its 25 rows."""
    with closing(http.client.HTTPConnection(HOST, port, timeout=10)) as connection:
        rows = ask(connection, path, cookie).count(b'name="membre"')
    if rows != ROWS:
        raise ValueError(f"{path} shows {rows} rows")


def measure(port: int, people: People, *, rounds: int = ROUNDS) -> dict[tuple[str, str], Tally]:
    """(page, list) → what it did, after a warm-up and some rounds in which each has its turn."""
    cookie = log_in(port, people)
    lists = {
        (page, name): list_path(quality, query)
        for page, query in PAGES.items()
        for name, quality in ((LARGE, people.many), (SMALL, people.few))
    }
    for path in lists.values():
        check(port, path, cookie)
        ask_often(port, repeat(path), Tally(), seconds=WARM_UP, cookie=cookie)
    tallies = {each: Tally() for each in lists}
    for _round in range(rounds):
        for each, path in lists.items():
            ask_often(port, repeat(path), tallies[each], seconds=SECONDS, cookie=cookie)
    return tallies


def table(tallies: Mapping[tuple[str, str], Tally]) -> str:
    lines = [
        f"| page | list | requests/s | time, compared with {SMALL} | p50 | p95 |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for (page, name), tally in tallies.items():
        ratio = tallies[page, SMALL].per_second / tally.per_second
        times = f"{tally.within(0.50):.1f} ms | {tally.within(0.95):.1f} ms"
        lines.append(f"| {page} | {name} | {tally.per_second:.0f} | {ratio:.2f} × | {times} |")
    return "\n".join(lines)


def report(tallies: Mapping[tuple[str, str], Tally]) -> str:
    return f"""# Users list

The users list of a quality of {MANY:,} members beside that of one of {FEW:,}, in one run; {STRANGERS:,} persons in the world.

| | |
|---|---|
| date | {datetime.now(UTC):%Y-%m-%d} |
| machine | {machine()} |
| versions | {versions()} |
| server | gunicorn, {WORKERS} workers of {THREADS} threads, settings of servers |
| load | {CLIENTS} clients with open connections and one session, {ROWS} rows each time; {ROUNDS} rounds, {SECONDS:g} s per turn, in alternation |
| command | `make bench` |

{table(tallies)}

- Person, rights, names and counts are read at each request, and the rows made from them. What shows only a few plain values
  (menu, headings, criteria, links to other pages) is rendered once for the same values (`bhod_portal/core/parts.py`).
- The client runs on the same machine, and so does PostgreSQL; both take their share of it.
"""


def run() -> str:
    """Measure, and return the report."""
    with tempfile.TemporaryDirectory(prefix="bhod-bench-") as name:
        folder = Path(name)
        children: list[Child] = []
        with EmbeddedPostgres(folder / "postgres") as server:
            try:
                port, people = start(server, folder, children)
                return report(measure(port, people))
            finally:
                stop_all(children)


def start(server: EmbeddedPostgres, folder: Path, children: list[Child]) -> tuple[int, People]:
    """Serve a world with both lists; what was started is in `children`."""
    server.ensure_database("users")
    env = {
        **os.environ,
        "DATABASE_URL": server.url("users"),
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "REDIS_URL": "redis://localhost",
        "ALLOWED_HOSTS": HOST,
        "PORTAL_URL": f"http://{HOST}",
        "SECURE_SSL_REDIRECT": "false",
        "VAR_DIR": str(folder),
        "LOG_LEVEL": "WARNING",
    }
    made = subprocess.run(
        [sys.executable, "-m", "benchmarks.users"],
        cwd=BASE_DIR,
        env=env,
        check=True,
        capture_output=True,
        text=True,
    )
    port, log = free_port(), folder / "users.log"
    children.append(
        serve(
            "users",
            Path(sys.executable),
            "bhod_portal.wsgi",
            port=port,
            folder=BASE_DIR,
            log=log,
            env=env,
        )
    )
    wait_for(port, LOGIN)
    return port, People(**json.loads(made.stdout))
