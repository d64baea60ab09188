"""`python -m benchmarks lag`: how late roles are with 1, 2 and 4 Celery workers, a beat and a broker, all of them real.

Each time on a fresh copy of one database in which changes come due one after the other. The broker is Redis, with the
settings of servers, or without `redis-server` the folders of the demo with its settings. Takes three minutes.
"""

# ruff: noqa: PLC0415  (models are imported only once Django is set up)

import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django
import psycopg
from django.core.management import call_command
from django.db import connection

from benchmarks.databases import (
    backend_seconds,
    copy_database,
    environment,
    load_average,
    run_module,
    settle,
)
from benchmarks.outbox import DUE_AT
from benchmarks.serving import HOST, free_port, machine, versions
from bhod_portal.local.postgres import EmbeddedPostgres
from bhod_portal.local.processes import Child, beat_command, make_broker_folders, stop_all, worker_command

MODULE = "benchmarks.lag"
WORKERS = (1, 2, 4)
CHANGES, STREAM = 100_000, timedelta(seconds=20)
# Ahead of any clock that runs this: clocks of worlds only go forward.
STREAM_BEGINS = DUE_AT.replace(year=2060)
READY_WITHIN, GIVE_UP = 60.0, 120.0

# Due over STREAM from STREAM_BEGINS on, in the same order.
_STREAM = """
    WITH due AS (SELECT min(due_at) AS first, max(due_at) - min(due_at) AS over
                   FROM access_mgmt_rolechange WHERE applied_at IS NULL),
         moved AS (SELECT id, %(first)s + %(over)s * EXTRACT(EPOCH FROM due_at - due.first)
                                              / EXTRACT(EPOCH FROM due.over) AS instant
                     FROM access_mgmt_rolechange, due WHERE applied_at IS NULL)
    UPDATE access_mgmt_rolechange AS change
       SET requested_at = moved.instant, due_at = moved.instant
      FROM moved
     WHERE moved.id = change.id
"""
# From the instant when a change is due to the commit that shows it to all.
_LAGS = """
    WITH seen AS (
        SELECT EXTRACT(EPOCH FROM pg_xact_commit_timestamp(xmin) + %(offset)s - due_at)::float8 AS lag,
               EXTRACT(EPOCH FROM pg_xact_commit_timestamp(xmin) + %(offset)s - %(first)s)::float8 AS after
          FROM access_mgmt_rolechange WHERE due_at >= %(first)s)
    SELECT max(after), percentile_cont(ARRAY[0.5, 0.95, 1]) WITHIN GROUP (ORDER BY lag) FROM seen
"""
_LEFT = """
    SELECT count(*), count(*) FILTER (WHERE applied_at IS NULL),
           (SELECT COALESCE(sum(applied), 0) FROM access_mgmt_propagationday),
           (SELECT count(*) - count(DISTINCT assignment_id) FROM access_mgmt_effectiverole)
      FROM access_mgmt_rolechange
     WHERE due_at >= %(first)s
"""


def run() -> str:
    """Measure, and return the report. Raises ValueError unless each change is applied once."""
    with tempfile.TemporaryDirectory(prefix="bhod-bench-") as name:
        folder = Path(name)
        server = EmbeddedPostgres(folder / "postgres")
        with server:
            server.ensure_database("start")
            with psycopg.connect(server.url("postgres"), autocommit=True) as database:
                database.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        with server:
            run_module(server, "start", folder, "benchmarks.outbox", str(CHANGES))
            run_module(server, "start", folder, MODULE, "stream")
            before = load_average()
            runs = [_measure(server, folder, number) for number in WORKERS]
            load = f"{before:.1f} before, {load_average():.1f} after"
    return report(runs, broker=broker_name(), load=load)


def broker_name() -> str:
    return "folders" if shutil.which("redis-server") is None else "Redis"


def _measure(server: EmbeddedPostgres, folder: Path, number: int) -> dict[str, Any]:
    copy_database(server, "start", "turn")
    var_dir = folder / f"of_{number}"
    var_dir.mkdir()
    with ExitStack() as ended, _broker(var_dir) as settings:
        env = environment(server, "turn", var_dir) | settings
        children: list[Child] = []
        ended.callback(stop_all, children)
        for place in range(1, number + 1):
            command = worker_command(name=f"worker{place}")
            log = var_dir / f"worker{place}.log"
            children.append(Child.start(log.stem, command, log=log, env=env | {"LOG_LEVEL": "INFO"}))
        workers = list(children)
        for worker in workers:
            _wait_until(lambda worker=worker: "ready." in _said_by(worker), f"{worker.name} is ready")
        beat = beat_command(var_dir)
        children.append(Child.start("beat", beat, log=var_dir / "beat.log", env=env))
        found = run_module(server, "turn", var_dir, MODULE, "watch", settings=settings)
        found["worked"] = sum(backend_seconds(worker.process.pid) for worker in workers)
    found |= {"workers": number, "shares": [sweeps_of(_said_by(worker)) for worker in workers]}
    if (applied := sum(sum(each) for each in found["shares"])) != found["changes"]:
        raise ValueError(f"the workers say that they applied {applied} of {found['changes']}")
    return found


