"""The clock of the host is set back by an hour, and set right again."""

import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import time_machine

from access_mgmt.enums import Function
from access_mgmt.models import RoleChange
from bhod_portal.core.periods import Period
from bhod_portal.local.processes import beat_command, worker_command
from tests.faults import shifted
from tests.faults.scene import LONG_SINCE, nothing_waits
from tests.faults.telling import STOPPED, told
from tests.processes.running import broker_environment, running, says, url_of_test_database, wait_until

pytestmark = [
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("noticing"),
]


def with_clock(command):
    """The command of ours, `python -m module …`, run by a process whose clock the test can set."""
    python, _m, *words = command
    return [python, str(Path(shifted.__file__)), *words]


@contextmanager
def host(folder):
    """A worker and a beat on one host; gives what sets its clock, for this process too: it is the web server's part."""
    env = broker_environment(url_of_test_database(), "filesystem://", folder=folder)
    env |= {"PYTHONPATH": str(Path(__file__).parent.parent.parent)}
    with (
        running("worker", with_clock(worker_command()), folder=folder, env=env) as worker,
        running("beat", with_clock(beat_command(folder)), folder=folder, env=env) as beat,
    ):
        wait_until(lambda: says(worker, "ready."), "the worker is ready")

        def set_clock(number, answer):
            for process in (worker, beat):
                process.process.send_signal(number)
                wait_until(lambda child=process: says(child, answer), answer)

        yield set_clock


def test_a_clock_that_is_set_back_loses_nothing(tmp_path, scene, client):
    with host(tmp_path) as set_clock:
        given = scene.grant(scene.user, Period(LONG_SINCE), Function.GUARDPOST_CIRCLE)
        scene.chain(scene.user, 2027)
        wait_until(nothing_waits, "the worker applies what is asked")

        with time_machine.travel(time.time() - shifted.HOUR):
            set_clock(shifted.SET_BACK, "clock set back")
            scene.edit(given, Period(LONG_SINCE, LONG_SINCE.replace(year=2040)))
            scene.chain(scene.user, 2029)
            wait_until(nothing_waits, "beat and worker go on by the earlier clock")
            assert RoleChange.objects.latest("pk").applied_at < RoleChange.objects.earliest("pk").applied_at
            scene.assert_page_shows_all_applied(client)
            wait_until(lambda: told(client, scene.user, scene.manager).all_is_well, "no false alarm")

        late = scene.grant(scene.newcomer(), Period(LONG_SINCE))
        scene.chain(scene.user, 2031)
        behind = told(client, scene.user, scene.manager)
        assert "en attente" in behind.states
        assert behind.notice.startswith(STOPPED)
        assert behind.unwell == {"last_sweep": "degraded"}
        set_clock(shifted.SET_RIGHT, "clock set right")
        wait_until(nothing_waits, "what was asked an hour « later » is applied once it is that late")
        wait_until(lambda: told(client, scene.user, scene.manager).all_is_well, "all is well again")

    scene.assert_each_change_was_applied_once_and_in_order()
    assert scene.sees(late.member) == {Function.FILEMANAGER_CIRCLE}
    scene.assert_page_shows_all_applied(client)
