"""The broker stops, comes back, or forgets everything: what managers ask waits in the database."""

import json

import pytest
import redis

from access_mgmt.enums import Function
from access_mgmt.models import RoleChange
from bhod_portal.core.periods import Period
from tests.faults.scene import LONG_SINCE, nothing_waits, page_of, states
from tests.faults.servers import Visitor, running_web
from tests.faults.telling import LATE, OVERDUE, told
from tests.processes.running import running_redis, running_worker, url_of_test_database, wait_until

pytestmark = [
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("noticing"),
]


def test_a_broker_that_stops_and_starts_loses_nothing(tmp_path, scene, redis_port, client):
    """The page takes what is asked meanwhile and says that it waits; worker and beat find the broker again."""
    url, broker_url = url_of_test_database(), f"redis://127.0.0.1:{redis_port}/0"
    page = page_of(scene.user)
    first_broker = running_redis(tmp_path, port=redis_port)
    first_broker.__enter__()
    with (
        running_worker(url, broker_url, beat=True, folder=tmp_path) as worker,
        running_web(url, broker_url, folder=tmp_path) as (port, _web),
    ):
        visitor = Visitor(port, scene.manager.person)
        scene.chain(scene.user, 2027)
        wait_until(nothing_waits, "the worker applies what is asked")

        first_broker.__exit__(None, None, None)
        wait_until(lambda: "Connection to broker lost" in worker.log.read_text(), "the worker is alone")
        status, html = visitor.post(page, function=Function.GUARDPOST_CIRCLE.value, valid_from="01-01-2020")
        assert status == 200
        assert "a été ajoutée" in html
        scene.chain(scene.user, 2029)
        scene.asked += 1
        scene.wanted[scene.user.person_id, Function.GUARDPOST_CIRCLE.value, LONG_SINCE, None] += 1
        status, html = visitor.get(page)
        assert status == 200
        assert "en attente" in states(html)
        status, health = visitor.get("/healthz")
        checks = {name: check["status"] for name, check in json.loads(health)["checks"].items()}
        assert status == 200
        assert json.loads(health)["status"] == "degraded"
        assert (checks["database"], checks["broker"], checks["last_sweep"]) == ("ok", "down", "unknown")
        late = told(client, scene.user, scene.manager, after=LATE)
        assert late.notice.startswith(OVERDUE)
        assert late.unwell["oldest_pending"] == "degraded"
        assert RoleChange.objects.pending().count() == 5
        assert scene.sees(scene.user) == frozenset()

        with running_redis(tmp_path, port=redis_port):
            wait_until(nothing_waits, "worker and beat find the broker again", within=60)
            status, html = visitor.get(page)
            assert "en attente" not in states(html)
            assert "active" in states(html)
            wait_until(lambda: '"status": "ok", "checks"' in visitor.get("/healthz")[1], "all is well again")

    scene.assert_each_change_was_applied_once_and_in_order()


def test_a_broker_that_forgets_everything_loses_nothing(tmp_path, scene, redis_url, client):
    broker = redis.Redis.from_url(redis_url)
    url = url_of_test_database()
    with running_worker(url, redis_url, beat=True, folder=tmp_path):
        scene.chain(scene.user, 2027)
        wait_until(nothing_waits, "the worker applies what is asked")

        broker.flushall()
        scene.grant(scene.user, Period(LONG_SINCE), Function.GUARDPOST_CIRCLE)
        scene.chain(scene.user, 2029)
        wait_until(nothing_waits, "the worker that stands at an empty broker applies what is asked")

    scene.chain(scene.user, 2031)
    late = told(client, scene.user, scene.manager, after=LATE)
    assert "en attente" in late.states
    assert late.notice.startswith(OVERDUE)
    assert late.unwell["oldest_pending"] == "degraded"

    # And with ticks in it that no worker has seen.
    with running_worker(url, redis_url, beat=True, folder=tmp_path / "next", name="next"):
        scene.chain(scene.user, 2033)
        broker.flushall()
        wait_until(nothing_waits, "the next worker applies what is asked")

    scene.assert_each_change_was_applied_once_and_in_order()
    scene.assert_page_shows_all_applied(client)
    assert told(client, scene.user, scene.manager, after=LATE).notice == ""
    assert scene.sees(scene.user) == {Function.GUARDPOST_CIRCLE}
