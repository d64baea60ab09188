"""The kept schema is what the migrations make, and a new demo begins with it."""

from contextlib import contextmanager

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg.conninfo import make_conninfo

from bhod_portal.local import schema
from bhod_portal.local.postgres import MAJOR_VERSION


def url_of(database):
    known = connection.settings_dict
    server = {
        "host": known["HOST"],
        "port": known["PORT"],
        "user": known["USER"],
        "password": known["PASSWORD"],
    }
    return make_conninfo("", dbname=database, **{name: value for name, value in server.items() if value})


@contextmanager
def empty_database(ending):
    name = f"{connection.settings_dict['NAME']}_{ending}"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        # The other template has the kept schema already (`tests.database`).
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    yield name
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" (FORCE)')


@contextmanager
def connected_to(name):
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


@pytest.fixture
def loaded(transactional_db):
    """The name of a database into which the kept schema was loaded."""
    if connection.pg_version // 10_000 != int(MAJOR_VERSION):
        pytest.skip("the schema is kept for the embedded server only")
    with empty_database("kept") as name:
        schema.load(url_of(name))
        yield name


def test_it_is_what_the_migrations_make(loaded):
    """« make schema » writes it anew."""
    with empty_database("migrated") as name:
        with connected_to(name):
            call_command("migrate", interactive=False, verbosity=0)
        migrated = schema.dump(url_of(name), "--schema-only")
    # The server writes some conditions otherwise once they have gone through a dump.
    with empty_database("dumped") as name:
        with psycopg.connect(url_of(name)) as server:
            server.execute(migrated)
        assert schema.dump(url_of(loaded), "--schema-only") == schema.dump(url_of(name), "--schema-only")


def test_no_migration_is_left_to_run(loaded):
    with connected_to(loaded):
        executor = MigrationExecutor(connection)
        assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
