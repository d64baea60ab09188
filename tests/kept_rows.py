"""Rows that were made once and are put back for later tests by COPY, sooner than they are made anew.

They keep their keys, and putting them back sees to it that no row that comes later draws one of these.
"""

from dataclasses import dataclass
from typing import Self

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Max
from psycopg import sql

# The tests' database has them from the start.
NOT_KEPT = (ContentType, Permission)


@dataclass(frozen=True)
class KeptRows:
    """The rows of each table that had any, and of tables that number theirs the column and the highest number."""

    rows: dict[str, bytes]
    numbered: tuple[tuple[str, str, int], ...]

    @classmethod
    def take(cls) -> Self:
        """Everything that is in the tables of our models now."""
        models = [model for model in apps.get_models(include_auto_created=True) if model not in NOT_KEPT]
        found = {}
        with connection.cursor() as cursor:
            for table in dict.fromkeys(model._meta.db_table for model in models):
                with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
                    found[table] = b"".join(copy)
            numbered = []
            for model in models:
                column = model._meta.auto_field and model._meta.auto_field.column
                highest = column and model._base_manager.aggregate(highest=Max(column))["highest"]
                if highest:
                    numbered.append((model._meta.db_table, column, highest))
        return cls({table: rows for table, rows in found.items() if rows}, tuple(numbered))

    def put_back(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL portal.whole_world = 'on'")
            for table, rows in self.rows.items():
                with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                    copy.write(rows)
            cursor.execute("SET LOCAL portal.whole_world = 'off'")
            # A sequence that lies behind, for whatever reason, would give the next row the key of one of these.
            cursor.execute(
                """
                SELECT setval(sequence, GREATEST(highest, nextval(sequence)))
                  FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS numbered (name, number, highest),
                       LATERAL (SELECT pg_get_serial_sequence(quote_ident(name), number)::regclass AS sequence) AS its
                """,
                [list(column) for column in zip(*self.numbered, strict=True)],
            )


def forget_all_rows() -> None:
    """Empty the database at the end of a module whose tests shared rows; the sequences go on."""
    call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True, reset_sequences=False)
