"""What every benchmark shares: gunicorn as it is deployed, clients that ask in turns, what ran."""

import http.client
import os
import platform
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from bhod_portal.local.processes import Child

HERE = Path(__file__).resolve().parent
BASE_DIR = HERE.parent
HOST = "127.0.0.1"
# As docker-compose.yml, the Dockerfile and the demo have them.
WORKERS, THREADS = 2, 4
SERVER = ("--preload", "--workers", str(WORKERS), "--threads", str(THREADS), "--no-control-socket")
CLIENTS = 4
READY_WITHIN = 30.0


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
    """Start gunicorn over a WSGI application of `folder`, the same way for every site."""
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


def ask(connection: http.client.HTTPConnection, path: str, cookie: str = "") -> bytes:
    """The page at a path. Raises ValueError for another answer."""
    connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != http.client.OK:
        raise ValueError(f"{path} answers {answer.status}")
    return body


def ask_often(
    port: int,
    paths: Iterator[str],
    tally: Tally,
    *,
    seconds: float,
    clients: int = CLIENTS,
    cookie: str = "",
) -> None:
    """Several clients ask for one page after another over open connections, for some seconds.

    Raises what the first of them met that was no page.
    """
    failures: list[Exception] = []
    started = time.perf_counter()

    def client() -> None:
        times = []
        with closing(http.client.HTTPConnection(HOST, port, timeout=10)) as connection:
            try:
                while (begun := time.perf_counter()) < started + seconds:
                    ask(connection, next(paths), cookie)
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


def versions() -> str:
    """What it ran on."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("django", "gunicorn", "psycopg"))
    return f"Python {platform.python_version()}, {packages}, PostgreSQL 18"
