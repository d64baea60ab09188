"""`python -m benchmarks belgium`: a whole Belgium into a server of its own, and how long that takes.

130 circles, 16,500 doctors, 400 units, 500 access users, 210,000 guards a year for three years (`benchmarks.country`).
`python -m benchmarks.belgium` loads it into the database of DATABASE_URL, beside what is there.
"""

import json
import os
import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.db import connection

from benchmarks import country
from benchmarks.databases import backend_seconds, load_average, run_module, settle
from benchmarks.loading import Loaded, Loader
from benchmarks.serving import machine, versions
from bhod_portal.local.postgres import EmbeddedPostgres

# Tables of fewer rows are counted together.
SMALL = 10_000


def table(tables: list[Loaded], loaded: float, constraints: float) -> str:
    lines = ["| table | rows | time | rows/s |", "|---|---:|---:|---:|"]
    lines += [
        f"| {each.table} | {each.rows:,} | {each.seconds:.1f} s | {each.rows / each.seconds:,.0f} |"
        for each in tables
        if each.rows > SMALL
    ]
    rows = sum(each.rows for each in tables)
    lines.append(
        f"| all, {len(tables) - len(lines) + 2} smaller tables among them | {rows:,} | {loaded:.1f} s | {rows / loaded:,.0f} |"
    )
    lines.append(f"| of which foreign keys, checked at the end | | {constraints:.1f} s | |")
    return "\n".join(lines)


def report(measured: dict[str, Any]) -> str:
    tables = [Loaded(*each) for each in measured["tables"]]
    return f"""# Whole Belgium

130 circles, 16,500 doctors, 400 units, 500 access users, 210,000 guards a year for three years (domain.md 6.3).

| | |
|---|---|
| date | {datetime.now(UTC):%Y-%m-%d} |
| machine | {machine()} |
| versions | {versions()} |
| load | {measured["load"]:.1f} on average before it began |
| command | `python -m benchmarks belgium` |

{table(tables, measured["loaded"], measured["constraints"])}

- By COPY, in one transaction, every constraint and index in force: foreign keys, check digits, no doctor on two guards
  at once, none twice on the list of a circle. Making the rows takes its share of the time.
- Processor time: {measured["worked"]:.1f} s of our process, {measured["served"]:.1f} s of the server's; database {measured["megabytes"]:,} MB; peak of our process {measured["peak"]} MB.
- `DATABASE_URL=… DJANGO_SETTINGS_MODULE=… python -m benchmarks.belgium` loads the same world into another database.
"""


def run() -> str:
    """Load it into a server of its own, and return the report."""
    with tempfile.TemporaryDirectory(prefix="bhod-bench-") as name:
        folder = Path(name)
        with EmbeddedPostgres(folder / "postgres") as server:
            server.ensure_database("belgium")
            return report(run_module(server, "belgium", folder, "benchmarks.belgium"))


def measure(sizes: country.Sizes | None = None) -> dict[str, Any]:
    """Load it into our database, and say how long it took."""
    loader, load_before = Loader(), load_average()
    begun, worked = time.perf_counter(), time.process_time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
        country.load(sizes, loader=loader)
        loaded, worked = time.perf_counter() - begun, time.process_time() - worked
        cursor.execute("SELECT pg_database_size(current_database()) / 1000000")
        megabytes = cursor.fetchone()[0]
    return {
        "tables": [(each.table, each.rows, each.seconds) for each in loader.loaded],
        "loaded": loaded,
        "constraints": loaded - sum(each.seconds for each in loader.loaded),
        "worked": worked,
        "served": backend_seconds(backend),
        "megabytes": megabytes,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "load": load_before,
    }


def main() -> None:
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    measured = measure()
    settle(os.environ["DATABASE_URL"])
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
