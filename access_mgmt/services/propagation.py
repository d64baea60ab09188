"""From what managers asked to what applications see: within 20 minutes, in sets, in order, each change once."""

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.models import World

PROMISE = timedelta(minutes=20)
SLOW_DELAY = timedelta(minutes=60)
BATCH = 10_000

_draw = random.SystemRandom().uniform

# One statement per batch. A change waits for an earlier pending one that grants what it withdraws; two workers never
# take the same rows (SKIP LOCKED), and a row applied meanwhile fails the test of applied_at when its lock is taken.
_APPLY = """
WITH due AS MATERIALIZED (
    SELECT change.id, change.withdraws_id, change.grants_id, at.world_now
      FROM access_mgmt_rolechange AS change
      JOIN csam_person AS manager ON manager.id = change.requested_by_id
      JOIN core_world AS world ON world.id = manager.world_id
     CROSS JOIN LATERAL (
           SELECT COALESCE(world.frozen_at, %(real_now)s + world.clock_offset) AS world_now
     ) AS at
     WHERE change.applied_at IS NULL
       AND world.mode <> %(stuck)s
       AND change.due_at <= at.world_now
       AND NOT EXISTS (
           SELECT FROM access_mgmt_rolechange AS earlier
            WHERE earlier.grants_id = change.withdraws_id AND earlier.applied_at IS NULL
     )
     ORDER BY change.id
     LIMIT %(batch)s
       FOR UPDATE OF change SKIP LOCKED
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
      JOIN access_mgmt_qualitymember AS member ON member.id = asked.member_id
      JOIN access_mgmt_quality AS quality ON quality.id = member.quality_id
        ON CONFLICT (assignment_id) WHERE withdrawn_at IS NULL DO NOTHING
)
UPDATE access_mgmt_rolechange AS change
   SET applied_at = due.world_now
  FROM due
 WHERE change.id = due.id
"""


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
    of changes of one assignment included.
    """
    applied = 0
    while batch := _apply_batch(real_now):
        applied += batch
    return applied


@transaction.atomic
def _apply_batch(real_now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_APPLY, {"real_now": real_now, "stuck": PropagationMode.STUCK.value, "batch": BATCH})
        return int(cursor.rowcount)
