"""Rows into our tables by COPY, under keys that we choose, with how far it is on the terminal."""

# ruff: noqa: PLC0415  (Django is imported only once it is set up)

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

BAR = 30
EVERY = 0.1


@dataclass(frozen=True, slots=True)
class Loaded:
    """A table that was loaded: its rows, and the seconds that they took."""

    table: str
    rows: int
    seconds: float


@dataclass
class Loader:
    """Loads one table after another; `progress` shows how far each is, on one line, when it is a terminal."""

    progress: TextIO = field(default_factory=lambda: sys.stderr)
    loaded: list[Loaded] = field(default_factory=list)

    def first_key(self, model: Any) -> int:
        """The key from which on those of a table are free."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COALESCE(max(id), 0) + 1 FROM {model._meta.db_table}")  # noqa: S608
            return int(cursor.fetchone()[0])

    def load(
        self, model: Any, columns: Sequence[str], rows: Iterable[tuple[Any, ...]], *, about: int
    ) -> None:
        """COPY rows of `columns` (foreign keys as `…_id`); what isn't named gets its default, or null.

        `about` is how many are expected. Raises IntegrityError: every constraint holds as ever.
        """
        from django.db import connection

        table = model._meta.db_table
        fields = {each.attname: each for each in model._meta.concrete_fields}
        given = [fields.pop(name) for name in columns]
        others = [each for each in fields.values() if not each.null]
        others = [each for each in others if not (each.primary_key or each.has_db_default())]
        defaults = tuple(each.get_db_prep_save(each.get_default(), connection) for each in others)
        names = ", ".join(f'"{each.column}"' for each in (*given, *others))
        begun, count = time.perf_counter(), 0
        with connection.cursor() as cursor:
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in self._shown(table, rows, about):
                    copy.write_row(row + defaults)
                    count += 1
            if any(each.primary_key for each in given):
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # noqa: S608
                )
        self.loaded.append(Loaded(table, count, time.perf_counter() - begun))

    def _shown(self, table: str, rows: Iterable[tuple[Any, ...]], about: int) -> Iterator[tuple[Any, ...]]:
        if not self.progress.isatty():
            yield from rows
            return
        shown_at, count = 0.0, 0
        for count, row in enumerate(rows, start=1):
            if (now := time.monotonic()) > shown_at + EVERY:
                shown_at = now
                self._show(table, count, about)
            yield row
        self._show(table, count, count)
        self.progress.write("\n")

    def _show(self, table: str, count: int, about: int) -> None:
        filled = min(BAR, BAR * count // max(about, 1))
        self.progress.write(f"\r{table:32} [{'#' * filled}{'.' * (BAR - filled)}] {count:>9,}")
        self.progress.flush()
