"""The import is measured by the services of the pages, in a world that it fills itself; how fast it is, no test says."""

import pytest

from access_mgmt.models import QualityMember, RoleAssignment
from benchmarks import member_import as bench


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_its_files_add_everybody(kind):
    run = bench.measure(12, kind)

    assert (run.users, run.kind) == (12, kind)
    assert (QualityMember.objects.count(), RoleAssignment.objects.count()) == (13, 12)


def test_reports_each_file():
    report = bench.report([bench.Run(1_000, "csv", 0.5, 1.25, 0.25, 1.5, 130)])

    assert "| 1,000 | csv | 0.50 s | 1.25 s | 1.75 s | 1.50 s | 0.25 s | 130 MB |" in report
