"""The state of health with a real Redis that stops and comes back; nothing is started anew meanwhile."""

import os
import shutil
import time

import pytest
from celery import current_app
from django.core.cache import caches
from kombu import Connection

from access_mgmt import tasks
from tests.processes.running import running_redis

pytestmark = [pytest.mark.services]


@pytest.fixture
def ask(client, monkeypatch, settings):
    """/healthz of a portal whose broker and cache are that Redis: the state of each, and the status."""

    def asked(url):
        monkeypatch.setattr(current_app, "connection_for_write", lambda **more: Connection(url, **more))
        settings.CACHES = settings.CACHES | {
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": url,
                "OPTIONS": settings.REDIS_CACHE_OPTIONS,
            }
        }
        client.get("/healthz")
        began = time.monotonic()
        response = client.get("/healthz")
        # Two seconds where nothing else runs; what is to be seen is that it does not hang.
        assert time.monotonic() - began < 20
        assert response.status_code == 200
        return response.json()["status"], {
            name: check["status"] for name, check in response.json()["checks"].items()
        }

    yield asked
    caches["default"].close()


def test_redis_stops_while_the_portal_runs(tmp_path, ask):
    if shutil.which("redis-server") is None:
        missing = "redis-server is not installed"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    with running_redis(tmp_path) as url:
        assert ask(url)[1]["last_sweep"] == "unknown"
        tasks.propagate_role_changes()
        assert ask(url) == (
            "ok",
            dict.fromkeys(["database", "broker", "cache", "last_sweep", "oldest_pending"], "ok"),
        )

    # Sweeps go on as long as somebody makes them; their note is lost.
    tasks.propagate_role_changes()

    assert ask(url) == (
        "degraded",
        {
            "database": "ok",
            "broker": "down",
            "cache": "down",
            "last_sweep": "unknown",
            "oldest_pending": "ok",
        },
    )
