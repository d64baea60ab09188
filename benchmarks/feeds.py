"""`python -m benchmarks feeds`: what calendar programs cost that read a circle's guards and a doctor's, in all of Belgium.

A program reads all of it once, and asks after that whether anything changed: mostly nothing did (304).
"""

import http.client
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from itertools import cycle, islice

import psycopg

from benchmarks.belgium_served import over_belgium
from benchmarks.middleware import HEADER
from benchmarks.serving import (
    CLIENTS,
    HOST,
    THREADS,
    WORKERS,
    Tally,
    machine,
    versions,
)

# One address bears no more than some hundred readings in five minutes.
ADDRESSES, FIRST_READS, SECONDS = 24, 20, 10.0
# Sixteen months of guards lie in the window of that day.
DAY = "2025-12-01 10:00+01"
BUSIEST = """
SELECT {owner}, count(*) FROM bhod_guard guard JOIN bhod_guardunit unit ON unit.id = guard.unit_id
WHERE guard.is_published AND guard.starts_at >= '2025-09-01' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1
"""
MAKE = """
INSERT INTO bhod_calendarfeed ({column}, secret_hash, label, created_at, created_by_id)
SELECT %s, %s, 'Agenda', now(), ({creator})
"""
KINDS = {
    "a circle": ("unit.enterprise_id", "enterprise_id", "SELECT min(id) FROM csam_person"),
    # A calendar that a mandatary made closes with his mandate: this one is the doctor's own.
    "a doctor": (
        "guard.provider_id",
        "provider_id",
        "SELECT person_id FROM prosante_login_careprovider WHERE id = %s",
    ),
}


@dataclass
class Reading:
    """What the feeds of one kind cost: how much there is in one, first readings, and those to which nothing changed."""

    events: int
    kilobytes: float
    first: Tally
    queries: tuple[int, int]
    unchanged: Tally = field(default_factory=Tally)


def make_feeds(url: str) -> dict[str, list[str]]:
    """Addresses of the busiest circle and the busiest doctor; the country's clock is set back to where guards lie ahead."""
    made: dict[str, list[str]] = {}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE core_world SET code = 'demo', frozen_at = %s", [DAY])
        for kind, (owner, column, creator) in KINDS.items():
            row = connection.execute(BUSIEST.format(owner=owner)).fetchone()
            if row is None:
                raise ValueError("no guard lies in the window")
            secrets = [f"{column}-{number:040}" for number in range(ADDRESSES)]
            for secret in secrets:
                values = [row[0], sha256(secret.encode()).hexdigest(), *[row[0]] * creator.count("%s")]
                connection.execute(MAKE.format(column=column, creator=creator), values)
            made[kind] = [f"/bhod/agenda/{secret}.ics" for secret in secrets]
    return made


def read(port: int, paths: list[str]) -> Reading:
    """Read some addresses for the first time; then several clients ask all of them whether they changed."""
    etags, first, body, queries = {}, Tally(), b"", 0
    with closing(http.client.HTTPConnection(HOST, port, timeout=60)) as connection:
        for number, path in enumerate(paths):
            began = time.perf_counter()
            answer, body = _ask(connection, path, http.client.OK)
            if 0 < number <= FIRST_READS:
                first.times.append(time.perf_counter() - began)
            etags[path], queries = answer.headers["ETag"], _queries(answer)
        again, _nothing = _ask(connection, path, http.client.NOT_MODIFIED, etags[path])
    both = (queries, _queries(again))
    reading = Reading(body.count(b"BEGIN:VEVENT"), len(body) / 1000, first, both)
    began = time.perf_counter()
    threads = [
        threading.Thread(target=_ask_again, args=(port, islice(cycle(paths), place, None), etags, reading))
        for place in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reading.unchanged.asked_for = time.perf_counter() - began
    return reading


def _ask_again(port: int, paths: Iterator[str], etags: Mapping[str, str], reading: Reading) -> None:
    until = time.perf_counter() + SECONDS
    times = []
    with closing(http.client.HTTPConnection(HOST, port, timeout=60)) as connection:
        while (began := time.perf_counter()) < until:
            path = next(paths)
            _ask(connection, path, http.client.NOT_MODIFIED, etags[path])
            times.append(time.perf_counter() - began)
    reading.unchanged.times.extend(times)


def _queries(answer: http.client.HTTPResponse) -> int:
    return int(answer.headers.get(HEADER, "0").split()[0])


def _ask(
    connection: http.client.HTTPConnection, path: str, expected: int, etag: str = ""
) -> tuple[http.client.HTTPResponse, bytes]:
    connection.request("GET", path, headers={"If-None-Match": etag} if etag else {})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != expected:
        raise ValueError(f"a feed answers {answer.status}")
    return answer, body


def report(readings: Mapping[str, Reading], *, load: float) -> str:
    rows = "\n".join(
        f"| {kind} | {each.events} | {each.kilobytes:.0f} kB | {each.first.within(0.5):.0f} ms | {each.queries[0]} | "
        f"{each.unchanged.per_second:.0f}/s | {each.unchanged.within(0.5):.1f} ms | {each.unchanged.within(0.95):.1f} ms | "
        f"{each.queries[1]} |"
        for kind, each in readings.items()
    )
    return f"""# Calendars

| | |
|---|---|
| date | {datetime.now(UTC):%Y-%m-%d} |
| machine | {machine()} |
| versions | {versions()} |
| server | gunicorn, {WORKERS} workers of {THREADS} threads, settings of servers |
| load | first reading: one client; unchanged: {CLIENTS} clients, {SECONDS:.0f} s, {ADDRESSES} addresses in turns; \
machine: {load:.1f} on average before |
| command | `python -m benchmarks feeds` |

| feed of | guards in it | file | first reading, median | queries | unchanged (304) | median | p95 | queries |
|---|---:|---:|---:|---:|---:|---:|---:|---:|
{rows}

- The busiest circle and the busiest doctor of all of Belgium (630,000 guards, `benchmarks.country`), sixteen months of them.
- Queries are all that a request asks, the visitor's world included; the cache stands in the memory of each process here. A 304
  reads no guard: one query makes a mark of all of them in the database.
- Read in whole after a change, a calendar is written once and given from the cache to all its other readers.
"""


def run() -> str:
    """Measure, and return the report."""
    _feeds, readings, before = over_belgium("feeds", make_feeds, _read_all)
    return report(readings, load=before)


def _read_all(port: int, feeds: Mapping[str, list[str]]) -> dict[str, Reading]:
    return {kind: read(port, paths) for kind, paths in feeds.items()}
