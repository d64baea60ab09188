import logging

from celery import shared_task

from bhod.services import planning_steps
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
