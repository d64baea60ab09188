"""Queries that every page asks: their SQL is made once in a process, and only the values differ from then on.

To compose a query of several conditions takes Django longer than PostgreSQL needs to answer it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from inspect import signature
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)
Value = int | str | date | datetime

# Values that no row has; in the SQL that is made with them, they show where the real ones belong.
_HOLES: dict[type, Callable[[int], Value]] = {
    int: lambda place: 9_100_000_000_000_000_000 + place,
    str: lambda place: f"\ue000{place}\ue001",
    date: lambda place: date(1492, 1, 1) + timedelta(days=place),
    datetime: lambda place: datetime(1492, 1, 1, tzinfo=UTC) + timedelta(days=place),
}


@dataclass(frozen=True, slots=True)
class _Made:
    """The SQL of a query, the name of each value that it takes (None: the parameter as it is), and how rows are read."""

    sql: str
    names: list[str | None]
    params: list[Any]
    read: Callable[[tuple[Any, ...]], Any]


class Prepared(Generic[M]):
    """A query by keys (int), texts (str), days (date) and instants (datetime), each given by its keyword.

    A decorator of what builds the queryset. It takes every value as it is given: what is derived from one
    (`on - 30 days`) is a value of its own. Raises ValueError at the first use of a query that does otherwise.
    """

    def __init__(self, build: Callable[..., QuerySet[M]]) -> None:
        self._build = build
        self.__doc__ = build.__doc__

    def rows(self, **values: Value) -> list[M]:
        """What the queryset would give with these values, with its annotations and what it selects along."""
        made = self._made
        given = [values[name] if name else param for name, param in zip(made.names, made.params, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(made.sql, given)
            return [made.read(row) for row in cursor.fetchall()]

    @cached_property
    def _made(self) -> _Made:
        compiler, sql, params, names = self._compiled_with(0)
        if missing := signature(self._build).parameters.keys() - set(names):
            raise ValueError(f"the query doesn't take {', '.join(sorted(missing))} as given")
        # What differs when others are given, and is none of them, was made of one: kept, it would stay the first one.
        _compiler, _sql, others, _names = self._compiled_with(len(names))
        for name, param, other in zip(names, params, others, strict=True):
            if name is None and param != other:
                raise ValueError(f"the query derives {param!r} from a value instead of taking it")
        return _Made(sql, names, params, _reader(compiler))

    def _compiled_with(self, shift: int) -> tuple[Any, str, list[Any], list[str | None]]:
        """The query with holes for its values: how it is read, its SQL and parameters, and which value each of them is."""
        parameters = signature(self._build).parameters
        holes = {
            name: _HOLES[parameter.annotation](place)
            for place, (name, parameter) in enumerate(parameters.items(), start=shift)
        }
        compiler = self._build(**holes).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        name_of = {hole: name for name, hole in holes.items()}
        names = [name_of.get(param) if type(param) in _HOLES else None for param in params]
        return compiler, sql, list(params), names


def _reader(compiler: Any) -> Callable[[tuple[Any, ...]], Any]:
    """How a row becomes an object: as Django's own ModelIterable makes it."""
    select, known = compiler.select, compiler.klass_info
    model, begin, end = known["model"], known["select_fields"][0], known["select_fields"][-1] + 1
    fields = [column.target.attname for column, _sql, _alias in select[begin:end]]
    populators = get_related_populators(known, select, connection.alias)  # type: ignore[call-arg]  # the stubs know a later Django
    annotations = compiler.annotation_col_map or {}
    converters = compiler.get_converters([column for column, _sql, _alias in select])

    def read(row: tuple[Any, ...]) -> Any:
        if converters:
            [row] = compiler.apply_converters([row], converters)
        found = model.from_db(connection.alias, fields, row[begin:end])
        for populator in populators:
            populator.populate(row, found)
        for name, place in annotations.items():
            setattr(found, name, row[place])
        return found

    return read
