"""The payment that lies behind the demo world, made by the services that pay."""

from bhod.enums import SettlementOutcome
from bhod.models import Settlement
from bhod.selectors.payment_runs import figures_of
from bhod.services import payment_runs, validation
from bhod_portal.core.models import World
from csam.models import Person
from training.demo.payments import PastPayment


def make_payment(*, world: World, past: PastPayment, agent: Person) -> None:
    """Make one closed and answered run of what is confirmed so far."""
    validation.validate(world=world, at=past.opened_at)
    run = payment_runs.open_run(world=world, by=agent, at=past.opened_at)
    payment_runs.work_on(run, at=past.opened_at)
    figures = figures_of(run)
    payment_runs.check_run(run=run, seen=(figures.lines, figures.total), by=agent, at=past.closed_at)
    payment_runs.close_run(run=run, by=agent, at=past.closed_at)
    payment_runs.work_on(run, at=past.closed_at)
    sent = Settlement.objects.filter(run=run, outcome=SettlementOutcome.SENT)
    sent.update(outcome=SettlementOutcome.PAID, answered_at=past.answered_at)
