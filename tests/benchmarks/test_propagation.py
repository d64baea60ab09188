"""Propagation and the bare statements leave the same rows behind; how fast either is, no test says."""

import pytest
from django.db import connection, transaction

from access_mgmt.enums import ChangeKind
from access_mgmt.models import EffectiveRole, RoleChange
from benchmarks import country, outbox, propagation, propagation_report

SMALL = country.Sizes(circles=2, doctors=30, units=2, users=4, guards=0, years=1)


@pytest.fixture
def due(db):
    outbox.load(200, untouched=50, sizes=SMALL)


@pytest.mark.usefixtures("due")
def test_its_outbox_has_every_kind_of_change():
    pending = RoleChange.objects.pending()

    assert pending.count() == 200
    assert set(pending.values_list("kind", flat=True)) == set(ChangeKind)
    assert pending.filter(withdraws__granted_by_change__applied_at=None, kind=ChangeKind.EDITED).exists()
    assert not pending.filter(due_at__gt=outbox.DUE_AT).exists()
    # Of the users of the small country too: four, none of whom had two functions but the first.
    assert EffectiveRole.objects.known().count() == 50 + 100 + 4
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.usefixtures("due")
def test_the_bare_statements_write_the_same_rows():
    start = transaction.savepoint()
    ours = propagation.ours()
    transaction.savepoint_rollback(start)
    bare = propagation.bare()

    assert ours["applied"] == bare["applied"] == 200
    assert ours["left"] == bare["left"]


@pytest.mark.usefixtures("due")
def test_the_role_check_is_measured(monkeypatch):
    monkeypatch.setattr(propagation, "CHECKS_FOR", 0.05)
    with connection.cursor() as cursor:
        # So small a table would be read whole, or, unknown to the planner, by any index.
        cursor.execute("ANALYZE access_mgmt_effectiverole")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")

    assert propagation.check()["per_second"] > 0


def test_reports_what_it_found():
    turn = {"applied": 100_000, "seconds": 3.0, "worked": 0.1, "served": 2.5, "peak": 82.0, "left": []}
    report = propagation_report.report(
        {"ours": [turn], "bare": [turn | {"seconds": 2.0, "served": 2.0}]},
        {"per_second": 2_000.0, "p50": 0.0005, "p95": 0.001, "worked": 0.0003, "plan": "Index Only Scan"},
        [turn],
        due=100_000,
        load="0.1",
    )

    assert "| apply_due_changes | 100,000 | 3.00 s | 3.00 s | 3.00 s | 1.50 × | 2.50 s | 1.25 × |" in report
    assert "| bare SQL | 100,000 | 2.00 s | 2.00 s | 2.00 s | 1.00 × |" in report
    assert "| 100,000 | 3.00 s | 33,333 | 82.0 MB |" in report
    assert "**2,000 checks/s**" in report
