"""A payment run and the bare statement come to the same amounts; how fast either is, no test says."""

import pytest

from benchmarks import country, payments, payments_report
from bhod.enums import RunState, SettlementOutcome
from bhod.models import PaymentRun, Settlement

SMALL = country.Sizes(circles=2, doctors=60, units=2, users=4, guards=1_000, years=1)


@pytest.fixture
def loaded(db, monkeypatch):
    monkeypatch.setattr(payments, "settle", lambda url: None)
    monkeypatch.setenv("DATABASE_URL", "")
    return payments.load(SMALL)


def test_both_come_to_the_same_amounts(loaded):
    ours, bare = payments.ours(), payments.bare()

    assert ours["amounts"] == bare["amounts"]
    assert (ours["rows"], bare["doctors"]) == (166, 57)
    assert PaymentRun.objects.filter(state=RunState.CLOSED).count() == 6
    # One doctor in fifty has named no account.
    assert Settlement.objects.filter(run__number=6, outcome=SettlementOutcome.NO_ACCOUNT).count() == 2
    assert payments.large()["rows"] == loaded["guards"]


def test_reports_what_it_found():
    steps = {"lines": 0.2, "check": 0.1, "close": 0.3}
    run = {
        "seconds": 0.6,
        "steps": steps,
        "mails": 0.4,
        "rows": 35_160,
        "settlements": 15_978,
        "total": "2766109.50",
        "peak": 90.0,
    }
    loaded = {"large": run | {"rows": 205_759}, "validation": {"seconds": 30.0, "checks": 180_000}}

    report = payments_report.report({"ours": [run], "bare": [{"seconds": 0.2}]}, loaded, load="0.1")

    assert "| **payment run, the three together** | 600 ms | 600 ms | 600 ms | 3.00 × |" in report
    assert "180,000 guards in 30.0 s\n  (6,000 a second)" in report
