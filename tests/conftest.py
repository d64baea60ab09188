import gc
import re
from contextlib import contextmanager

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils import translation

from tests.csam.factories import AT
from tests.html_guard import assert_clean
from tests.unmeasured import leave_processes_alone, measure_stopped

pytest_plugins = ["tests.personas", "tests.architecture.visitors"]

# The spaces of French texts at which no line may break (`bhod_portal.core.typography`).
TYPESET = re.compile(r"(?<=[«°])\u00a0|\u00a0(?=[»:;?!])|(?<=\d)\u00a0(?=000\b)")


def pytest_collection_finish():
    """What is there now stays to the end: the collector needn't look at it again, nor after every 700 objects."""
    # All views and what they import, while the measure runs: a test in a browser may be the first to ask for a page.
    get_resolver().url_patterns  # noqa: B018
    leave_processes_alone()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """A test in a browser is not measured, from before its fixtures to behind them: its servers begin there."""
    if item.get_closest_marker("browser") is None:
        return (yield)
    with measure_stopped():
        return (yield)


class GuardedClient(Client):
    """The test client, but every page that it gets is checked, and what waits for the commit is done."""

    def request(self, **request):
        with TestCase.captureOnCommitCallbacks(execute=True):
            response = super().request(**request)
        if response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming:
            page = response.content.decode()
            assert_clean(page)
            # Tests say what people read, in spaces as they type them.
            response.content = TYPESET.sub(" ", page)
        return response


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database; whoever is still connected at the end is sent away.

    A worker or browser process that has just been ended leaves its session to the server for a moment, and a database
    in use can't be dropped.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def _database(request, db):
    """Every test may use the database; it is rolled back after each.

    Where it is emptied instead, other processes were at work: what they kept in the cache, a table too, goes as well.
    """
    yield
    # A page that was asked for in another language leaves it to the thread, for the next request to choose anew.
    translation.deactivate()
    marker = request.node.get_closest_marker("django_db")
    if "transactional_db" in request.fixturenames or (marker and marker.kwargs.get("transaction")):
        cache.clear()


@pytest.fixture
def client():
    return GuardedClient()


@pytest.fixture
def stopped_clock():
    """The machine's time stands still on 10 March 2026 at 10:00 in Brussels, and with it every world's."""
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def max_reads():
    """Fails when a request makes more queries; the savepoints, which only tests have, don't count."""

    @contextmanager
    def at_most(number):
        with CaptureQueriesContext(connection) as captured:
            yield
        made = [each["sql"] for each in captured if "SAVEPOINT" not in each["sql"]]
        assert len(made) <= number, "\n".join([f"{len(made)} queries", *made])

    return at_most
