from typing import Any

from celery.beat import PersistentScheduler


class Scheduler(PersistentScheduler):
    """The beat that goes on when the clock of its machine is set back (CELERY_BEAT_SCHEDULER).

    Celery's own waits until the clock has caught up with what it sent last: set back by an hour, nothing is sent for
    an hour, not even after a restart.
    """

    def tick(self, *args: Any, **kwargs: Any) -> float:
        for entry in self.schedule.values():
            now = entry.default_now()
            if entry.last_run_at and entry.last_run_at > now:
                entry.last_run_at = now
                # When each is sent next is reckoned anew.
                self._heap = None
        return super().tick(*args, **kwargs)
