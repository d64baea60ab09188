"""From what managers asked to what applications see: within 20 minutes, in sets, in order, each change once."""

import logging
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import (
    DataError,
    IntegrityError,
    InternalError,
    NotSupportedError,
    OperationalError,
    connection,
    transaction,
)
from django.utils.text import Truncator
from psycopg.errors import QueryCanceled

from access_mgmt.models import RoleChange
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.models import World

logger = logging.getLogger(__name__)

PROMISE = timedelta(minutes=20)
SLOW_DELAY = timedelta(minutes=60)
BATCH = 10_000
# The waits that are counted, in seconds: how many up to 10 s, up to 30 s… The promise is one of them.
LAG_BOUNDS = (10, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600)
# A change that the database refuses is tried again after ten seconds, then each time after twice as long.
FIRST_HOLD, LONGEST_HOLD = timedelta(seconds=10), timedelta(hours=1)
# What a row can be refused for, whoever tries: other errors (a server that went away, a deadlock) pass by themselves.
_REFUSALS = (DataError, IntegrityError, InternalError, NotSupportedError)

_LAST_KEY = 2**63 - 1
_draw = random.SystemRandom().uniform

# A change waits for an earlier pending one that grants what it withdraws; two workers never take the same rows (SKIP
# LOCKED), and a row applied meanwhile fails the test of applied_at when its lock is taken.
_DUE = """
    SELECT change.id, change.withdraws_id, change.grants_id, world.id AS world_id, at.world_now
      FROM access_mgmt_rolechange AS change
      JOIN csam_person AS manager ON manager.id = change.requested_by_id
      JOIN core_world AS world ON world.id = manager.world_id
     CROSS JOIN LATERAL (
           SELECT COALESCE(world.frozen_at, %(real_now)s + world.clock_offset) AS world_now
     ) AS at
     WHERE change.applied_at IS NULL
       AND world.mode <> %(stuck)s
       AND change.due_at <= at.world_now
       AND (change.held_until IS NULL OR change.held_until <= %(real_now)s)
       AND change.id BETWEEN %(first)s AND %(last)s
       AND NOT EXISTS (
           SELECT FROM access_mgmt_rolechange AS earlier
            WHERE earlier.grants_id = change.withdraws_id AND earlier.applied_at IS NULL
     )
     ORDER BY change.id
     LIMIT %(size)s
       FOR UPDATE OF change SKIP LOCKED
"""

# The keys of a batch stand close together: said so, the server doesn't read the whole history for each (a tenth of a
# second per 100,000 rows, batch after batch).
# One statement per batch. Days are counted in the order of their worlds: two workers then never wait for each other.
_APPLY = f"""
WITH due AS MATERIALIZED ({_DUE}
), withdrawn AS (
    UPDATE access_mgmt_effectiverole AS role
       -- The clock of the machine that applied it may be ahead of ours: one such row would stop every world.
       SET withdrawn_at = GREATEST(due.world_now, role.applied_at)
      FROM due
     WHERE role.assignment_id = due.withdraws_id AND role.withdrawn_at IS NULL
), granted AS (
    INSERT INTO access_mgmt_effectiverole
           (assignment_id, person_id, enterprise_id, function, valid_from, valid_until, applied_at)
    SELECT asked.id, member.person_id, quality.enterprise_id, asked.function, asked.valid_from, asked.valid_until,
           due.world_now
      FROM due
      JOIN access_mgmt_roleassignment AS asked ON asked.id = due.grants_id
       AND asked.id BETWEEN (SELECT min(grants_id) FROM due) AND (SELECT max(grants_id) FROM due)
      JOIN access_mgmt_qualitymember AS member ON member.id = asked.member_id
      JOIN access_mgmt_quality AS quality ON quality.id = member.quality_id
        ON CONFLICT (assignment_id) WHERE withdrawn_at IS NULL DO NOTHING
), done AS (
    UPDATE access_mgmt_rolechange AS change
       SET applied_at = due.world_now, held_until = NULL
      FROM due
     WHERE change.id = due.id
       AND change.id BETWEEN (SELECT min(id) FROM due) AND (SELECT max(id) FROM due)
 RETURNING due.world_id, EXTRACT(EPOCH FROM due.world_now - change.requested_at)::float8 AS lag
), counted AS (
    INSERT INTO access_mgmt_propagationday AS so_far (world_id, day, applied, lag_total, lags)
    SELECT world_id, %(day)s, count(*), sum(lag),
           ARRAY[{", ".join(f"count(*) FILTER (WHERE lag <= {bound})" for bound in LAG_BOUNDS)}]
      FROM done
     GROUP BY world_id
     ORDER BY world_id
        ON CONFLICT (world_id, day) DO UPDATE
       SET applied = so_far.applied + excluded.applied,
           lag_total = so_far.lag_total + excluded.lag_total,
           lags = ARRAY(
               SELECT old + new
                 FROM unnest(so_far.lags, excluded.lags) WITH ORDINALITY AS both_(old, new, place)
                ORDER BY place
           )
)
SELECT count(*) FROM done
"""  # noqa: S608  (nothing from outside stands in it)


