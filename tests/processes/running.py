"""Real processes for tests: started in sessions of their own, waited for with a deadline, ended with their groups."""

import os
import socket
import time
from contextlib import contextmanager
from pathlib import Path

from bhod_portal.local.processes import Child, stop_all

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 30.0


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
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(name, command, *, log_dir, env=None, within=8.0):
    """A process of a test; its log is shown when it fails to end well."""
    child = Child.start(
        name, [str(word) for word in command], log=Path(log_dir) / f"{name}.log", env=env or os.environ
    )
    try:
        yield child
    finally:
        stop_all([child], within=within)


def worker_environment(database_url, broker_url, *, var_dir):
    """What a worker process needs to work on the database of a test."""
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "bhod_portal.settings.dev",
        "DATABASE_URL": database_url,
        "VAR_DIR": str(var_dir),
    }
    env.pop("REDIS_URL", None)
    if broker_url.startswith("redis"):
        env["REDIS_URL"] = broker_url
    return env
