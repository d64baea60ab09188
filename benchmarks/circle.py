"""`python -m benchmarks circle`: the pages of BHOD that the manager of a circle reads, in the data of all of Belgium.

Each page is asked in turn over one open connection, after it was asked once. Takes three minutes, most of them to load.
"""

import http.client
import statistics
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg

from benchmarks.belgium_served import over_belgium
from benchmarks.login import Browser, Cost, log_in
from benchmarks.serving import (
    HOST,
    THREADS,
    WORKERS,
    Tally,
    machine,
    versions,
)

TIMES = 40
BUDGET_QUERIES = 8
# Of the third year that `benchmarks.country` makes; a circle has 135 guards a month in it, and 1,600 a year.
MONTH = "2026-10"
WHO = """
SELECT manager.first_name || ' ' || manager.last_name, circle.name, count(*)
FROM access_mgmt_effectiverole role
JOIN csam_person manager ON manager.id = role.person_id
JOIN csam_enterprise circle ON circle.id = role.enterprise_id
JOIN bhod_guardunit unit ON unit.enterprise_id = circle.id
JOIN bhod_guard guard ON guard.unit_id = unit.id
WHERE role.function = 'INAMI_FILEMANAGER_GENERALPRACTITIONERCIRCLE' AND role.withdrawn_at IS NULL
  AND guard.starts_at >= '2026-10-01' AND guard.starts_at < '2026-11-01'
  AND NOT EXISTS (
    SELECT FROM access_mgmt_effectiverole other
    WHERE other.person_id = role.person_id AND other.enterprise_id != role.enterprise_id
  )
GROUP BY manager.id, circle.id ORDER BY count(*) DESC, circle.id, manager.id LIMIT 1
"""
PAGES = {
    "month, units by days": f"/bhod/gardes/?mois={MONTH}",
    "month, doctors by days": f"/bhod/gardes/?mois={MONTH}&vue=medecins",
    "week": "/bhod/gardes/semaine/?jour=2026-10-12",
    "list, 25 rows": f"/bhod/gardes/liste/?mois={MONTH}",
    "quality board of a month": "/bhod/gardes/qualite/?du=01-10-2026&au=31-10-2026",
    "quality board of a year": "/bhod/gardes/qualite/?du=01-11-2025&au=31-10-2026",
    "fairness of a year": "/bhod/gardes/repartition/?du=01-11-2025&au=31-10-2026",
    "doctors, 25 rows": "/bhod/medecins/",
    "month as CSV": f"/bhod/gardes/exporter/?mois={MONTH}&fichier=csv",
    "month as PDF": f"/bhod/gardes/feuille/?mois={MONTH}",
}


@dataclass(frozen=True, slots=True)
class Circle:
    """The busiest circle of the country, its manager, and how many guards begin there in the month."""

    manager: str
    name: str
    guards: int


def busiest(url: str) -> Circle:
    """Lets the country be the world where one logs in without a code, and finds its busiest circle."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE core_world SET code = 'demo'")
        found = connection.execute(WHO).fetchone()
    if found is None:
        raise ValueError("no circle has a guard in the month")
    return Circle(*found)


def measure(browser: Browser, *, times: int = TIMES) -> dict[str, list[Cost]]:
    """What each page costs, asked again and again by one who has logged in for his circle."""
    costs = {}
    for name, path in PAGES.items():
        browser.ask(path)
        browser.costs.clear()
        for _time in range(times):
            browser.ask(path)
        costs[name] = list(browser.costs)
    return costs


def table(costs: Mapping[str, Sequence[Cost]]) -> str:
    lines = ["| page | queries | median | p95 | processor, our process |", "|---|---:|---:|---:|---:|"]
    for name, of_page in costs.items():
        times = Tally([cost.seconds for cost in of_page])
        worked = statistics.median(cost.worked for cost in of_page) * 1000
        queries = max(cost.queries for cost in of_page)
        lines.append(
            f"| {name} | {queries} | {times.within(0.50):.1f} ms | {times.within(0.95):.1f} ms | {worked:.1f} ms |"
        )
    return "\n".join(lines)


def report(circle: Circle, costs: Mapping[str, Sequence[Cost]], *, load: float) -> str:
    return f"""# Pages of a circle

The busiest circle of all of Belgium ({circle.guards} guards begin in the month), read by its manager, who sees amounts.

| | |
|---|---|
| date | {datetime.now(UTC):%Y-%m-%d} |
| machine | {machine()} |
| versions | {versions()} |
| server | gunicorn, {WORKERS} workers of {THREADS} threads, settings of servers |
| load | one client with one open connection and one session, each page {TIMES} times; machine: {load:.1f} on average before |
| command | `python -m benchmarks circle` |

{table(costs)}

- 130 circles, 16,500 doctors, 630,000 guards of three years (`benchmarks.country`). Budget of a month: {BUDGET_QUERIES} queries;
  those of session, person, world and rights are among them here, as is what keeps the session.
- « processor » is what our process worked between first and last middleware. The client runs on the same machine, and so
  does PostgreSQL.
"""


def run() -> str:
    """Measure as the manager of the busiest circle, and return the report."""
    circle, costs, before = over_belgium("circle", busiest, _read_by_its_manager)
    return report(circle, costs, load=before)


def _read_by_its_manager(port: int, circle: Circle) -> dict[str, list[Cost]]:
    with closing(http.client.HTTPConnection(HOST, port, timeout=60)) as connection:
        browser = Browser(connection)
        log_in(browser, 0, person=circle.manager, circle=circle.name)
        return measure(browser)
