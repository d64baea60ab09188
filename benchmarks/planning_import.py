"""`python -m benchmarks planning_import`: a file of 1,500 and one of 3,000 guards into a circle of all of Belgium's.

By the services that the page and the task call. The circle is the largest of a small Belgium with circles as large as
those of the whole one; the file is a planning of next year's, in which each doctor has his turn. Takes a minute.
"""

# ruff: noqa: PLC0415  (models are imported only once Django is set up)

import json
import random
import resource
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse

from benchmarks import country
from benchmarks.databases import load_average, run_module
from benchmarks.files import file_of_rows
from benchmarks.serving import machine, versions
from bhod_portal.local.postgres import EmbeddedPostgres

SIZES = (1_500, 3_000)
# Circles of the same doctors, units and guards as those of the whole country, but fewer of them.
SMALL = country.Sizes(circles=13, doctors=1_650, units=40, users=50, guards=21_000)
BUDGET = 3


@dataclass(frozen=True, slots=True)
class Run:
    """One file: how many guards it adds, in which format; what each step took, in seconds; the process's peak in MB."""

    guards: int
    kind: str
    doctors: int
    dry_run: float
    confirm: float
    again: float
    worked: float
    told: int
    peak: int


def run() -> str:
    """Measure, and return the report."""
    load = load_average()
    with tempfile.TemporaryDirectory(prefix="bhod-bench-") as name:
        folder = Path(name)
        with EmbeddedPostgres(folder / "postgres") as server:
            runs = []
            for guards in SIZES:
                for kind in ("csv", "xlsx"):
                    database = f"planning_{guards}_{kind}"
                    server.ensure_database(database)
                    module = "benchmarks.planning_import"
                    runs.append(Run(**run_module(server, database, folder, module, str(guards), kind)))
    return report(runs, load=load)


def measure(guards: int, kind: str, *, sizes: country.Sizes = SMALL) -> Run:
    """Into a circle with three years of guards. Raises ValueError when a line is refused."""
    from bhod.enums import ImportState, PlanningOutcome
    from bhod.models import Guard, PlanningImport
    from bhod.services import planning_imports, planning_steps

    circle, by = make(sizes)
    year = country.FIRST_YEAR + sizes.years
    content = file_of(circle, guards, kind, year=year)
    now = datetime(year - 1, 11, 22, 9, tzinfo=UTC)
    times: dict[str, float] = {}
    # A server has read its addresses long before.
    reverse("csam:identification")
    begun = time.process_time()

    def received() -> PlanningImport:
        with transaction.atomic():
            one = planning_imports.receive(
                enterprise=circle,
                file_name=f"planning.{kind}",
                content=content,
                size=len(content),
                by=by,
                at=now,
            )
        worked(one)
        return one

    def worked(one: PlanningImport) -> None:
        """What the task does of a file this large, without the wait for its next tick."""
        if one.state in {ImportState.CHECKING, ImportState.APPLYING}:
            planning_steps.work_on_next(real_now=now)
        one.refresh_from_db()

    before = time.perf_counter()
    one = received()
    times["dry_run"] = time.perf_counter() - before
    added = one.plan["counts"][PlanningOutcome.ADDED]
    before = time.perf_counter()
    with transaction.atomic():
        planning_imports.confirm(
            planning_import=one, shown=one.plan["fingerprint"], without_refused=False, by=by, at=now
        )
    one.refresh_from_db()
    worked(one)
    times["confirm"] = time.perf_counter() - before
    times["worked"] = time.process_time() - begun
    before = time.perf_counter()
    again = received()
    times["again"] = time.perf_counter() - before
    unchanged = again.plan["counts"][PlanningOutcome.UNCHANGED]
    if (one.state, added, unchanged) != (ImportState.DONE, guards, guards):
        raise ValueError(f"{one.state}, {one.failure}: {one.plan['counts']}, then {again.plan['counts']}")
    doctors = Guard.objects.filter(changes__batch=one.batch).values("provider").distinct().count()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Run(guards, kind, doctors=doctors, told=one.plan["told"], peak=peak, **times)


