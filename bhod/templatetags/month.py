"""The grid of a month: thousands of cells and guards, each a template with holes for its words (`core.rows`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from bhod.eligibility import ONE_DAY, Eligible
from bhod.enums import GuardState
from bhod.selectors.grid import GridCell, GridGuard, GridRow, Hours, MonthGrid
from bhod.templatetags.guards import euros, hours, short_categories
from bhod_portal.core.clock import BRUSSELS
from bhod_portal.core.parts import render_part
from bhod_portal.core.rows import render_rows
from bhod_portal.core.shown import shown_day, shown_instant

register = template.Library()


@dataclass(frozen=True, slots=True)
class RowRow:
    """`kind` is unite or medecin, `pk` that of the unit or doctor."""

    kind: str
    pk: int
    name: str
    cells: SafeString


@dataclass(frozen=True, slots=True)
class CellRow:
    """`day` as addresses write it, `label` what the cell says in one sentence, `asked` the row in an address."""

    css: str
    day: str
    label: str
    where: str
    asked: SafeString
    uncovered: SafeString
    going_on: SafeString
    guards: SafeString


@dataclass(frozen=True, slots=True)
class GoingOnRow:
    name: str
    until: str


@dataclass(frozen=True, slots=True)
class GuardRow:
    """`hours`, `mark` and `pay` are lines that not every guard has."""

    pk: int
    css: str
    where: str
    name: str
    times: str
    hours: SafeString
    state: str
    mark: SafeString
    pay: SafeString


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What the hours of a guard read as, in one language: `counts` in the name of a cell, `lines` in its chip."""

    times: str
    until: str
    counts: str
    lines: SafeString


class _Words:
    """Said of many cells and guards of a page: worked out once on each page."""

    def __init__(self, grid: MonthGrid) -> None:
        self.kind = "medecin" if grid.by_doctor else "unite"
        self.by_doctor = grid.by_doctor
        self.days = {column.day: shown_day(column.day, "WEEKDAY_MONTH_DAY_FORMAT") for column in grid.columns}
        self.states = {state: str(state.label) for state in GuardState}
        self.nothing = _("aucune garde")
        self.going_on = _("suite : %(who)s jusqu'à %(until)s")
        self.doctor = cache(lambda name: _("Dr %(name)s") % {"name": name})
        self.unit = cache(lambda name: _("unité %(name)s") % {"name": name})
        self.pay = cache(lambda amount: _line(euros(amount)))
        self.no_tariff = _line(_("tarif manquant"))
        self.mark = SafeString(f'<span class="guard-mark">{_("à vérifier")}</span>')
        self.uncovered = render_part("bhod/_uncovered.html")
        self.language = get_language()


@register.simple_tag
def guard_tabs(month: date, current: str) -> SafeString:
    """The ways to look at the guards, and the acts upon them; `current` is empty on a screen that is none of them."""
    return render_part("bhod/_guard_tabs.html", month=f"{month:%Y-%m}", current=current)


@register.simple_tag
def grid_summary(grid: MonthGrid) -> str:
    """What the guards of the month come to, in a sentence."""
    if not grid.guards:
        return _("Aucune garde enregistrée ne commence ce mois-ci.")
    facts = {"number": grid.guards, "counts": hours(grid.eligible.minutes)}
    text = ngettext(
        "%(number)s garde enregistrée commence ce mois-ci : %(counts)s honorées.",
        "%(number)s gardes enregistrées commencent ce mois-ci : %(counts)s honorées.",
        grid.guards,
    )
    told = [text % facts]
    if grid.with_problems:
        more = ngettext(
            "%(number)s garde est à vérifier.", "%(number)s gardes sont à vérifier.", grid.with_problems
        )
        told.append(more % {"number": grid.with_problems})
    return " ".join(told)


@register.simple_tag
def month_rows(grid: MonthGrid) -> SafeString:
    """A row for each unit or doctor, with a cell for each day."""
    return render_month_rows(grid, grid.rows)


def render_month_rows(grid: MonthGrid, chosen: Sequence[GridRow]) -> SafeString:
    """Some rows of a grid, as they stand in its page."""
    words = _Words(grid)
    rows = []
    for row in chosen:
        shown = words.doctor(row.name) if grid.by_doctor else row.name
        said = shown if grid.by_doctor else words.unit(row.name)
        asked = SafeString(f"{words.kind}={row.pk}{'&amp;annulees=1' if grid.with_cancelled else ''}")
        cells = [_cell(cell, said, asked, words) for cell in row.cells]
        rows.append(RowRow(words.kind, row.pk, shown, render_rows("bhod/_month_cell.html", cells)))
    return render_rows("bhod/_month_row.html", rows)


