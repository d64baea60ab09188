"""How often something may be asked for; for what allauth's limits don't count: GETs."""

from datetime import timedelta

from django.core.cache import cache

from bhod_portal.core import clock


def is_too_often(action: str, key: str, *, most: int, within: timedelta) -> bool:
    """Count one, and say whether that makes more than `most` in this stretch of real time; stretches follow each other."""
    seconds = int(within.total_seconds())
    stretch = int(clock.real_now().timestamp()) // seconds
    counter = f"limit:{action}:{key}:{stretch}"
    if cache.add(counter, 1, seconds):
        return most < 1
    try:
        return bool(cache.incr(counter) > most)
    except ValueError:
        # The cache threw it away between the two.
        return False
