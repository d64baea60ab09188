"""A worker that is killed while it calculates a payment, and while it closes it."""

import os
import signal
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bhod.enums import RunState
from bhod.models import GuardCheck, PaymentLine, PaymentRun, Settlement
from bhod.services import payment_runs, validation
from bhod_portal.core import clock
from tests.bhod.factories import CircleDoctorFactory, GuardFactory, GuardUnitFactory
from tests.bhod.payment_factories import TariffFactory
from tests.bhod.payments import inami_agent
from tests.faults.scene import closed_gate
from tests.processes.running import running_worker, url_of_test_database, wait_until
from tests.prosante_login.factories import ProviderAccountFactory

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

CHECKED = datetime(2026, 5, 4, 9, tzinfo=UTC)
DOCTORS, TOTAL = 5, Decimal("403.00")


@pytest.fixture
def unit():
    """A unit in which five doctors, each with an account, were on duty for a night of 80.60 €."""
    unit = GuardUnitFactory()
    TariffFactory(world=unit.enterprise.world)
    for _ in range(DOCTORS):
        guard = GuardFactory(unit=unit, confirmed=True)
        CircleDoctorFactory(enterprise=unit.enterprise, provider=guard.provider)
        ProviderAccountFactory(provider=guard.provider)
    validation.validate(world=unit.enterprise.world, at=CHECKED)
    return unit


@contextmanager
def killed_at(gate, *, folder):
    """A worker that does what the block asks for, and is killed in the middle of what the gate holds up."""
    with running_worker(url_of_test_database(), beat=True, folder=folder) as worker:
        yield
        [batch] = wait_until(gate.held, "the worker is in the middle")
        os.killpg(worker.process.pid, signal.SIGKILL)
        worker.process.wait()
        wait_until(lambda: batch not in gate.held(), "the server gives up the work of the dead worker")


def test_what_a_killed_worker_had_begun_is_undone_and_the_next_does_it_once(tmp_path, unit):
    world = unit.enterprise.world
    agent, now = inami_agent(world), clock.now(world)
    third = GuardCheck.objects.order_by("pk")[2]
    lines = {"table": "bhod_paymentline", "statement": "INSERT INTO bhod_paymentline"}
    settlements = {"table": "bhod_settlement", "statement": "INSERT INTO bhod_settlement"}

    def stands(state):
        return PaymentRun.objects.filter(state=state).exists()

    with closed_gate(f"NEW.guard_check_id = {third.pk}", **lines) as gate:
        with killed_at(gate, folder=tmp_path / "calculating"):
            run = payment_runs.open_run(world=world, by=agent, at=now)
        assert stands(RunState.REQUESTED)
        assert not PaymentLine.objects.exists()

    with closed_gate(f"NEW.provider_id = {third.provider_id}", **settlements) as gate:
        with killed_at(gate, folder=tmp_path / "closing"):
            wait_until(lambda: stands(RunState.DRAFT), "the next worker calculates it")
            assert payment_runs.check_run(run=run, seen=(DOCTORS, TOTAL), by=agent, at=now)
            payment_runs.close_run(run=run, by=agent, at=now)
        assert stands(RunState.CLOSING)
        assert not Settlement.objects.exists()

    with running_worker(url_of_test_database(), beat=True, folder=tmp_path / "last"):
        wait_until(lambda: stands(RunState.CLOSED), "the last worker closes it")

    assert PaymentLine.objects.filter(run=run).count() == DOCTORS
    paid = Settlement.objects.filter(run=run).values_list("paid", flat=True)
    assert (len(paid), sum(paid)) == (DOCTORS, TOTAL)
