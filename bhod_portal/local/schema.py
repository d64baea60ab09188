"""What all migrations make of an empty database, kept as SQL: a new demo loads it in a moment instead of running them.

`python -m bhod_portal.local.schema` (`make schema`) writes it anew. A migration that it doesn't know yet is run afterwards
as ever, so that an old file costs time and nothing else; a test holds it to what the migrations make.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bhod_portal.local.postgres import EmbeddedPostgres, binary

SCHEMA = Path(__file__).with_name("schema.sql")
HEADING = "-- Made by « make schema » from the migrations: not to be edited.\n"
# Made by `createcachetable`, in whatever way the settings name them.
NOT_OURS = ("--exclude-table=*cache*",)
# Commands to psql, and what differs from one dump to the next.
_LEFT_OUT = re.compile(r"^(?:\\.*|--.*|)\n", re.MULTILINE)


def load(url: str) -> None:
    """Fill an empty database of the embedded server: tables as migrated, and the list of those migrations."""
    import psycopg  # noqa: PLC0415  (the launcher must be able to say so when the driver is what is missing)

    with psycopg.connect(url) as connection:
        connection.execute(SCHEMA.read_bytes())


def dump(url: str, *options: str) -> str:
    """A migrated database as SQL, comments and blank lines left out; `--schema-only` without what stands in it."""
    command: Sequence[str] = [binary("pg_dump"), "--no-owner", "--no-privileges", *NOT_OURS, *options, url]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return _LEFT_OUT.sub("", told)


def write() -> None:
    """Migrate an empty database on a server of its own, and keep what that makes."""
    with (
        tempfile.TemporaryDirectory(prefix="bhod-schema-") as folder,
        EmbeddedPostgres(Path(folder), durable=False) as server,
    ):
        server.ensure_database("schema")
        os.environ["DATABASE_URL"] = server.url("schema")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bhod_portal.settings.dev")

        import django  # noqa: PLC0415  (only once its settings know the database)

        django.setup()

        from django.core.management import call_command  # noqa: PLC0415
        from django.db import connection  # noqa: PLC0415

        call_command("migrate", interactive=False, verbosity=0)
        connection.close()
        SCHEMA.write_text(HEADING + dump(server.url("schema"), "--inserts", "--rows-per-insert=500"))


if __name__ == "__main__":
    write()