def cell_name(grid: MonthGrid, row: GridRow, day: date) -> str:
    """What a cell says in one sentence."""
    words = _Words(grid)
    cell = next(each for each in row.cells if each.column.day == day)
    return _label(cell, words.doctor(row.name) if grid.by_doctor else words.unit(row.name), words)


def _cell(cell: GridCell, said: str, asked: SafeString, words: _Words) -> CellRow:
    column = cell.column
    where = f"{words.days[column.day]}, {said}"
    return CellRow(
        css="is-holiday" if column.holiday else "is-weekend" if column.is_weekend else "",
        day=column.day.isoformat(),
        label=_label(cell, said, words),
        where=where,
        asked=asked,
        uncovered=words.uncovered if cell.is_uncovered else SafeString(""),
        going_on=_going_on(cell.going_on, words) if cell.going_on else SafeString(""),
        guards=render_rows("bhod/_guard_chip.html", [_chip(each, where, words) for each in cell.guards])
        if cell.guards
        else SafeString(""),
    )


def _label(cell: GridCell, said: str, words: _Words) -> str:
    """« lundi 4 mai, unité Ouest, Dr Benali, nuit 13 h, confirmée »; several guards one after the other."""
    told = [_told(guard, said, words) for guard in cell.guards]
    if cell.is_uncovered:
        told.insert(0, f"{said}, {words.nothing}")
    for guard in cell.going_on:
        facts = {"who": _name(guard, words), "until": _spoken(guard.hours, words.language).until}
        told.append(f"{said}, {words.going_on % facts}")
    return f"{words.days[cell.column.day]}, {' ; '.join(told)}"


def _told(guard: GridGuard, said: str, words: _Words) -> str:
    unit, doctor = (words.unit(guard.unit), said) if words.by_doctor else (said, words.doctor(guard.doctor))
    parts = [unit, doctor]
    if not guard.is_cancelled:
        parts.append(_spoken(guard.hours, words.language).counts)
    parts.append(words.states[guard.state])
    if guard.problems:
        parts.append(_("à vérifier : %(why)s") % {"why": " ".join(each.text for each in guard.problems)})
    return ", ".join(parts)


def _going_on(guards: Sequence[GridGuard], words: _Words) -> SafeString:
    rows = [GoingOnRow(_name(each, words), _spoken(each.hours, words.language).until) for each in guards]
    return render_rows("bhod/_going_on.html", rows)


def _chip(guard: GridGuard, where: str, words: _Words) -> GuardRow:
    spoken = _spoken(guard.hours, words.language)
    pay = SafeString("")
    if guard.pay:
        amount: Decimal | None = guard.pay.amount
        pay = words.no_tariff if amount is None else words.pay(amount)
    return GuardRow(
        pk=guard.pk,
        css=" is-cancelled" if guard.is_cancelled else " is-draft" if guard.state == GuardState.DRAFT else "",
        where=where,
        name=_name(guard, words),
        times=spoken.times,
        hours=SafeString("") if guard.is_cancelled else spoken.lines,
        state=words.states[guard.state],
        mark=words.mark if guard.problems else SafeString(""),
        pay=pay,
    )


def _name(guard: GridGuard, words: _Words) -> str:
    """What a row of its own doesn't say: who, or where."""
    return words.unit(guard.unit) if words.by_doctor else words.doctor(guard.doctor)


def _spoken(hours: Hours, language: str | None) -> _Spoken:
    return _in_words(hours.starts_at, hours.ends_at, hours.eligible, language)


@lru_cache(maxsize=4096)
def _in_words(starts_at: datetime, ends_at: datetime, eligible: Eligible, _language: str | None) -> _Spoken:
    begins, ends = (each.astimezone(BRUSSELS) for each in (starts_at, ends_at))
    lines, counts = SafeString(""), short_categories(eligible)
    if ends_at - starts_at > ONE_DAY:
        lines += _line(_("jusqu'à %(day)s") % {"day": shown_day(ends, "SHORT_WEEKDAY_DAY_FORMAT")})
    return _Spoken(
        f"{begins:%H:%M} – {ends:%H:%M}",
        shown_instant(ends, "SHORT_WEEKDAY_DAY_TIME_FORMAT"),
        counts.replace("\u00a0", " "),
        lines + _line(counts),
    )


def _line(text: str) -> SafeString:
    return format_html('<span class="d-block text-nowrap">{}</span>', text)
