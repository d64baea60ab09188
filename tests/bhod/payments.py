"""Payments by the services, in one world under one clock, as the agents of INAMI and the task do them."""

from bhod.enums import RunState
from bhod.models import Guard, PaymentRun
from bhod.selectors.payment_runs import figures_of
from bhod.selectors.plans import Entry, Plan
from bhod.services import payment_runs, planning, validation
from csam.enums import StaffRole
from tests.bhod.factories import CircleDoctorFactory, GuardFactory
from tests.bhod.payment_factories import TariffFactory
from tests.csam.factories import PersonFactory
from tests.prosante_login.factories import ProviderAccountFactory


def inami_agent(world):
    """An agent of INAMI in a world."""
    return PersonFactory(world=world, niss="", with_codes=True, staff_role=StaffRole.INAMI, is_staff=True)


def payable_guard(unit):
    """A confirmed night of 13 hours (80.60 €) of a doctor of the circle who has an account."""
    guard = GuardFactory(unit=unit, confirmed=True)
    CircleDoctorFactory(enterprise=unit.enterprise, provider=guard.provider)
    ProviderAccountFactory(provider=guard.provider)
    TariffFactory(world=unit.enterprise.world)
    return guard


def drafted(world, *, by, at):
    """The run of the last two months, calculated; all confirmed guards have been checked before."""
    validation.validate(world=world, at=at)
    run = payment_runs.open_run(world=world, by=by, at=at)
    payment_runs.work_on(run, at=at)
    run.refresh_from_db()
    return run


def closed(run, *, by, at):
    """A draft, checked and closed."""
    figures = figures_of(run)
    assert payment_runs.check_run(run=run, seen=(figures.lines, figures.total), by=by, at=at)
    payment_runs.close_run(run=run, by=by, at=at)
    payment_runs.work_on(run, at=at)
    assert PaymentRun.objects.get(pk=run.pk).state == RunState.CLOSED
    run.refresh_from_db()
    return run


def closed_run(world, *, by, at):
    """The run of the last two months, from its opening to its end."""
    return closed(drafted(world, by=by, at=at), by=by, at=at)


def closed_by_hand(run, *, by, at):
    """A run with whatever lines and settlements it has, closed without the services."""
    acts = {"checked_at": at, "checked_by": by, "closed_at": at, "closed_by": by}
    PaymentRun.objects.filter(pk=run.pk).update(state=RunState.CLOSED, **acts)


def carried(guard, manager, at, *, act, state, **moved):
    """What a circle's manager does to one guard of his, by the service that writes guards; gives it as it is now."""
    entry = Entry.of(Guard.objects.get(pk=guard.pk), act=act, state=state).moved(**moved)
    planning.carry_out(plan=Plan(guard.unit.enterprise_id, [entry]), by=manager, at=at)
    return Guard.objects.get(pk=guard.pk)
