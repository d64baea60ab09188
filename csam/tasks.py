import logging

from celery import shared_task

from bhod_portal.core import clock
from csam.services import sessions

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def purge_sessions() -> None:
    """Forget the sessions that are over; run every night by beat, since allauth walks all of a person at his login."""
    purged = sessions.purge(real_now=clock.real_now())
    logger.info("sessions purged: %d", purged)
