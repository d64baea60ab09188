import logging
import socket
import time

import pytest
from celery import current_app
from django.core.cache import caches
from django.db import DatabaseError, OperationalError, connection
from kombu import Connection

from bhod_portal.core import clock, health
from bhod_portal.core.health import Finding, State
from tests.csam.factories import WorldFactory


@pytest.fixture
def only_ours(monkeypatch):
    """Nothing but what core asks itself."""
    monkeypatch.setattr(health, "_checks", [])


def test_says_that_all_answer(client, only_ours):
    WorldFactory()

    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "checks": {"database": {"status": "ok"}, "broker": {"status": "ok"}, "cache": {"status": "ok"}},
    }
    assert "no-store" in response["Cache-Control"]


def test_says_it_in_lines(client, only_ours):
    response = client.get("/healthz?format=text")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == "status: ok\ndatabase: ok\nbroker: ok\ncache: ok\n"


def test_answers_503_when_the_database_is_gone_and_names_no_server(client, monkeypatch):
    def gone(*_args, **_kwargs):
        raise OperationalError('connection to server at "10.0.0.7" failed: user "portal"')

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", gone)
        response = client.get("/healthz")

    assert (response.status_code, response.json()) == (
        503,
        {"status": "down", "checks": {"database": {"status": "down"}}},
    )


def test_what_an_app_watches_is_told_with_its_figures(client, only_ours):
    health.register(lambda real_now: {"planted": Finding(State.DEGRADED, {"seconds": 3})})

    response = client.get("/healthz")

    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    assert response.json()["checks"]["planted"] == {"status": "degraded", "seconds": 3}


def test_what_can_not_be_asked_is_unknown(only_ours, caplog):
    def planted(real_now):
        raise DatabaseError

    health.register(planted)

    found = health.findings(clock.real_now())

    assert found["planted"].state == State.UNKNOWN
    assert health.overall(found) == State.DEGRADED


@pytest.fixture
def silent_server():
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture
def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return f"redis://127.0.0.1:{port}/0"


@pytest.mark.parametrize("server", ["silent_server", "closed_port"])
def test_a_redis_that_does_not_answer_is_told_soon(server, request, client, monkeypatch, settings, caplog):
    url = request.getfixturevalue(server)
    monkeypatch.setattr(current_app, "connection_for_write", lambda **more: Connection(url, **more))
    settings.CACHES = settings.CACHES | {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": url,
            "OPTIONS": settings.REDIS_CACHE_OPTIONS,
        }
    }

    with caplog.at_level(logging.WARNING):
        began = time.monotonic()
        response = client.get("/healthz")
        took = time.monotonic() - began

    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    states = {name: check["status"] for name, check in response.json()["checks"].items()}
    assert states == {
        "database": "ok",
        "broker": "down",
        "cache": "down",
        "last_sweep": "unknown",
        "oldest_pending": "ok",
    }
    # One and a half where nothing else runs.
    assert took < 5
    assert "127.0.0.1" not in response.content.decode()
    caches["default"].close()