@contextmanager
def _broker(folder: Path) -> Iterator[Mapping[str, str]]:
    """A broker of one's own; gives what workers and beat need in their environment."""
    if shutil.which("redis-server") is None:
        make_broker_folders(folder)
        yield {"DJANGO_SETTINGS_MODULE": "bhod_portal.settings.dev", "REDIS_URL": ""}
        return
    port = free_port()
    command = ["redis-server", "--bind", HOST, "--port", str(port), "--save", "", "--appendonly", "no"]
    child = Child.start("redis", [*command, "--dir", str(folder)], log=folder / "redis.log", env=os.environ)
    try:
        _wait_until(lambda: "Ready to accept connections" in _said_by(child), "redis is ready")
        yield {"DJANGO_SETTINGS_MODULE": "bhod_portal.settings.prod", "REDIS_URL": f"redis://{HOST}:{port}/0"}
    finally:
        stop_all([child])


def _said_by(child: Child) -> str:
    return child.log.read_text(encoding="utf-8", errors="replace")


def sweeps_of(log: str) -> list[int]:
    """How many changes a worker applied in each of the sweeps that found some."""
    return [int(count) for count in re.findall(r"role changes applied: (\d+)", log)]


def _wait_until(condition: Callable[[], Any], what: str, *, within: float = READY_WITHIN) -> None:
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {within:.0f} s: {what}")
        time.sleep(0.1)


# What a process of its own does, with Django set up


def stream() -> dict[str, Any]:
    """Let what is due come due over some seconds, and leave the database at rest."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(_STREAM, {"first": STREAM_BEGINS, "over": STREAM})
    settle(os.environ["DATABASE_URL"])
    return {}


def watch() -> dict[str, Any]:
    """Once ticks are worked at, let the stream begin in a second; wait until nothing is left; tell what was seen."""
    from access_mgmt.models import RoleChange
    from access_mgmt.selectors.propagation import last_sweep

    # Sweeps are noted in it, unless the cache is Redis.
    call_command("createcachetable", verbosity=0)
    _wait_until(last_sweep, "a sweep")
    begin()
    _wait_until(lambda: not RoleChange.objects.pending().exists(), "no change is left", within=GIVE_UP)
    return lags()


def begin() -> None:
    """Set the world's clock so that the stream begins in a second."""
    from bhod_portal.core.clock import real_now
    from bhod_portal.core.models import World

    World.objects.update(clock_offset=STREAM_BEGINS - real_now() - timedelta(seconds=1))


def lags() -> dict[str, Any]:
    """How late each change of the stream was seen. Raises ValueError unless each was applied and counted once."""
    from bhod_portal.core.models import World

    offset = World.objects.get().clock_offset
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, {"first": STREAM_BEGINS})
        changes, pending, counted, twice = cursor.fetchone()
        if (pending, counted, twice) != (0, changes, 0):
            raise ValueError(
                f"{pending} of {changes} are left, {counted} were counted, {twice} roles are there twice"
            )
        cursor.execute(_LAGS, {"offset": offset, "first": STREAM_BEGINS})
        seconds, (p50, p95, longest) = cursor.fetchone()
    return {"changes": changes, "seconds": seconds, "p50": p50, "p95": p95, "longest": longest}


# What was found


def table(runs: list[dict[str, Any]]) -> str:
    lines = [
        "| workers | changes | applied exactly once | changes/s | p50 | p95 | longest | each applied | in sweeps | processor |",
        "|---:|---:|---|---:|---:|---:|---:|---|---|---:|",
    ]
    for each in runs:
        times = " | ".join(f"{each[key]:.2f} s" for key in ("p50", "p95", "longest"))
        applied = " + ".join(f"{sum(share):,}" for share in each["shares"])
        sweeps = " + ".join(str(len(share)) for share in each["shares"])
        lines.append(
            f"| {each['workers']} | {each['changes']:,} | yes | {each['changes'] / each['seconds']:,.0f} | {times} | "
            f"{applied} | {sweeps} | {each['worked']:.1f} s |"
        )
    return "\n".join(lines)


def report(runs: list[dict[str, Any]], *, broker: str, load: str) -> str:
    return f"""# Lag of propagation

How late a change is seen with 1, 2 and 4 Celery workers: {CHANGES:,} changes come due one after the other within {STREAM.seconds} seconds.

| | |
|---|---|
| date | {datetime.now(UTC):%Y-%m-%d} |
| machine | {machine()} |
| versions | {versions()} |
| processes | `celery worker` of 2 threads each, one `celery beat` that ticks every 2 s, broker: {broker} |
| load | on average {load} |
| command | `python -m benchmarks lag` |

{table(runs)}

- Times run from the instant when a change is due to the commit that shows it to all. A tick every two seconds makes half
  of them wait a second or more, whatever the number of workers: one worker takes the whole tick, others only what is left
  of a longer one. More of them are there for when one dies.
- Each change was applied and counted once, and the workers' logs add up to all of them. Counted are the sweeps that
  found something to apply; « processor » is what the workers' processes worked from their start on, Django's included.
"""


TURNS: dict[str, Callable[[], dict[str, Any]]] = {each.__name__: each for each in (stream, watch)}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(TURNS[sys.argv[1]]()))
