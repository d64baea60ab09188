"""`python -m benchmarks propagation`: what is due applied by propagation, and by bare SQL that writes the same rows.

Alternately in one run, each time in a process of its own on a fresh copy of one database, and both must leave the same
rows behind. Then the memory of ever larger outboxes, and the role check.
"""

# ruff: noqa: PLC0415  (models are imported only once Django is set up)

import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.db import connection, transaction

from benchmarks import propagation_report
from benchmarks.databases import backend_seconds, copy_database, load_average, run_module
from benchmarks.outbox import DUE_AT
from benchmarks.serving import HERE
from bhod_portal.local.postgres import EmbeddedPostgres

MODULE = "benchmarks.propagation"
DUE, SMALLER, LARGER = 100_000, 10_000, 300_000
ROUNDS = 5
BARE = HERE / "propagation_bare.sql"
CHECKS_FOR = 5.0

_CHANGES = """
    SELECT md5(string_agg(concat_ws(' ', id, applied_at AT TIME ZONE 'UTC'), ',' ORDER BY id)),
           count(*) FILTER (WHERE applied_at IS NULL)
      FROM access_mgmt_rolechange
"""
_ROLES = """
    SELECT md5(string_agg(
               concat_ws(' ', assignment_id, person_id, enterprise_id, function, valid_from, valid_until,
                         applied_at AT TIME ZONE 'UTC', withdrawn_at AT TIME ZONE 'UTC'), ',' ORDER BY assignment_id))
      FROM access_mgmt_effectiverole
"""


def run(due: int = DUE, *, rounds: int = ROUNDS) -> str:
    """Measure, and return the report."""
    with tempfile.TemporaryDirectory(prefix="bhod-bench-") as name:
        folder = Path(name)
        with EmbeddedPostgres(folder / "postgres") as server:
            server.ensure_database("start")
            run_module(server, "start", folder, "benchmarks.outbox", str(due))
            before = load_average()
            turns = measure_turns(server, folder, rounds)
            checks = _once(server, folder, "start", "check")
            memory = [_once(server, folder, "start", "ours")]
            for size in (SMALLER, LARGER):
                server.ensure_database(f"of_{size}")
                run_module(server, f"of_{size}", folder, "benchmarks.outbox", str(size))
                memory.append(_once(server, folder, f"of_{size}", "ours"))
            load = f"{before:.1f} before, {load_average():.1f} after"
    return propagation_report.report(turns, checks, memory, due=due, load=load)


def _once(server: EmbeddedPostgres, folder: Path, source: str, turn: str) -> dict[str, Any]:
    copy_database(server, source, "turn")
    return run_module(server, "turn", folder, MODULE, turn)


def measure_turns(server: EmbeddedPostgres, folder: Path, rounds: int) -> dict[str, list[dict[str, Any]]]:
    """Each has its turn in each round. Raises ValueError when they don't leave the same rows."""
    turns: dict[str, list[dict[str, Any]]] = {"ours": [], "bare": []}
    for _round in range(rounds):
        for turn, done in turns.items():
            done.append(_once(server, folder, "start", turn))
            _say(f"{turn}: {done[-1]['seconds']:.2f} s")
    left = {json.dumps(each["left"]) for done in turns.values() for each in done}
    if len(left) > 1:
        raise ValueError(f"not the same rows: {left}")
    return turns


def _say(text: str) -> None:
    if sys.stderr.isatty():
        print(text, file=sys.stderr)


# What a process of its own does, with Django set up


def ours() -> dict[str, Any]:
    from access_mgmt.services import propagation

    return _timed(lambda: propagation.apply_due_changes(real_now=DUE_AT))


def bare() -> dict[str, Any]:
    def apply() -> int:
        with transaction.atomic(), connection.cursor() as cursor:
            # Statements this large may take longer than servers allow.
            cursor.execute("SET LOCAL statement_timeout = 0")
            for statement in BARE.read_text().split(";"):
                if statement.strip():
                    cursor.execute(statement, {"now": DUE_AT})
            return int(cursor.rowcount)

    return _timed(apply)


def _timed(apply: Callable[[], int]) -> dict[str, Any]:
    """Time on the clock, processor time of this process and of its server process, and what is left behind."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [backend] = cursor.fetchone()
        served, worked, begun = backend_seconds(backend), time.process_time(), time.perf_counter()
        applied = apply()
        seconds = time.perf_counter() - begun
        worked, served = time.process_time() - worked, backend_seconds(backend) - served
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        cursor.execute("SET statement_timeout = 0")
        left = []
        for query in (_CHANGES, _ROLES):
            cursor.execute(query)
            left += cursor.fetchone()
    return {
        "applied": applied, "seconds": seconds, "worked": worked, "served": served, "peak": peak, "left": left
    }  # fmt: skip


def check() -> dict[str, Any]:
    """The role check of random persons and organisations, as applications ask it, and its plan."""
    from django.test.utils import CaptureQueriesContext

    from access_mgmt.models import EffectiveRole
    from access_mgmt.selectors import effective_functions

    pairs = list(EffectiveRole.objects.order_by("?").values_list("person", "enterprise")[:5_000])
    persons = dict.fromkeys(person for person, _ in pairs)
    from csam.models import Person

    persons = Person.objects.in_bulk(persons)
    day, times = DUE_AT.date(), []
    with CaptureQueriesContext(connection) as queries:
        effective_functions(person=persons[pairs[0][0]], enterprise_id=pairs[0][1], on=day)
    [query] = queries.captured_queries
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) {query['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    if "Index Only Scan using effective_role_check" not in plan:
        raise ValueError(f"the role check reads more than its index:\n{plan}")
    begun, worked = time.perf_counter(), time.process_time()
    while (started := time.perf_counter()) < begun + CHECKS_FOR:
        person, enterprise = pairs[len(times) % len(pairs)]
        effective_functions(person=persons[person], enterprise_id=enterprise, on=day)
        times.append(time.perf_counter() - started)
    worked = (time.process_time() - worked) / len(times)
    spread = statistics.quantiles(times, n=100)
    return {
        "per_second": len(times) / sum(times), "p50": spread[49], "p95": spread[94], "worked": worked, "plan": plan
    }  # fmt: skip


TURNS = {each.__name__: each for each in (ours, bare, check)}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(TURNS[sys.argv[1]]()))
