"""`python -m benchmarks payments`: the payment of two months to all of Belgium, and a bare SQL aggregate of the same money.

A year of guards: those of ten months are validated and paid by five runs, those of the last two by the run that is measured,
alternately with the bare statement, each time in a process of its own on a fresh copy of one database. Both must come to
the same amount for each doctor. At last all twelve months are paid at once, on a copy in which nothing was: the measure of a
large run. Takes three minutes.
"""

# ruff: noqa: PLC0415  (models are imported only once Django is set up)

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.db import connection, transaction

from benchmarks import country, payments_report
from benchmarks.databases import backend_seconds, copy_database, load_average, run_module, settle
from benchmarks.loading import Loader
from benchmarks.serving import HERE
from bhod_portal.local.postgres import EmbeddedPostgres

MODULE = "benchmarks.payments"
BARE = HERE / "payment_bare.sql"
ROUNDS = 5
SIZES = country.Sizes(years=1)
# The guards of 2024, paid on the sixth of the month that follows each two.
EARLIER = [datetime(2024, month, 6, 8, tzinfo=UTC) for month in (3, 5, 7, 9, 11)]
NOW = datetime(2025, 1, 6, 8, tzinfo=UTC)
FIRST_DAY, LAST_DAY = date(2024, 11, 1), date(2024, 12, 31)
# One doctor in so many has named no account.
WITHOUT_ACCOUNT = 50
IBAN = "BE71096123456769"


def run(*, rounds: int = ROUNDS) -> str:
    """Measure, and return the report."""
    with tempfile.TemporaryDirectory(prefix="bhod-bench-") as name:
        folder = Path(name)
        with EmbeddedPostgres(folder / "postgres") as server:
            server.ensure_database("start")
            loaded = run_module(server, "start", folder, MODULE, "load")
            before = load_average()
            turns: dict[str, list[dict[str, Any]]] = {"ours": [], "bare": []}
            for _round in range(rounds):
                for turn, done in turns.items():
                    copy_database(server, "start", "turn")
                    done.append(run_module(server, "turn", folder, MODULE, turn))
                    if sys.stderr.isatty():
                        print(f"{turn}: {done[-1]['seconds']:.2f} s", file=sys.stderr)
            copy_database(server, "start", "turn")
            loaded["large"] = run_module(server, "turn", folder, MODULE, "large")
            load = f"{before:.1f} before, {load_average():.1f} after"
    if len({each["amounts"] for done in turns.values() for each in done}) > 1:
        raise ValueError("not the same amounts for each doctor")
    return payments_report.report(turns, loaded, load=load)


# What a process of its own does, with Django set up


def load(sizes: country.Sizes = SIZES) -> dict[str, Any]:
    """A country with a year of confirmed guards, ten months of them paid; what that took."""
    from bhod.models import Guard
    from csam.enums import StaffRole
    from csam.models import Person
    from prosante_login.enums import FeeType
    from prosante_login.models import CareProvider, ProviderAccount

    loader = Loader()
    world = country.load(sizes, loader=loader)
    Person.objects.create(world=world, username="agent-inami", staff_role=StaffRole.INAMI, date_joined=NOW)
    keys = CareProvider.objects.filter(person__world=world).order_by("pk").values_list("pk", "person_id")
    accounts = (
        (provider, FeeType.AVAILABILITY, IBAN, date(2024, 1, 1), EARLIER[0], person)
        for place, (provider, person) in enumerate(keys)
        if place % WITHOUT_ACCOUNT
    )
    columns = ["provider_id", "fee_type", "iban", "used_from", "registered_at", "registered_by_id"]
    loader.load(ProviderAccount, columns, accounts, about=sizes.doctors)
    for at in EARLIER:
        _confirm(world, at)
        _validated(world, at)
        _paid(world, at)
    _confirm(world, NOW)
    validation = _validated(world, NOW)
    settle(os.environ["DATABASE_URL"])
    return {"validation": validation, "guards": Guard.objects.filter(state="CONFIRMED").count()}


_CONFIRM = """
UPDATE bhod_guard AS guard
   SET state = %(state)s, confirmed_at = %(at)s, confirmed_by_id = guard.registered_by_id
  FROM bhod_guardunit AS unit
  JOIN csam_enterprise AS circle ON circle.id = unit.enterprise_id
 WHERE unit.id = guard.unit_id AND circle.world_id = %(world)s AND guard.state = 'REGISTERED' AND guard.ends_at <= %(at)s
"""


def _confirm(world: Any, at: datetime) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(_CONFIRM, {"at": at, "world": world.pk, "state": "CONFIRMED"})


