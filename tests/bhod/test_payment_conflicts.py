"""Two at once: agents, workers and circles that meet upon one payment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from threading import Event

import pytest
from django.db import IntegrityError, connection, transaction

from bhod.enums import GuardAct, GuardState, PayState, RunState
from bhod.models import Guard, PaymentLine, PaymentRun, Settlement
from bhod.selectors.payments import pay_of_guards
from bhod.services import ledger, payment_runs, validation
from bhod_portal.core.models import AuditEntry
from tests.bhod.factories import GuardFactory, manager_of
from tests.bhod.payment_factories import GuardCheckFactory, PaymentLineFactory
from tests.bhod.payments import carried, closed_by_hand, closed_run, drafted, payable_guard
from tests.threads import at_once, until_someone_waits

pytestmark = pytest.mark.django_db(transaction=True)

MAY, JULY = datetime(2026, 5, 4, 9, tzinfo=UTC), datetime(2026, 7, 2, 9, tzinfo=UTC)
FEE = Decimal("80.60")
PATIENCE = 20


@pytest.fixture
def guard(unit):
    return payable_guard(unit)


def cancel(guard, manager):
    carried(guard, manager, MAY, act=GuardAct.CANCELLED, state=GuardState.CANCELLED)


def recorded(action):
    return AuditEntry.objects.filter(act=f"bhod.payment_run.{action}").count()


class Held:
    """A step of the ledger that waits, before or after it is done, until the test lets it go on."""

    def __init__(self, monkeypatch, step, *, after=False):
        self._reached, self._released = Event(), Event()
        does = getattr(ledger, step)

        def held(*args, **kwargs):
            if after:
                does(*args, **kwargs)
            self._reached.set()
            assert self._released.wait(PATIENCE)
            if not after:
                does(*args, **kwargs)

        monkeypatch.setattr(ledger, step, held)

    def reached(self):
        return self._reached.wait(PATIENCE)

    def release(self):
        self._released.set()


def apart(act):
    """Do it in a thread's own connection."""
    try:
        return act()
    finally:
        connection.close()


@pytest.fixture
def beside():
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield lambda act: pool.submit(apart, act)


def test_of_four_who_open_a_run_at_once_one_does(world, agent):
    found = at_once(lambda _number: payment_runs.open_run(world=world, by=agent, at=MAY))

    assert sorted(found) == ["done", "run_open", "run_open", "run_open"]
    assert PaymentRun.objects.get().number == 1
    assert recorded("opened") == 1


def test_the_night_and_an_agent_open_one_run(world, agent):
    def act(number):
        if number % 2:
            payment_runs.open_due_runs(real_now=MAY)
        else:
            payment_runs.open_run(world=world, by=agent, at=MAY)

    assert len(at_once(act)) == 4
    assert PaymentRun.objects.count() == 1


@pytest.mark.parametrize("step", ["write_lines", "write_settlements"])
def test_a_second_worker_passes_over_the_run_that_is_worked_on(world, agent, beside, monkeypatch, step):
    validation.validate(world=world, at=MAY)
    run = payment_runs.open_run(world=world, by=agent, at=MAY)
    if step == "write_settlements":
        payment_runs.work_on(run, at=MAY)
        assert payment_runs.check_run(run=run, seen=(1, FEE), by=agent, at=MAY)
        payment_runs.close_run(run=run, by=agent, at=MAY)
    held = Held(monkeypatch, step)

    first = beside(lambda: payment_runs.work_on_next(real_now=MAY))
    assert held.reached()
    assert payment_runs.work_on_next(real_now=MAY) is None
    held.release()

    assert first.result() == run.pk
    assert [line.amount for line in PaymentLine.objects.all()] == [FEE]
    is_closed = step == "write_settlements"
    assert Settlement.objects.count() == is_closed
    # A closed run has one step left: its doctors are told.
    assert payment_runs.work_on_next(real_now=MAY) == (run.pk if is_closed else None)
    assert payment_runs.work_on_next(real_now=MAY) is None


