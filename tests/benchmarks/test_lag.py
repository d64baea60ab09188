"""The parts of the benchmark with real workers; how late they are, no test says."""

import pytest
from django.db.models import F

from access_mgmt.models import PropagationDay, RoleAssignment, RoleChange
from access_mgmt.services import propagation
from benchmarks import country, lag, outbox
from bhod_portal.core import clock

SMALL = country.Sizes(circles=2, doctors=30, units=2, users=4, guards=0, years=1)
FOUND = {
    "workers": 2,
    "changes": 9_000,
    "seconds": 3.0,
    "p50": 1.0,
    "p95": 2.0,
    "longest": 3.0,
    "worked": 4.5,
}


@pytest.fixture
def due(db, monkeypatch):
    outbox.load(200, untouched=50, sizes=SMALL)
    monkeypatch.setattr(lag, "settle", lambda _url: None)
    monkeypatch.setenv("DATABASE_URL", "")
    # When a transaction was committed is only known to a server that was told to keep it.
    monkeypatch.setattr(lag, "_LAGS", lag._LAGS.replace("pg_xact_commit_timestamp(xmin)", "applied_at"))


def pending():
    return RoleChange.objects.pending().order_by("due_at", "pk")


@pytest.mark.usefixtures("due")
def test_a_stream_comes_due_in_order_in_twenty_seconds():
    before = list(pending().values_list("pk", flat=True))

    lag.stream()

    assert list(pending().values_list("pk", flat=True)) == before
    assert pending().last().due_at - pending().first().due_at == lag.STREAM
    assert pending().first().due_at == lag.STREAM_BEGINS


@pytest.mark.usefixtures("due")
def test_the_stream_begins_in_a_moment():
    lag.stream()
    world = RoleAssignment.objects.first().member.person.world

    lag.begin()

    world.refresh_from_db()
    assert not pending().filter(due_at__lte=clock.now(world)).exists()
    assert pending().filter(due_at__lte=clock.now(world) + lag.STREAM / 2).exists()


@pytest.mark.usefixtures("due")
def test_a_change_that_is_left_spoils_the_measure():
    lag.stream()

    with pytest.raises(ValueError, match="200 of 200 are left"):
        lag.lags()


@pytest.mark.usefixtures("due")
def test_a_change_that_is_counted_twice_spoils_the_measure():
    lag.stream()
    lag.begin()
    propagation.apply_due_changes(real_now=clock.real_now() + 2 * lag.STREAM)

    assert lag.lags()["changes"] == 200
    PropagationDay.objects.update(applied=F("applied") + 1)
    with pytest.raises(ValueError, match="201 were counted"):
        lag.lags()


def test_reads_what_workers_log():
    log = "ready.\nrole changes applied: 12\nother\nrole changes applied: 3 [access_mgmt.tasks]\n"

    assert lag.sweeps_of(log) == [12, 3]


def test_reports_what_it_found():
    report = lag.report([FOUND | {"shares": [[3_000, 2_000], [4_000]]}], broker="Redis", load="0.1")

    assert "| 2 | 9,000 | yes | 3,000 | 1.00 s | 2.00 s | 3.00 s | 5,000 + 4,000 | 2 + 1 | 4.5 s |" in report
    assert "broker: Redis" in report