def large() -> dict[str, Any]:
    """All twelve months in one run, as if none had been before."""
    from bhod.models import PaymentLine, PaymentRun, Settlement
    from bhod_portal.core.models import World

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL portal.whole_world = 'on'")
        for model in (PaymentLine, Settlement, PaymentRun):
            model.objects.all()._raw_delete("default")  # noqa: SLF001  (straight to the table, as a world's reset)
    return _paid(World.objects.get(code="belgique"), NOW)


def ours() -> dict[str, Any]:
    """The run of the last two months: opened, calculated, checked, closed."""
    from bhod_portal.core.models import World

    world = World.objects.get(code="belgique")
    done = _paid(world, NOW)
    with connection.cursor() as cursor:
        cursor.execute(_AMOUNTS, {"world": world.pk})
        [done["amounts"]] = cursor.fetchone()
    return done


_AMOUNTS = """
SELECT md5(string_agg(concat_ws(' ', provider_id, earned), ',' ORDER BY provider_id))
  FROM bhod_settlement AS settlement
  JOIN bhod_paymentrun AS run ON run.id = settlement.run_id AND run.world_id = %(world)s
 WHERE run.number = (SELECT max(number) FROM bhod_paymentrun WHERE world_id = %(world)s) AND earned <> 0
"""


def bare() -> dict[str, Any]:
    """The bare aggregate, with its answer read."""
    import hashlib

    from bhod.eligibility import legal_holidays
    from bhod_portal.core.models import World

    facts = {
        "world": World.objects.get(code="belgique").pk,
        "first_day": FIRST_DAY,
        "last_day": LAST_DAY,
        "holidays": [day for year in (2024, 2025) for day in legal_holidays(year)],
    }

    def aggregate() -> list[tuple[int, Decimal]]:
        with connection.cursor() as cursor:
            cursor.execute(BARE.read_text(), facts)
            return list(cursor.fetchall())

    done = _timed({"aggregate": aggregate})
    rows = done.pop("last")
    told = ",".join(f"{provider} {amount}" for provider, amount in rows)
    return done | {
        "doctors": len(rows),
        "amounts": hashlib.md5(told.encode(), usedforsecurity=False).hexdigest(),
    }


def _validated(world: Any, at: datetime) -> dict[str, Any]:
    from bhod.models import GuardCheck
    from bhod.services import validation

    known = GuardCheck.objects.count()
    done = _timed({"validation": lambda: validation.validate(world=world, at=at)})
    done.pop("last")
    return done | {"checks": GuardCheck.objects.count() - known}


def _paid(world: Any, at: datetime) -> dict[str, Any]:
    """One run from beginning to end, each step timed, and what it came to."""
    from bhod.selectors.payment_runs import figures_of
    from bhod.services import payment_runs
    from csam.enums import StaffRole
    from csam.models import Person

    agent = Person.objects.get(world=world, staff_role=StaffRole.INAMI)
    opened = payment_runs.open_run(world=world, by=agent, at=at)

    def check() -> None:
        figures = figures_of(opened)
        if not payment_runs.check_run(run=opened, seen=(figures.lines, figures.total), by=agent, at=at):
            raise ValueError("guards changed in between")

    def work() -> None:
        if payment_runs.work_on_next(real_now=at) != opened.pk:
            raise ValueError("no step of this run was left to do")

    def close() -> None:
        payment_runs.close_run(run=opened, by=agent, at=at)
        work()

    done = _timed({"lines": work, "check": check, "close": close})
    done.pop("last")
    # The money is settled; then the task tells who has no account.
    done["mails"] = _timed({"mails": work})["seconds"]
    figures, settlements = figures_of(opened), opened.settlements.count()
    return done | {"rows": figures.lines, "total": str(figures.total), "settlements": settlements}


def _timed(steps: dict[str, Callable[[], Any]]) -> dict[str, Any]:
    """Seconds on the clock of each step and of all, processor time of this process and its server's, peak memory in MB."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [backend] = cursor.fetchone()
        # Statements this large may take longer than servers allow.
        cursor.execute("SET statement_timeout = 0")
    served, worked, begun, took, last = (
        backend_seconds(backend),
        time.process_time(),
        time.perf_counter(),
        {},
        None,
    )
    for name, step in steps.items():
        started = time.perf_counter()
        last = step()
        took[name] = time.perf_counter() - started
    return {
        "seconds": time.perf_counter() - begun,
        "steps": took,
        "worked": time.process_time() - worked,
        "served": backend_seconds(backend) - served,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "last": last,
    }


TURNS: dict[str, Callable[[], dict[str, Any]]] = {each.__name__: each for each in (load, ours, bare, large)}


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "load":
        call_command("migrate", interactive=False, verbosity=0)
    print(json.dumps(TURNS[sys.argv[1]]()))
