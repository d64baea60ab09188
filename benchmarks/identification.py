"""`make bench`: our identification page and login form beside those of the mock of django-digid-eherkenning.

Both sites run under gunicorn with the same workers, on one PostgreSQL server, with the same database settings, and are
asked in short turns, one after the other, so that a busy moment of the machine strikes both. Ours is asked twice: as
visitors ask, and with an address that never comes back, so that nothing of `core.kept_pages` helps. Takes less than a
minute and writes benchmarks/RESULTS.md.
"""

import http.client
import os
import platform
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import count, repeat
from pathlib import Path

from bhod_portal.local.postgres import EmbeddedPostgres
from bhod_portal.local.processes import Child, make_broker_folders, stop_all

HERE = Path(__file__).resolve().parent
BASE_DIR = HERE.parent
PEER_PYTHON = BASE_DIR / ".venv-bench" / "bin" / "python"
HOST = "127.0.0.1"
WORKERS, THREADS = 2, 4
SERVER = ("--preload", "--workers", str(WORKERS), "--threads", str(THREADS), "--no-control-socket")
CLIENTS = 4
ROUNDS = 5
SECONDS = 0.8
WARM_UP = 0.5
READY_WITHIN = 30.0

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


@dataclass
class Tally:
    """What one page of one site has done so far: the answers' times in seconds, and how long it was asked."""

    times: list[float] = field(default_factory=list)
    asked_for: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.times) / self.asked_for

    def within(self, share: float) -> float:
        """The time in milliseconds within which this share of the answers came."""
        return sorted(self.times)[int(share * (len(self.times) - 1))] * 1000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def serve(
    name: str, python: Path, application: str, *, port: int, folder: Path, log: Path, env: Mapping[str, str]
) -> Child:
    """Start gunicorn over a WSGI application of `folder`, the same way for both sites."""
    command = [str(python), "-m", "gunicorn", application, "--bind", f"{HOST}:{port}", *SERVER]
    command += ["--chdir", str(folder), "--worker-tmp-dir", str(log.parent)]
    return Child.start(name, command, log=log, env=env)


def wait_for(port: int, path: str, *, within: float = READY_WITHIN) -> None:
    """Return once the page is served. Raises TimeoutError, or ValueError for another answer than the page."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            with closing(http.client.HTTPConnection(HOST, port, timeout=5)) as connection:
                ask(connection, path)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"nothing serves {path} on port {port}")


def ask(connection: http.client.HTTPConnection, path: str) -> None:
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.client.OK:
        raise ValueError(f"{path} answers {answer.status}")


def ask_often(
    port: int, paths: Iterator[str], tally: Tally, *, seconds: float, clients: int = CLIENTS
) -> None:
    """Several clients ask for one page after another over open connections, for some seconds; first visits, no cookie.

    Raises what the first of them met that was no page.
    """
    failures: list[Exception] = []
    started = time.perf_counter()

    def client() -> None:
        times = []
        with closing(http.client.HTTPConnection(HOST, port, timeout=10)) as connection:
            try:
                while (begun := time.perf_counter()) < started + seconds:
                    ask(connection, next(paths))
                    times.append(time.perf_counter() - begun)
            except (OSError, ValueError, http.client.HTTPException) as error:
                failures.append(error)
        tally.times.extend(times)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    tally.asked_for += time.perf_counter() - started


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


def machine() -> str:
    """What ran: cores and processor."""
    info = Path("/proc/cpuinfo")
    models = (
        [
            line.split(":")[1].strip()
            for line in info.read_text().splitlines()
            if line.startswith("model name")
        ]
        if info.exists()
        else []
    )
    return f"{os.cpu_count()} cores, {models[0] if models else platform.machine()}, {platform.system()}"


def peer_version() -> str:
    asked = "from importlib.metadata import version; print(version('django-digid-eherkenning'))"
    return subprocess.run(
        [PEER_PYTHON, "-c", asked], check=True, capture_output=True, text=True
    ).stdout.strip()


def report(tallies: Mapping[tuple[str, str], Tally], *, peer: str) -> str:
    """RESULTS.md."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("django", "gunicorn", "psycopg"))
    return f"""# Identification page and login form

Ours against the mock pages of django-digid-eherkenning {peer} (choice of a way to log in; form), side by side in one run.

| | |
|---|---|
| date | {datetime.now(UTC):%Y-%m-%d} |
| machine | {machine()} |
| versions | Python {platform.python_version()}, {versions}, PostgreSQL 18 |
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


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bhod-bench-") as name:
        folder = Path(name)
        make_broker_folders(folder)
        children: list[Child] = []
        with EmbeddedPostgres(folder / "postgres") as server:
            try:
                ports = start_both(server, folder, children)
                results = report(measure(ports), peer=peer_version())
            finally:
                stop_all(children)
    (HERE / "RESULTS.md").write_text(results)
    print(results)


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


if __name__ == "__main__":
    main()
