"""Real processes for tests: started in sessions of their own, waited for with a deadline, ended with their groups."""

import os
import random
import socket
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from bhod_portal.local.processes import Child, beat_command, stop_all, worker_command

PATIENCE = 60.0


def wait_until(condition, what, *, within=PATIENCE):
    """Return the first true value of condition(); fail with what was waited for when the deadline passes."""
    deadline = time.monotonic() + within
    while True:
        if value := condition():
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {what}")
        time.sleep(0.02)


def is_alive(pid):
    """Whether the process runs; one that ended and that its parent has not yet buried is dead."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def free_port():
    """A port that the system lends to no connection of its own.

    One of those could be taken before its server listens; and who calls again and again for a server that has stopped
    may be lent its very port, and answer himself.
    """
    # Chance of the system's: that of the tests is the same in each process of a run.
    for port in random.SystemRandom().sample(range(15_000, 32_000), 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("every port is taken")


def url_of_test_database():
    """DATABASE_URL of the database that this test writes to, for another process."""
    known = connection.settings_dict
    user = quote(known["USER"]) + (f":{quote(known['PASSWORD'])}" if known["PASSWORD"] else "")
    port = f":{known['PORT']}" if known["PORT"] else ""
    return f"postgres://{user}@{quote(known['HOST'], safe='')}{port}/{quote(known['NAME'], safe='')}"


@contextmanager
def running(name, command, *, folder, env=None):
    """A process of the test; it ends, with all it started, at the end of the block."""
    child = Child.start(name, command, log=Path(folder) / f"{name}.log", env=env or os.environ)
    try:
        yield child
    finally:
        stop_all([child])


@contextmanager
def running_worker(database_url, broker_url="filesystem://", *, beat, folder, name="worker"):
    """A Celery worker that has said that it is ready, and with beat=True the beat that sends it ticks.

    The folder holds its log and, over the filesystem broker, the queue: workers with one folder share the queue.
    """
    folder = Path(folder)
    env = broker_environment(database_url, broker_url, folder=folder)
    with ExitStack() as children:
        worker = children.enter_context(running(name, worker_command(name=name), folder=folder, env=env))
        wait_until(lambda: says(worker, "ready."), f"{name} is ready")
        if beat:
            children.enter_context(running_beat(database_url, broker_url, folder=folder))
        yield worker


@contextmanager
def running_beat(database_url, broker_url="filesystem://", *, folder):
    """The beat that sends ticks to the workers of the same folder or broker."""
    folder = Path(folder)
    env = broker_environment(database_url, broker_url, folder=folder)
    with running("beat", beat_command(folder), folder=folder, env=env) as child:
        yield child


def broker_environment(database_url, broker_url, *, folder):
    """What a process needs to work on that database over that broker."""
    for part in ("queue", "control"):
        (folder / "broker" / part).mkdir(parents=True, exist_ok=True)
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "bhod_portal.settings.dev",
        "DATABASE_URL": database_url,
        "VAR_DIR": str(folder),
        "REDIS_URL": "" if broker_url.startswith("filesystem") else broker_url,
    }


def says(child, text):
    """Whether the text is in what the process printed; fails when the process is gone."""
    log = child.log.read_text(encoding="utf-8", errors="replace")
    if text in log:
        return True
    assert child.is_running(), f"{child.name} ended with {child.process.returncode}:\n{log}"
    return False


@contextmanager
def running_redis(folder, *, port=None):
    """A redis-server on the port, by default a free one; gives its address."""
    port = port or free_port()
    command = [
        "redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no",
        "--dir", str(folder),
    ]  # fmt: skip
    with running("redis", command, folder=folder) as child:
        wait_until(lambda: says(child, "Ready to accept connections"), "redis is ready")
        yield f"redis://127.0.0.1:{port}/0"
