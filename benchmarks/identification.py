"""`make bench`: our identification page and login form beside those of the mock of django-digid-eherkenning.

Both sites run under gunicorn with the same workers, on one PostgreSQL server, with the same database settings, and are
asked in short turns, one after the other, so that a busy moment of the machine strikes both. Ours is asked twice: as
visitors ask, and with an address that never comes back, so that nothing of `core.kept_pages` helps. Takes less than a
minute.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count, repeat
from pathlib import Path

from benchmarks.serving import (
    BASE_DIR,
    CLIENTS,
    HERE,
    THREADS,
    WORKERS,
    Tally,
    ask_often,
    free_port,
    machine,
    serve,
    versions,
    wait_for,
)
from bhod_portal.local.postgres import EmbeddedPostgres
from bhod_portal.local.processes import Child, make_broker_folders, stop_all

PEER_PYTHON = BASE_DIR / ".venv-bench" / "bin" / "python"
ROUNDS = 5
SECONDS = 0.8
WARM_UP = 0.5

OURS, ANEW, PEER = "ours", "ours, nothing kept", "peer"
OUR_NEXT = "?next=/csam/enregistrement/"
PEER_NEXT = "?acs=/digid/acs/&next=/&cancel=/"
PAGES = {
    "identification page": (
        f"/csam/identification/{OUR_NEXT}",
        f"/digid/idp/inloggen/{PEER_NEXT}",
    ),
    "login form": (
        f"/csam/identification/mot-de-passe/{OUR_NEXT}",
        f"/digid/idp/inloggen_bsn/{PEER_NEXT}",
    ),
}


def turns(port_of: Mapping[str, int]) -> Iterator[tuple[str, str, int, Iterator[str]]]:
    """One round: page, site, its port, the addresses to ask for. Iterators that several threads may share."""
    for page, (ours, peer) in PAGES.items():
        yield page, OURS, port_of[OURS], repeat(ours)
        yield page, PEER, port_of[PEER], repeat(peer)
        # Rounds differ in their addresses too.
        yield page, ANEW, port_of[OURS], map(f"{ours}&n={time.time_ns()}-{{}}".format, count())


def measure(
    port_of: Mapping[str, int], *, rounds: int = ROUNDS, seconds: float = SECONDS
) -> dict[tuple[str, str], Tally]:
    """(page, site) → what it did, after a warm-up and some rounds in which each has its turn."""
    for _page, _site, port, paths in turns(port_of):
        ask_often(port, paths, Tally(), seconds=min(WARM_UP, seconds))
    tallies: dict[tuple[str, str], Tally] = {}
    for _round in range(rounds):
        for page, site, port, paths in turns(port_of):
            ask_often(port, paths, tallies.setdefault((page, site), Tally()), seconds=seconds)
    return tallies


def table(tallies: Mapping[tuple[str, str], Tally]) -> str:
    lines = [
        "| page | site | requests/s | compared with the peer | p50 | p95 |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for (page, site), tally in tallies.items():
        ratio = tally.per_second / tallies[page, PEER].per_second
        times = f"{tally.within(0.50):.1f} ms | {tally.within(0.95):.1f} ms"
        lines.append(f"| {page} | {site} | {tally.per_second:.0f} | {ratio:.2f} × | {times} |")
    return "\n".join(lines)


def peer_version() -> str:
    asked = "from importlib.metadata import version; print(version('django-digid-eherkenning'))"
    return subprocess.run(
        [PEER_PYTHON, "-c", asked], check=True, capture_output=True, text=True
    ).stdout.strip()


def report(tallies: Mapping[tuple[str, str], Tally], *, peer: str) -> str:
    """RESULTS.md."""
    return f"""# Identification page and login form

Ours against the mock pages of django-digid-eherkenning {peer} (choice of a way to log in; form), side by side in one run.

| | |
|---|---|
| date | {datetime.now(UTC):%Y-%m-%d} |
| machine | {machine()} |
| versions | {versions()} |
| server | gunicorn, {WORKERS} workers of {THREADS} threads, for both |
| load | {CLIENTS} clients with open connections, first visits; {ROUNDS} rounds, {SECONDS:g} s per turn, in alternation |
| command | `make bench` |

{table(tallies)}

- Both sites: DEBUG off, CSRF on, the same database settings on the same PostgreSQL server. The peer has Django's default
  middleware and its stock pages; ours its whole stack (content security policy, worlds, levels of keys) on its
  settings for one machine.
- « ours » is what visitors get: a page that reads the same for all of them is rendered once in two seconds
  (`bhod_portal/core/kept_pages.py`). « ours, nothing kept » has an address that never comes back, so that each answer is
  rendered, with its query of the world; the peer makes none for the first page and one for the second.
- The client runs on the same machine and takes its share of it, from both alike.
"""


def run() -> str:
    """Measure, and return the report."""
    with tempfile.TemporaryDirectory(prefix="bhod-bench-") as name:
        folder = Path(name)
        make_broker_folders(folder)
        children: list[Child] = []
        with EmbeddedPostgres(folder / "postgres") as server:
            try:
                ports = start_both(server, folder, children)
                return report(measure(ports), peer=peer_version())
            finally:
                stop_all(children)


def start_both(server: EmbeddedPostgres, folder: Path, children: list[Child]) -> dict[str, int]:
    """Serve both sites, each on a database of its own; returns their ports. What was started is in `children`."""
    sites = {
        OURS: (Path(sys.executable), BASE_DIR, "bhod_portal.wsgi", "bhod_portal.settings.dev"),
        PEER: (PEER_PYTHON, HERE, "django.core.wsgi:get_wsgi_application()", "peer.settings"),
    }
    prepare: dict[str, Sequence[str]] = {
        OURS: ("-c", "from bhod_portal.local.preparation import prepare; prepare()"),
        PEER: ("-m", "django", "migrate", "--verbosity", "0", "--pythonpath", "."),
    }
    ports = {}
    for number, (site, (python, home, application, settings)) in enumerate(sites.items()):
        server.ensure_database(site)
        env = {
            **os.environ,
            "DATABASE_URL": server.url(site),
            "DJANGO_SETTINGS_MODULE": settings,
            "VAR_DIR": str(folder),
            "LOG_LEVEL": "WARNING",
        }
        subprocess.run([python, *prepare[site]], cwd=home, env=env, check=True)
        ports[site] = free_port()
        log = folder / f"{site}.log"
        children.append(serve(site, python, application, port=ports[site], folder=home, log=log, env=env))
        for pages in PAGES.values():
            wait_for(ports[site], pages[number])
    return ports
