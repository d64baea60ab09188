"""Workers that are killed, and workers that are many."""

import os
import signal
from contextlib import ExitStack

import pytest
from kombu import Connection

from access_mgmt.enums import Function
from access_mgmt.models import RoleChange
from bhod_portal.celery import app
from bhod_portal.core.periods import Period
from tests.faults.scene import DAY, FIRST, LONG_SINCE, applied_by, closed_gate, nothing_waits
from tests.faults.telling import LATE, OVERDUE, told
from tests.processes.running import running_worker, url_of_test_database, wait_until

pytestmark = [
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("noticing"),
]


def test_a_worker_killed_in_the_middle_of_a_batch_has_applied_nothing_of_it(tmp_path, scene, client):
    scene.grant(scene.user, Period(LONG_SINCE), Function.GUARDPOST_CIRCLE)
    scene.chain(scene.user, 2027)
    scene.crowd(1200)
    in_the_middle = FIRST + 3 * 600 * DAY

    with closed_gate(f"NEW.valid_from = '{in_the_middle}'") as gate:
        with running_worker(url_of_test_database(), beat=True, folder=tmp_path / "killed") as worker:
            [batch] = wait_until(gate.held, "the worker is in the middle of the batch")
            os.killpg(worker.process.pid, signal.SIGKILL)
            worker.process.wait()
            # The server sees that nobody waits for the answer any more, though the row still holds the batch up.
            wait_until(lambda: batch not in gate.held(), "the batch of the dead worker is given up")

        assert RoleChange.objects.pending().count() == scene.asked
        late = told(client, scene.user, scene.manager, after=LATE)
        assert "en attente" in late.states
        assert late.notice.startswith(OVERDUE)
        assert (late.status, late.unwell["oldest_pending"]) == ("degraded", "degraded")
        assert scene.sees(scene.user) == frozenset()

        with running_worker(url_of_test_database(), beat=True, folder=tmp_path / "next"):
            wait_until(gate.held, "the next worker is at the same row")
            gate.open()
            wait_until(nothing_waits, "the next worker applies all")
            wait_until(lambda: told(client, scene.user, scene.manager).all_is_well, "all is well again")

    scene.assert_each_change_was_applied_once_and_in_order()
    scene.assert_page_shows_all_applied(client)
    assert scene.sees(scene.user) == {Function.GUARDPOST_CIRCLE}


def test_four_workers_on_one_queue_share_the_work(tmp_path, scene, redis_url):
    members = [scene.newcomer() for _ in range(4)]
    url = url_of_test_database()
    with (
        closed_gate("NEW.valid_until IS NULL") as gate,
        ExitStack() as started,
        Connection(redis_url) as broker,
    ):
        workers = [
            started.enter_context(
                running_worker(url, redis_url, beat=False, folder=tmp_path, name=f"worker{number}")
            )
            for number in range(4)
        ]
        # Each change comes while the earlier ones are held up: as many batches are in their middle at once.
        for number, member in enumerate(members, 1):
            scene.grant(member, Period(LONG_SINCE), Function.GUARDPOST_CIRCLE)
            scene.chain(member, 2026 + number)

            def tick_until_held(number=number):
                app.send_task("access_mgmt.tasks.propagate_role_changes", connection=broker)
                return len(gate.held()) == number

            wait_until(tick_until_held, f"{number} batches run at once")
        gate.open()
        wait_until(nothing_waits, "the workers apply all")
        scene.crowd(300)

        def tick_until_done():
            app.send_task("access_mgmt.tasks.propagate_role_changes", connection=broker)
            return nothing_waits()

        wait_until(tick_until_done, "the workers apply what came since")
        wait_until(lambda: sum(map(applied_by, workers)) == scene.asked, "the workers say what they did")

    scene.assert_each_change_was_applied_once_and_in_order()
    assert sum(applied_by(worker) > 0 for worker in workers) > 1
