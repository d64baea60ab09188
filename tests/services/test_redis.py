"""The same code on the servers of production: a real redis-server carries ticks from beat to a worker process."""

import os
import shutil

import pytest
import redis
from kombu import Connection

from access_mgmt.models import EffectiveRole, RoleChange
from bhod_portal.celery import app
from bhod_portal.core import clock
from tests.processes.asking import ask, make_manager
from tests.processes.running import running_redis, running_worker, url_of_test_database, wait_until

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def redis_url(tmp_path):
    if shutil.which("redis-server") is None:
        missing = "redis-server is not installed"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    with running_redis(tmp_path) as url:
        yield url


def nothing_waits():
    return not RoleChange.objects.pending().exists()


def test_a_role_asked_here_is_applied_by_a_worker_through_redis(tmp_path, redis_url):
    manager = make_manager()
    with running_worker(url_of_test_database(), redis_url, beat=True, folder=tmp_path):
        assignment = ask(manager, year=2026)
        wait_until(nothing_waits, "the worker applies the change")

    role = EffectiveRole.objects.get(assignment=assignment)
    assert (role.person, role.withdrawn_at) == (manager.person, None)
    assert role.applied_at <= clock.now(manager.person.world)


def test_a_tick_waits_in_redis_until_a_worker_comes(tmp_path, redis_url):
    ask(make_manager(), year=2026)
    with Connection(redis_url) as broker:
        app.send_task("access_mgmt.tasks.propagate_role_changes", connection=broker)
    assert redis.Redis.from_url(redis_url).llen("ticks") == 1
    assert not nothing_waits()

    with running_worker(url_of_test_database(), redis_url, beat=False, folder=tmp_path):
        wait_until(nothing_waits, "the worker applies the change")
