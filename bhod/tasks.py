import logging

from celery import shared_task

from bhod.services import ledger_checks, payment_runs, planning_steps, validation
from bhod_portal.core import clock
from bhod_portal.core.ticks import tried_again

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
@tried_again
def work_on_planning_imports() -> None:
    """Judge or do the large files of plannings that wait; run every two seconds by beat, safe to run twice at once."""
    worked: list[int] = []
    while (key := planning_steps.work_on_next(real_now=clock.real_now(), but=worked)) is not None:
        worked.append(key)
    if worked:
        logger.info("planning imports worked on: %d", len(worked))


@shared_task(ignore_result=True)
@tried_again
def begin_nights() -> None:
    """Ask what is due in each world: the round of its night, and the payment of two months; run every minute by beat.

    Beat knows the machine's night only, while a trainer moves his world by a month at once and wants to see it done then.
    """
    opened, asked = payment_runs.begin_nights(real_now=clock.real_now())
    if asked or opened:
        logger.info("rounds asked: %d, payment runs opened: %d", asked, opened)


@shared_task(ignore_result=True)
@tried_again
def work_on_payments() -> None:
    """Check the confirmed guards of worlds that wait for it, then calculate and close runs; every two seconds by beat.

    In this order, so that a run that opens in the same night finds what was validated; the ledger is added up after them.
    Safe to run twice at once.
    """
    now = clock.real_now()
    rounds, worked = validation.work_on_rounds(real_now=now), list[int]()
    while (key := payment_runs.work_on_next(real_now=now, but=worked)) is not None:
        worked.append(key)
    ledger_checks.check_due(real_now=now, worked=worked)
    if rounds or worked:
        logger.info("rounds of validation: %d, payment runs worked on: %d", rounds, len(worked))
