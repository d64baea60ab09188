"""Two beats by mistake."""

import json

import pytest
import redis

from access_mgmt.enums import Function
from bhod_portal.core.periods import Period
from tests.faults.scene import LONG_SINCE, nothing_waits
from tests.faults.telling import LATE, OVERDUE, told
from tests.processes.running import running_beat, running_worker, url_of_test_database, wait_until

pytestmark = [
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("noticing"),
]


def test_two_beats_make_nothing_twice(tmp_path, scene, redis_url, client):
    broker = redis.Redis.from_url(redis_url)
    url = url_of_test_database()

    def senders():
        return {json.loads(tick)["headers"]["origin"] for tick in broker.lrange("ticks", 0, -1)}

    (tmp_path / "second").mkdir()
    with (
        running_beat(url, redis_url, folder=tmp_path),
        running_beat(url, redis_url, folder=tmp_path / "second"),
    ):
        wait_until(lambda: len(senders()) == 2, "both beats send ticks")
        scene.grant(scene.user, Period(LONG_SINCE), Function.GUARDPOST_CIRCLE)
        scene.chain(scene.user, 2027)
        late = told(client, scene.user, scene.manager, after=LATE)
        assert "en attente" in late.states
        assert late.notice.startswith(OVERDUE)
        assert late.unwell["oldest_pending"] == "degraded"
        with running_worker(url, redis_url, beat=False, folder=tmp_path):
            wait_until(nothing_waits, "the worker applies what waited")
            for year in range(2028, 2040):
                scene.chain(scene.user, year)
            scene.crowd(300)
            wait_until(nothing_waits, "the worker applies the rest")

    scene.assert_each_change_was_applied_once_and_in_order()
    scene.assert_page_shows_all_applied(client)
    assert told(client, scene.user, scene.manager, after=LATE).notice == ""
