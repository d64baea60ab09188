"""A worker that neither works nor ends: it hangs in the middle of a batch, and comes to itself again."""

import os
import signal
from contextlib import contextmanager

import pytest
from django.db import transaction

from access_mgmt.enums import Function
from access_mgmt.models import RoleChange
from access_mgmt.selectors import propagation
from bhod_portal.core import clock
from bhod_portal.core.periods import Period
from tests.faults.scene import LONG_SINCE, closed_gate, nothing_waits
from tests.faults.telling import LATE, NO_SWEEP, OVERDUE, STOPPED, told
from tests.processes.running import running_worker, url_of_test_database, wait_until

pytestmark = [
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("noticing"),
]


@contextmanager
def frozen(child):
    """The process and its threads stand still; the servers that it talks to don't know."""
    os.killpg(child.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(child.process.pid, signal.SIGCONT)


def test_a_frozen_worker_is_seen_and_does_nothing_twice(tmp_path, scene, client):
    def look(**when):
        return told(client, scene.user, scene.manager, **when)

    with running_worker(url_of_test_database(), beat=True, folder=tmp_path) as worker:
        scene.chain(scene.user, 2027)
        wait_until(nothing_waits, "the worker applies what is asked")
        wait_until(lambda: look().all_is_well, "the sweep is noted")

        with closed_gate("NEW.valid_until IS NULL") as gate:
            # At once, so that one batch takes all that is due.
            with transaction.atomic():
                scene.grant(scene.user, Period(LONG_SINCE), Function.GUARDPOST_CIRCLE)
                scene.crowd(200)
                waiting = RoleChange.objects.pending().count()
            wait_until(gate.held, "the worker is in the middle of a batch")
            with frozen(worker):
                gate.open()
                wait_until(lambda: not gate.held(), "the server has done its part")

                last_sweep = propagation.last_sweep().began_at
                soon = look(after=last_sweep + NO_SWEEP - clock.real_now())
                now, late = look(), look(after=LATE)
                assert "en attente" in now.states
                assert now.numbers["role_changes_pending"] == waiting
                assert soon.notice.startswith(STOPPED)
                assert (soon.status, soon.unwell) == ("degraded", {"last_sweep": "degraded"})
                assert late.notice.startswith(OVERDUE)
                assert (late.status, late.unwell) == (
                    "degraded",
                    {"last_sweep": "degraded", "oldest_pending": "degraded"},
                )
                assert late.numbers["role_changes_overdue_seconds"] > 20 * 60
                assert scene.sees(scene.user) == frozenset()

        wait_until(nothing_waits, "the worker goes on where it stood")
        wait_until(lambda: look().all_is_well, "the next sweep is noted")
        assert look().numbers["role_changes_pending"] == 0

    scene.assert_each_change_was_applied_once_and_in_order()
    scene.assert_page_shows_all_applied(client)
