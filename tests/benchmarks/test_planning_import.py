"""The import is measured by the services of page and task, in a small country; how fast it is, no test says."""

import pytest

from benchmarks import country
from benchmarks import planning_import as bench
from bhod.models import Guard
from bhod.services import planning_imports

SIZES = country.Sizes(circles=1, doctors=30, units=2, users=2, guards=40, years=1)


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "at_once"), [("csv", 1_000), ("xlsx", 0)])
def test_its_files_add_every_guard(kind, at_once, monkeypatch):
    monkeypatch.setattr(planning_imports, "AT_ONCE", at_once)

    run = bench.measure(12, kind, sizes=SIZES)

    assert (run.guards, run.kind) == (12, kind)
    assert Guard.objects.filter(changes__batch__isnull=False).count() == 12


def test_reports_each_file():
    report = bench.report([bench.Run(3_000, "csv", 126, 0.5, 1.25, 0.25, 1.5, 120, 130)], load=0.1)

    assert "| 3,000 | csv | 126, 120 | 0.50 s | 1.25 s | 1.75 s | 1.50 s | 0.25 s | 130 MB |" in report
