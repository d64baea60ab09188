"""What the shared template components are given."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a summary: what it is, its value, and where to change it (empty: it can't be changed)."""

    label: str
    value: Any
    change_url: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of lines on a page where one checks one's answers."""

    title: str
    rows: Sequence[Row] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column that is more than its heading, a plain string elsewhere.

    `numeric`: its heading stands above numbers; `hidden`: only a screen reader says it; `sort_url` sorts the list by it,
    and `sorted` is how the list is sorted by it now (« ascending », « descending » or empty).
    """

    label: str
    numeric: bool = True
    hidden: bool = False
    sort_url: str = ""
    sorted: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do of several: where to do it (empty: not from here), and in a word how far it is, with its tone."""

    label: str
    url: str
    state: str
    tone: str
    hint: str = ""
