"""Real Chromium against a real server; pages find their elements by role and label only."""

import os
import shutil
from datetime import date

import pytest
from django.db import connection
from playwright.sync_api import expect

from bhod_portal.core import clock
from bhod_portal.core.models import World
from csam.selectors import DEMO_WORLD_CODE
from tests.browser.axe import inspection
from tests.browser.portal import Portal
from tests.browser.watching import Watcher
from tests.kept_rows import KeptRows
from tests.processes.running import running_worker, url_of_test_database, wait_until
from training.services.demo import load_demo_world


def chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def pytest_collection_modifyitems(items):
    if chromium() or os.environ.get("CI"):
        return
    no_browser = pytest.mark.skip(reason="no Chromium on the PATH, and CHROMIUM is not set")
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(no_browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    executable = chromium()
    if executable is None:
        pytest.fail("CI needs a Chromium: install it, or set CHROMIUM")
    arguments = ["--disable-gpu", "--disable-quic", "--disable-background-networking", "--no-first-run"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return browser_type_launch_args | {"executable_path": executable, "args": arguments}


# Two browsers, their servers and a worker share a small machine: what is awaited may come late.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session", autouse=True)
def _the_orm_beside_playwright():
    # Playwright's sync API runs an event loop in this thread, which makes Django refuse the ORM.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(scope="session")
def kept_worlds() -> dict[date, KeptRows]:
    """The demo world as it was loaded first on a day."""
    return {}


@pytest.fixture
def world(transactional_db, kept_worlds):
    real_now = clock.real_now()
    day = clock.day_of(real_now)
    if day in kept_worlds:
        kept_worlds[day].put_back()
    else:
        load_demo_world(real_now=real_now)
        kept_worlds[day] = KeptRows.take()
    yield World.objects.get(code=DEMO_WORLD_CODE)
    # The browsers are closed; what they asked for last must not meet the database while it is emptied.
    wait_until(nobody_else_is_in_a_transaction, "the server has answered what was asked last")


def nobody_else_is_in_a_transaction():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle')"
        )
        return cursor.fetchone()[0]


@pytest.fixture
def worker(world, tmp_path):
    with running_worker(url_of_test_database(), beat=True, folder=tmp_path):
        yield


@pytest.fixture
def browser_context_args(browser_context_args):
    """Every page works without JavaScript; the browser asks for French, as the documents do."""
    return browser_context_args | {
        "locale": "fr-BE",
        "java_script_enabled": False,
        "viewport": {"width": 1280, "height": 900},
    }


@pytest.fixture(scope="session")
def watched(browser):
    """From the first test on that asks for a portal, whoever reads in one is looked over the shoulder."""
    wide = {"width": 1280, "height": 900}
    with inspection(browser, viewport=wide) as found, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Portal, "watch", Watcher(found).look)
        yield


# The world comes first in both, so that it goes last.


@pytest.fixture
def portal(world, page, live_server, watched):
    page.set_default_timeout(20_000)
    return Portal(page, live_server.url)


@pytest.fixture
def faults(portal):
    """What the browser complains about: the security policy, errors of the script."""
    found = []
    portal.page.on("console", lambda message: message.type == "error" and found.append(message.text))
    portal.page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.fixture
def second_browser(world, browser, browser_context_args, live_server):
    """Someone else at another computer."""
    context = browser.new_context(**browser_context_args)
    context.set_default_timeout(20_000)
    yield Portal(context.new_page(), live_server.url)
    context.close()
