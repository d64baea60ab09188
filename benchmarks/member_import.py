"""`python -m benchmarks member_import`: a file of 1,000 and one of 10,000 users into a quality, dry run and confirmation.

Both by the services that the pages call, on the same PostgreSQL server; each file adds people with a function and its
dates, and is then tried once more, when nothing is left to do. Takes a minute.
"""

# ruff: noqa: PLC0415  (models are imported only once Django is set up)

import json
import os
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.urls import reverse

from benchmarks.files import file_of_rows
from benchmarks.serving import BASE_DIR, HOST, machine, versions
from bhod_portal.local.postgres import EmbeddedPostgres

SIZES = (1_000, 10_000)


@dataclass(frozen=True, slots=True)
class Run:
    """One file: how many users it adds, in which format; what each step took and what our process worked of the first
    two, in seconds; the process's peak in MB."""

    users: int
    kind: str
    dry_run: float
    confirm: float
    again: float
    worked: float
    peak: int


def run() -> str:
    """Measure, and return the report."""
    with tempfile.TemporaryDirectory(prefix="bhod-bench-") as name:
        folder = Path(name)
        with EmbeddedPostgres(folder / "postgres") as server:
            runs = [
                _measure_alone(server, folder, users, kind) for users in SIZES for kind in ("csv", "xlsx")
            ]
    return report(runs)


def _measure_alone(server: EmbeddedPostgres, folder: Path, users: int, kind: str) -> Run:
    """One file in a process and a database of its own, so that its memory is its own too."""
    database = f"import_{users}_{kind}"
    server.ensure_database(database)
    env = {
        **os.environ,
        "DATABASE_URL": server.url(database),
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "REDIS_URL": "redis://localhost",
        "ALLOWED_HOSTS": HOST,
        "PORTAL_URL": f"http://{HOST}",
        "VAR_DIR": str(folder),
        "LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", "benchmarks.member_import", str(users), kind]
    done = subprocess.run(command, cwd=BASE_DIR, env=env, check=True, stdout=subprocess.PIPE, text=True)
    return Run(**json.loads(done.stdout))


def measure(users: int, kind: str) -> Run:
    """Into an empty quality, among twice as many persons as the file names. Raises ValueError when a line is refused."""
    from access_mgmt.services import member_imports
    from csam.models import Person

    quality, manager = make(users)
    people = Person.objects.filter(username="").order_by("pk")[:users]
    content = file_of(list(people), kind)
    asked: dict[str, Any] = {"quality": quality, "by": manager, "at": datetime.now(UTC)}
    times: dict[str, float] = {}
    # A server has read its addresses long before.
    reverse("csam:identification")
    begun = time.process_time()
    with _timed(times, "dry_run"):
        dry_run = member_imports.try_file(content=content, size=len(content), **asked)
    with _timed(times, "confirm"):
        member_imports.import_members(lines=dry_run.lines, shown=dry_run.plan.fingerprint, **asked)
    times["worked"] = time.process_time() - begun
    with _timed(times, "again"):
        again = member_imports.try_file(content=content, size=len(content), **asked)
    if (dry_run.plan.counts["ajoute"], again.plan.counts["inchange"]) != (users, users):
        raise ValueError(f"not all of {users} were added: {dry_run.plan.counts}, then {again.plan.counts}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Run(users, kind, peak=peak, **times)


@contextmanager
def _timed(times: dict[str, float], step: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    times[step] = time.perf_counter() - begun


def make(users: int) -> tuple[Any, Any]:
    """A quality without users and its local manager; half of the persons of its world have a user name."""
    from access_mgmt.enums import MemberKind, MemberLink, QualityKind
    from access_mgmt.models import Quality, QualityMember
    from benchmarks.users import persons
    from bhod_portal.core.models import World
    from csam.enums import Language, Title
    from csam.models import Enterprise, Person

    now = datetime.now(UTC)
    world = World.objects.create(code="demo", name="Mesures")
    made = list(islice(persons(world), 2 * users + 1))
    for person in made[1::2]:
        person.username = ""
    manager, *_others = Person.objects.bulk_create(made, batch_size=5_000)
    enterprise = Enterprise.objects.create(
        world=world,
        bce_number="0800000065",
        name="Cercle des mesures",
        search_name="cercle",
        started_on=now.date(),
    )
    quality = Quality.objects.create(
        enterprise=enterprise,
        kind=QualityKind.EHEALTH,
        contact_email="a@exemple.invalid",
        activated_at=now,
        activated_by=manager,
    )
    QualityMember.objects.create(
        quality=quality,
        person=manager,
        kind=MemberKind.LOCAL_MANAGER,
        link=MemberLink.WORKER,
        title=Title.MR,
        language=Language.FRENCH,
        email=manager.email,
        added_at=now,
        added_by=manager,
    )
    return quality, manager


def file_of(people: list[Any], kind: str) -> bytes:
    """A file that adds these people, each with a function that begins and ends."""
    from access_mgmt.enums import Function
    from access_mgmt.services.import_files import COLUMNS

    today = datetime.now(UTC).date()
    days = f"{today:%d-%m-%Y}", f"31-12-{today.year + 1}"
    rows = [[str(name) for name in COLUMNS.values()]]
    for person in people:
        values = {"niss": person.niss, "last_name": person.last_name, "first_name": person.first_name}
        values |= {"function": Function.GUARDPOST_CIRCLE.value, "valid_from": days[0], "valid_until": days[1]}
        values |= {"kind": "Utilisateur", "secured_applications": "BHOD", "email": person.email}
        rows.append([values.get(key, "") for key in COLUMNS])
    return file_of_rows(rows, kind)


def table(runs: list[Run]) -> str:
    lines = [
        "| users | file | dry run | confirmation | both | of which our process worked | the same file again | peak memory |",
        "|---:|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {each.users:,} | {each.kind} | {each.dry_run:.2f} s | {each.confirm:.2f} s | "
        f"{each.dry_run + each.confirm:.2f} s | {each.worked:.2f} s | {each.again:.2f} s | {each.peak} MB |"
        for each in runs
    ]
    return "\n".join(lines)


def report(runs: list[Run]) -> str:
    return f"""# Import of users

A file that adds so many persons to a quality, each with a function and its dates, among twice as many persons of the world.

| | |
|---|---|
| date | {datetime.now(UTC):%Y-%m-%d} |
| machine | {machine()} |
| versions | {versions()} |
| command | `make bench` |

{table(runs)}

- By the services that the pages call: the file read, every line looked up and compared; then, under the quality's lock,
  compared once more and done: accounts, members, functions, outbox, trail, and a mail with an activation link for each.
- Both steps are one request each, all lines or none; 10,000 lines are the most that a file may have. A worker has several
  threads and goes on serving others meanwhile. The memory is that of the whole process, Django included.
"""


def main(users: str, kind: str) -> None:
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    print(json.dumps(asdict(measure(int(users), kind))))


if __name__ == "__main__":
    main(*sys.argv[1:])