def due_instant(world: World, at: datetime) -> datetime:
    """When a change asked at `at` will reach the applications: drawn anew for each, kept within the promise."""
    if world.mode == PropagationMode.IMMEDIATE:
        return at
    if world.mode == PropagationMode.SLOW:
        return at + SLOW_DELAY
    # The sweep that applies it comes up to one period later, and takes a moment itself.
    longest = PROMISE - 5 * settings.PROPAGATION_SWEEP
    return at + timedelta(seconds=_draw(1, longest.total_seconds()))


def apply_due_changes(*, real_now: datetime) -> int:
    """Apply what is due in every world; returns how many changes. Safe to run twice at once, or twice in a row.

    `real_now` is the machine's time: each world adds its own offset. Stops when nothing is left that is due, chains
    of changes of one assignment included. A change that the database refuses is set aside for a while, with the
    reason, and the rest goes on. Raises OperationalError when the server is gone: the next tick tries again.
    """
    applied, size = 0, BATCH
    while True:
        try:
            batch = _apply_batch(real_now, size=size)
        except _REFUSALS:
            # Smaller and smaller batches close in on the change that spoils them.
            if size > 1:
                size = (size + 1) // 2
                continue
            batch, size = _apply_or_hold_first(real_now), BATCH
        except OperationalError as error:
            # It took longer than the server allows a statement; a smaller batch may not, the same one would for ever.
            if not isinstance(error.__cause__, QueryCanceled) or size == 1:
                raise
            size = (size + 1) // 2
            continue
        else:
            if not batch:
                return applied
        applied += batch


@transaction.atomic
def _apply_batch(real_now: datetime, *, size: int, only: int | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_APPLY, _asked(real_now, size, only))
        return int(cursor.fetchone()[0])


@transaction.atomic
def _apply_or_hold_first(real_now: datetime) -> int:
    """Apply the first due change by itself, or set it aside when the database refuses it; returns how many applied."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, _asked(real_now, 1))
        row = cursor.fetchone()
    if row is None:
        return 0
    try:
        return _apply_batch(real_now, size=1, only=row[0])
    except _REFUSALS as error:
        change = RoleChange.objects.get(pk=row[0])
        change.attempts += 1
        change.held_until = real_now + min(FIRST_HOLD * 2 ** min(change.attempts - 1, 20), LONGEST_HOLD)
        # The detail may hold values of the row; the first line says which rule it broke.
        change.failure = Truncator(str(error).partition("\n")[0]).chars(300)
        change.save(update_fields=["attempts", "held_until", "failure"])
        logger.error("role change %d set aside, attempt %d: %s", change.pk, change.attempts, change.failure)  # noqa: TRY400  (the traceback would print the row)
        return 0


def _asked(real_now: datetime, size: int, only: int | None = None) -> dict[str, Any]:
    return {
        "real_now": real_now,
        "day": real_now.astimezone(UTC).date(),
        "stuck": PropagationMode.STUCK.value,
        "size": size,
        "first": only or 0,
        "last": only or _LAST_KEY,
    }
