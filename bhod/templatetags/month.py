"""The rows of the month's grid: hundreds of cells and guards, each a template with holes for its words (`core.rows`)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bhod.eligibility import Eligible
from bhod.enums import GuardState
from bhod.models import GuardUnit
from bhod.selectors.guards import GridCell, GuardLine, MonthGrid
from bhod.templatetags.guards import euros, short_categories
from bhod_portal.core.clock import BRUSSELS
from bhod_portal.core.parts import render_part
from bhod_portal.core.rows import render_rows

register = template.Library()


@dataclass(frozen=True, slots=True)
class UnitRow:
    unit: str
    cells: SafeString


@dataclass(frozen=True, slots=True)
class CellRow:
    """`day` as addresses write it, `day_name` as one says it."""

    css: str
    day: str
    day_name: str
    unit: str
    unit_pk: int
    uncovered: SafeString
    going_on: SafeString
    guards: SafeString


@dataclass(frozen=True, slots=True)
class GoingOnRow:
    doctor: str
    until: str


@dataclass(frozen=True, slots=True)
class GuardRow:
    """`hours` and `pay` are lines that not every guard has."""

    pk: int
    css: str
    day_name: str
    unit: str
    doctor: str
    times: str
    hours: SafeString
    state: str
    pay: SafeString


@dataclass(frozen=True, slots=True)
class _Words:
    """Said of many guards of a page: worked out once on each page."""

    states: dict[str, str]
    hours: Callable[[Eligible], SafeString]
    pay: Callable[[Decimal], SafeString]


@register.simple_tag
def guard_tabs(month: date, current: str) -> SafeString:
    """The ways to look at the guards, and the acts upon them; `current` is empty on a screen that is none of them."""
    return render_part("bhod/_guard_tabs.html", month=f"{month:%Y-%m}", current=current)


@register.simple_tag
def month_rows(grid: MonthGrid) -> SafeString:
    """A row for each unit, with a cell for each day."""
    names = {column.day: date_format(column.day, "l j F") for column in grid.columns}
    words = _Words(
        {state.value: str(state.label) for state in GuardState},
        cache(lambda eligible: _line(short_categories(eligible))),
        cache(lambda amount: _line(euros(amount))),
    )
    rows = []
    for row in grid.rows:
        cells = [_cell(cell, row.unit, names[cell.column.day], words) for cell in row.cells]
        rows.append(UnitRow(row.unit.name, render_rows("bhod/_month_cell.html", cells)))
    return render_rows("bhod/_month_row.html", rows)


def _cell(cell: GridCell, unit: GuardUnit, day_name: str, words: _Words) -> CellRow:
    column = cell.column
    going_on = [
        GoingOnRow(_doctor(line), date_format(line.guard.ends_at.astimezone(BRUSSELS), "D j, H:i"))
        for line in cell.going_on
    ]
    guards = [_guard(line, unit.name, day_name, words) for line in cell.lines]
    return CellRow(
        css="is-holiday" if column.holiday else "is-weekend" if column.is_weekend else "",
        day=column.day.isoformat(),
        day_name=day_name,
        unit=unit.name,
        unit_pk=unit.pk,
        uncovered=render_part("bhod/_uncovered.html") if cell.is_uncovered else SafeString(""),
        going_on=render_rows("bhod/_going_on.html", going_on),
        guards=render_rows("bhod/_guard_chip.html", guards),
    )


def _guard(line: GuardLine, unit: str, day_name: str, words: _Words) -> GuardRow:
    begins, ends = (each.astimezone(BRUSSELS) for each in (line.guard.starts_at, line.guard.ends_at))
    hours = SafeString("")
    if line.is_longer_than_a_day:
        hours += _line(_("jusqu'à %(day)s") % {"day": date_format(ends, "D j")})
    if not line.is_cancelled:
        hours += words.hours(line.eligible)
    pay = SafeString("")
    if line.pay:
        amount = line.pay.amount
        pay = _line(_("tarif manquant")) if amount is None else words.pay(amount)
    return GuardRow(
        pk=line.guard.pk,
        css=" is-cancelled" if line.is_cancelled else "",
        day_name=day_name,
        unit=unit,
        doctor=_doctor(line),
        times=f"{begins:%H:%M} – {ends:%H:%M}",
        hours=hours,
        state=words.states[line.guard.state],
        pay=pay,
    )


def _doctor(line: GuardLine) -> str:
    return line.guard.provider.person.last_name


def _line(text: str) -> SafeString:
    return format_html('<span class="d-block text-nowrap">{}</span>', text)