def make(sizes: country.Sizes) -> tuple[Any, Any]:
    """The largest circle of a small Belgium, and somebody who may manage its guards."""
    from django.db.models import Count

    from access_mgmt.enums import Function
    from access_mgmt.models import EffectiveRole
    from csam.models import Enterprise

    world = country.load(sizes)
    circles = Enterprise.objects.filter(world=world).annotate(units=Count("guard_units"))
    circle = circles.select_related("world").order_by("-units", "pk")[0]
    roles = EffectiveRole.objects.filter(enterprise=circle, function=Function.FILEMANAGER_CIRCLE)
    role = roles.filter(withdrawn_at=None).select_related("person").order_by("pk")[0]
    return circle, role.person


def file_of(circle: Any, guards: int, kind: str, *, year: int) -> bytes:
    """A planning of the next year: every shift of each unit, by doctors in turn, until there are enough."""
    from benchmarks.guards import Doctor, guards_of
    from bhod.models import CircleDoctor
    from bhod.services.planning_files import COLUMNS, TEMPLATE
    from bhod_portal.core.clock import BRUSSELS

    enrolled = CircleDoctor.objects.filter(enterprise=circle, valid_until=None).select_related("provider")
    doctors = [Doctor(each.provider_id, each.valid_from, None, each.supervisor_id) for each in enrolled]
    numbers = {each.provider_id: each.provider.inami_number for each in enrolled}
    units = dict(circle.guard_units.values_list("pk", "name"))
    per_unit = -(-guards // len(units)) + 40
    planned = guards_of(
        list(units),
        doctors,
        year=year,
        per_unit=per_unit,
        by=0,
        draw=random.Random(country.SEED),  # noqa: S311
    )
    rows: list[list[Any]] = [[COLUMNS[key][0] for key in TEMPLATE]]
    for unit, provider, starts_at, ends_at, *_others in planned:
        if len(rows) > guards:
            break
        moments = [each.astimezone(BRUSSELS).replace(tzinfo=None) for each in (starts_at, ends_at)]
        hours = moments if kind == "xlsx" else [f"{each:%d-%m-%Y %H:%M}" for each in moments]
        rows.append([circle.bce_number, "", units[unit], numbers[provider], *hours, ""])
    if len(rows) != guards + 1:
        raise ValueError(f"only {len(rows) - 1} guards could be planned")
    return file_of_rows(rows, kind)


def table(runs: list[Run]) -> str:
    lines = [
        "| guards | file | doctors, told | dry run | confirmation | both | of which our process worked | again | peak |",
        "|---:|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {each.guards:,} | {each.kind} | {each.doctors}, {each.told} | {each.dry_run:.2f} s | {each.confirm:.2f} s | "
        f"{each.dry_run + each.confirm:.2f} s | {each.worked:.2f} s | {each.again:.2f} s | {each.peak} MB |"
        for each in runs
    ]
    return "\n".join(lines)


def report(runs: list[Run], *, load: float) -> str:
    return f"""# Import of a planning

A file of so many guards of next year into the largest circle of a Belgium with circles of their real size and three years of
guards.

| | |
|---|---|
| date | {datetime.now(UTC):%Y-%m-%d} |
| machine | {machine()}; {load:.1f} on average before |
| versions | {versions()} |
| command | `python -m benchmarks planning_import` |

{table(runs)}

- Dry run: the file read, its lines kept, each compared with what stands, judged by every rule, whom it tells. Confirmation:
  judged once more under the locks of the doctors, guards and their history written, one mail for each doctor.
- Budget for 3,000 guards: both within {BUDGET} s. Files of more than 1,000 lines are worked on by a task; the wait for its
  tick, two seconds at most each time, is not counted.
"""


def main(guards: str, kind: str) -> None:
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    print(json.dumps(asdict(measure(int(guards), kind))))


if __name__ == "__main__":
    main(*sys.argv[1:])
