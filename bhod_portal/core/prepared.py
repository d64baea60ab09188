"""Queries that every page asks: their SQL is made once in a process, and only the values differ from then on.

To compose a query of several conditions takes Django longer than PostgreSQL needs to answer it.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cached_property
from inspect import signature
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)

# Values that no row has; in the SQL that is made with them, they show where the real ones belong.
_NUMBERS_FROM, _DAYS_FROM = 9_100_000_000_000_000_000, date(1492, 1, 1)


class Prepared(Generic[M]):
    """A query by keys (int) and days (date), each given by its keyword; as a decorator of what builds the queryset.

    The queryset selects nothing along, and takes every value as it is given: what is derived from one (`on - 30 days`)
    is a value of its own.
    """

    def __init__(self, build: Callable[..., QuerySet[M]]) -> None:
        self._build = build
        self.__doc__ = build.__doc__

    def rows(self, **values: int | date) -> list[M]:
        """What the queryset would give with these values, its annotations included."""
        model, sql, names, params = self._made
        given = [values[name] if name else param for name, param in zip(names, params, strict=True)]
        return list(QuerySet(model).raw(sql, given))

    @cached_property
    def _made(self) -> tuple[type[M], str, list[str | None], list[Any]]:
        holes: dict[str, int | date] = {
            name: _NUMBERS_FROM + place if parameter.annotation is int else _DAYS_FROM + timedelta(days=place)
            for place, (name, parameter) in enumerate(signature(self._build).parameters.items())
        }
        found = self._build(**holes)
        sql, params = found.query.sql_with_params()
        name_of = {hole: name for name, hole in holes.items()}
        names = [name_of.get(param) if type(param) in {int, date} else None for param in params]
        if missing := holes.keys() - set(names):
            raise ValueError(f"the query doesn't take {', '.join(sorted(missing))} as given")
        return found.model, sql, names, list(params)