def test_a_guard_cancelled_while_its_run_is_being_closed_is_taken_back_by_the_next(
    guard, world, agent, beside, monkeypatch
):
    manager = manager_of(guard.unit.enterprise)
    run = drafted(world, by=agent, at=MAY)
    assert payment_runs.check_run(run=run, seen=(1, FEE), by=agent, at=MAY)
    payment_runs.close_run(run=run, by=agent, at=MAY)
    held = Held(monkeypatch, "write_settlements")

    closing = beside(lambda: payment_runs.work_on_next(real_now=MAY))
    assert held.reached()
    cancel(guard, manager)
    held.release()

    assert closing.result() == run.pk
    assert PaymentRun.objects.get().state == RunState.CLOSED
    assert Settlement.objects.get().paid == FEE
    assert pay_of_guards([Guard.objects.get()], at=MAY)[guard.pk].state == PayState.TO_CORRECT
    second = closed_run(world, by=agent, at=JULY)
    assert [line.amount for line in second.lines.all()] == [-FEE]


def test_a_guard_cancelled_while_its_run_is_calculated_is_found_before_it_is_checked(
    guard, world, agent, beside, monkeypatch
):
    manager = manager_of(guard.unit.enterprise)
    validation.validate(world=world, at=MAY)
    run = payment_runs.open_run(world=world, by=agent, at=MAY)
    held = Held(monkeypatch, "write_lines", after=True)

    calculating = beside(lambda: payment_runs.work_on_next(real_now=MAY))
    assert held.reached()
    cancel(guard, manager)
    held.release()

    assert calculating.result() == run.pk
    assert run.lines.count() == 1
    assert not payment_runs.check_run(run=run, seen=(1, FEE), by=agent, at=MAY)
    run.refresh_from_db()
    assert (run.state, run.lines.count()) == (RunState.DRAFT, 0)
    assert run.remark


def test_a_draft_that_is_calculated_anew_meanwhile_is_not_checked(world, agent, beside, monkeypatch):
    run = drafted(world, by=agent, at=MAY)
    payment_runs.recalculate_run(run=run, by=agent, at=MAY)
    held = Held(monkeypatch, "write_lines")
    calculating = beside(lambda: payment_runs.work_on_next(real_now=MAY))
    assert held.reached()

    # It waits for the worker, then finds a draft of which the agent has seen the same lines and sum.
    with ThreadPoolExecutor(max_workers=1) as pool:
        checking = pool.submit(
            apart, lambda: payment_runs.check_run(run=run, seen=(1, FEE), by=agent, at=MAY)
        )
        held.release()
        assert checking.result()

    assert calculating.result() == run.pk
    assert PaymentRun.objects.get().state == RunState.CHECKED


def test_of_four_who_close_a_run_at_once_one_does(world, agent):
    run = drafted(world, by=agent, at=MAY)
    assert payment_runs.check_run(run=run, seen=(1, FEE), by=agent, at=MAY)

    found = at_once(lambda _number: payment_runs.close_run(run=run, by=agent, at=MAY))

    assert found == ["done"] * 4
    assert recorded("closed") == 1
    assert at_once(lambda _number: payment_runs.work_on_next(real_now=MAY)) == ["done"] * 4
    assert Settlement.objects.get().paid == FEE


def test_of_one_who_checks_and_one_who_gives_up_one_is_heard(world, agent):
    run = drafted(world, by=agent, at=MAY)

    def act(number):
        if number:
            payment_runs.discard_run(run=run, by=agent, at=MAY)
        else:
            payment_runs.check_run(run=run, seen=(1, FEE), by=agent, at=MAY)

    assert sorted(at_once(act, times=2)) in (["done", "done"], ["done", "run_discarded"])
    assert PaymentRun.objects.count() == 0
    assert PaymentLine.objects.count() == 0


def test_nothing_gets_into_a_run_that_is_being_closed(world, agent, guard, beside):
    """Whoever writes: the services wait for each other before that."""
    run = drafted(world, by=agent, at=MAY)
    later = GuardFactory(unit=guard.unit, provider=guard.provider, weekend=True, confirmed=True)
    check = GuardCheckFactory(guard=later)

    with transaction.atomic():
        closed_by_hand(run, by=agent, at=MAY)
        late = beside(lambda: PaymentLineFactory(run=run, guard_check=check))
        until_someone_waits()

    with pytest.raises(IntegrityError):
        late.result(PATIENCE)
    assert run.lines.count() == 1
