"""Pytest plugin: a PostgreSQL server per run, unless DATABASE_URL names one.

Each database that is made on it begins with the kept schema, so that no process waits for all migrations.

Loaded by `-p tests.database`: pytest-django reads the settings before any conftest is imported.
"""

import os
import tempfile
from pathlib import Path

import pytest

# Before anything of the project: what it imports names the development settings unless others are named, and
# pytest-django believes the environment rather than pyproject.toml.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bhod_portal.settings.test")

from bhod_portal.local import schema
from bhod_portal.local.postgres import EmbeddedPostgres, LocalServerError


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config):
    # Workers of pytest-xdist inherit the variable and share the server, a database each.
    if not os.environ.get("DATABASE_URL"):
        folder = tempfile.TemporaryDirectory(prefix="bhod-tests-")
        early_config.add_cleanup(folder.cleanup)
        server = EmbeddedPostgres(Path(folder.name), durable=False)
        early_config.add_cleanup(server.stop)
        try:
            server.start()
        except LocalServerError as error:
            raise pytest.UsageError(str(error)) from error
        # The server copies it for every new database.
        schema.load(server.url("template1"))
        os.environ["DATABASE_URL"] = server.url("bhod_portal")
        early_config.add_cleanup(lambda: os.environ.pop("DATABASE_URL", None))
    return (yield)
