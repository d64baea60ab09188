"""What the portal tells machines of propagation: the note of the last sweep, the state of health, the metrics."""

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Sum
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily

from access_mgmt.models import PropagationDay
from access_mgmt.selectors.propagation import OVERDUE, SWEEP_KEY, Queue, Sweep, is_stopped, last_sweep, queues
from access_mgmt.services.propagation import LAG_BOUNDS, apply_due_changes
from bhod_portal.core import clock
from bhod_portal.core.health import CACHE_ERRORS, Finding, State

logger = logging.getLogger(__name__)


def sweep(*, real_now: datetime) -> int:
    """Apply what is due, and note that it ended well; returns how many changes. A cache that is away loses the note."""
    began = time.perf_counter()
    applied = apply_due_changes(real_now=real_now)
    try:
        cache.set(SWEEP_KEY, (real_now, time.perf_counter() - began, applied), timeout=None)
    except CACHE_ERRORS as error:
        logger.warning("the sweep could not be noted in the cache (%s)", type(error).__name__)
    return applied


def propagation(real_now: datetime) -> dict[str, Finding]:
    """When the last sweep was, and how late the oldest change is; for `/healthz`."""
    last = last_sweep()
    return {"last_sweep": _sweep_health(last, real_now), "oldest_pending": _queue_health(last, real_now)}


def _sweep_health(last: Sweep | None, real_now: datetime) -> Finding:
    if last is None:
        return Finding(State.UNKNOWN)
    figures = {
        "seconds_ago": round((real_now - last.began_at).total_seconds(), 1),
        "took_seconds": round(last.seconds, 3),
        "applied": last.applied,
    }
    return Finding(State.DEGRADED if is_stopped(last, real_now) else State.OK, figures)


def _queue_health(last: Sweep | None, real_now: datetime) -> Finding:
    everywhere = _everywhere(last, real_now)
    late = everywhere.overdue > OVERDUE or everywhere.held
    figures = {
        "pending": everywhere.pending,
        "held": everywhere.held,
        "overdue_seconds": round(everywhere.overdue.total_seconds(), 1),
    }
    return Finding(State.DEGRADED if late else State.OK, figures)


def metrics() -> Iterable[Metric]:
    last = last_sweep()
    everywhere = _everywhere(last, clock.real_now())
    yield GaugeMetricFamily(
        "role_changes_pending", "Changes of roles that applications don't see yet.", everywhere.pending
    )
    yield GaugeMetricFamily(
        "role_changes_held",
        "Those of them that the database refused, and that are set aside.",
        everywhere.held,
    )
    yield GaugeMetricFamily(
        "role_changes_overdue_seconds",
        "How much longer than it should the oldest change waits, real time.",
        everywhere.overdue.total_seconds(),
    )
    yield _lags()
    if last is not None:
        yield GaugeMetricFamily(
            "role_sweep_seconds", "How long the last sweep that ended well took.", last.seconds
        )
        yield GaugeMetricFamily(
            "role_sweep_last_timestamp_seconds", "When it began, real time.", last.began_at.timestamp()
        )


def _lags() -> HistogramMetricFamily:
    places = {f"lag{place}": Sum(f"lags__{place}") for place in range(len(LAG_BOUNDS))}
    sums = PropagationDay.objects.aggregate(applied=Sum("applied"), total=Sum("lag_total"), **places)
    counts = [sums[name] or 0 for name in places]
    buckets = [(str(float(bound)), count) for bound, count in zip(LAG_BOUNDS, counts, strict=True)]
    return HistogramMetricFamily(
        "role_change_lag_seconds",
        "From the request of a change to the applications, in the time of its world.",
        buckets=[*buckets, ("+Inf", sums["applied"] or 0)],
        sum_value=sums["total"] or 0.0,
    )


def _everywhere(last: Sweep | None, real_now: datetime) -> Queue:
    worlds = queues(real_now=real_now, sweep=last).values()
    return Queue(
        sum(each.pending for each in worlds),
        sum(each.held for each in worlds),
        max((each.overdue for each in worlds), default=timedelta(0)),
    )
