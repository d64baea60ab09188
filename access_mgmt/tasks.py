import logging

from celery import shared_task

from access_mgmt.services import expiry_notices, propagation_state, qualities
from bhod_portal.core import clock
from bhod_portal.core.ticks import tried_again

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
@tried_again
def propagate_role_changes() -> None:
    """Run every few seconds by beat; safe to run twice at once, or twice in a row."""
    applied = propagation_state.sweep(real_now=clock.real_now())
    if applied:
        logger.info("role changes applied: %d", applied)


@shared_task(ignore_result=True)
@tried_again
def open_employer_qualities() -> None:
    """Give each registered employer its quality « Employeur ONSS »; run every few seconds by beat."""
    qualities.open_employer_qualities(real_now=clock.real_now())


@shared_task(ignore_result=True)
@tried_again
def tell_what_ends_soon() -> None:
    """Mail what has come near to its end; run every minute by beat, and « daily » all the same.

    What there is to tell changes only when a day of Brussels begins in a world, since each function is told once at
    each threshold of days: within one day of a world, its managers get one digest at most, however often this runs.
    Beat knows the machine's day only, while a trainer moves his world by a month at once and wants to see the mail
    then. When nothing is due, a run is two queries over all worlds.
    """
    now = clock.real_now()
    sent = expiry_notices.tell_of_ending_functions(real_now=now)
    sent += expiry_notices.tell_of_ending_certificates(real_now=now)
    if sent:
        logger.info("mails about what ends soon: %d", sent)
