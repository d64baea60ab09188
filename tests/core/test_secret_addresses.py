"""The address of a calendar is a secret: no line of a log has it."""

import logging

import pytest

from bhod_portal.core.secret_addresses import hide_secrets, watch_logs

SECRET = "Zb1-kq_9fJ3xW0aVn5Tt8yLrC2mPdQeUo4sHiGj6BvA"
PATH = f"/bhod/agenda/{SECRET}.ics"


@pytest.mark.parametrize(
    "text",
    [
        f"Not Found: {PATH}",
        f'"GET {PATH} HTTP/1.1" 200',
        f"http://localhost:8000{PATH}?x=1",
        f"/bhod/agenda/{SECRET}",
        f"/bhod/agenda/{SECRET[:20]}%20.ics",
    ],
)
def test_hides_the_secret_however_the_address_is_written(text):
    assert SECRET[:20] not in hide_secrets(text)


@pytest.mark.parametrize("text", ["/bhod/gardes/agendas/7/revoquer/", "/bhod/mes-gardes/agenda/", "rien"])
def test_leaves_other_addresses_alone(text):
    assert hide_secrets(text) == text


@pytest.mark.parametrize(
    "name", ["django.request", "django.server", "django.security.csrf", "gunicorn.access", "gunicorn.error"]
)
def test_each_logger_of_requests_is_watched(name):
    logger, seen = logging.getLogger(name), []
    handler = logging.Handler()
    handler.emit = lambda record: seen.append((record.getMessage(), record.args))
    logger.addHandler(handler)
    try:
        logger.error("%(m)s %(U)s %(s)s", {"m": "GET", "U": PATH, "s": "404"})
        logger.error("Refused: %s", "/bhod/")
    finally:
        logger.removeHandler(handler)

    assert seen == [("GET /bhod/agenda/* 404", None), ("Refused: /bhod/", ("/bhod/",))]


def test_watching_twice_changes_nothing():
    before = list(logging.getLogger("django.request").filters)

    watch_logs()

    assert logging.getLogger("django.request").filters == before
