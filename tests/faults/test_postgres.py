"""The database server stops and starts again under the web server, the worker and beat."""

import json

import pytest
from django.core.management import call_command
from django.db import connection

from access_mgmt.enums import Function
from access_mgmt.models import RoleChange
from bhod_portal.core.periods import Period
from tests.faults.scene import LONG_SINCE, Scene, nothing_waits, page_of, states
from tests.faults.servers import DATABASE, Visitor, own_postgres, running_web
from tests.processes.running import running_worker, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


def test_a_database_that_restarts_is_found_again(tmp_path):
    """The page says meanwhile that it is out of reach; then everything goes on by itself, and the log stays short."""
    with own_postgres(tmp_path) as server:
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        scene, url = Scene(), server.url(DATABASE)
        page = page_of(scene.user)
        with (
            running_worker(url, beat=True, folder=tmp_path) as worker,
            running_web(url, folder=tmp_path) as (port, web),
        ):
            visitor = Visitor(port, scene.manager.person)
            scene.chain(scene.user, 2027)
            wait_until(nothing_waits, "the worker applies what is asked")
            assert visitor.get(page)[0] == 200
            # What waits while the server is away: asked before the worker's next tick, or applied by it, but once.
            scene.grant(scene.user, Period(LONG_SINCE), Function.GUARDPOST_CIRCLE)
            scene.crowd(300)

            connection.close()
            server.stop()
            wait_until(lambda: failures(worker), "a tick fails")
            status, html = visitor.get(page)
            assert status == 503
            assert "base de données" in html
            assert "en attente" not in html
            status, health = visitor.get("/healthz")
            assert (status, json.loads(health)) == (
                503,
                {"status": "down", "checks": {"database": {"status": "down"}}},
            )
            wait_until(lambda: len(failures(worker)) > 1, "the next tick tries again")
            server.start()

            wait_until(lambda: visitor.get(page)[0] == 200, "the web server finds the database again")
            scene.chain(scene.user, 2029)
            wait_until(nothing_waits, "the worker finds the database again")
            shown = states(visitor.get(page)[1])
            assert "en attente" not in shown
            assert "active" in shown
            wait_until(lambda: '"status": "ok", "checks"' in visitor.get("/healthz")[1], "all is well again")

            for process in (worker, web):
                assert process.is_running()
            assert worker.log.read_text().count("Traceback") == 0
            assert RoleChange.objects.filter(attempts__gt=0).count() == 0

        scene.assert_each_change_was_applied_once_and_in_order()


def failures(worker):
    """The lines that a worker wrote about ticks that the database did not answer."""
    return [line for line in worker.log.read_text().splitlines() if "tried again at the next tick" in line]
