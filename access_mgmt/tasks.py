import logging

from celery import shared_task

from access_mgmt.services import propagation, qualities
from bhod_portal.core import clock

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def propagate_role_changes() -> None:
    """Run every few seconds by beat; safe to run twice at once, or twice in a row."""
    applied = propagation.apply_due_changes(real_now=clock.real_now())
    if applied:
        logger.info("role changes applied: %d", applied)


@shared_task(ignore_result=True)
def open_employer_qualities() -> None:
    """Give each registered employer its quality « Employeur ONSS »; run every few seconds by beat."""
    qualities.open_employer_qualities(real_now=clock.real_now())
