"""The guards of a month on paper: days by units on A4, or a page for each unit where that would be crowded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bhod.eligibility import ONE_DAY, is_weekend, legal_holidays
from bhod.enums import GuardState
from bhod.models import Guard, GuardUnit
from bhod.selectors.grid import hours_of
from bhod.selectors.guards import days_of, guards_of, midnight
from bhod_portal.core import clock, pdf
from bhod_portal.core.periods import Period
from bhod_portal.core.shown import shown_day, shown_instant
from csam.models import Enterprise

TEMPLATE = "bhod/sheets/month.typ"
# What one page holds: units side by side, and lines of text in all of its days together.
MOST_UNITS, MOST_LINES = 5, 52
# The size of letters in points, how many lines of it a page has room for, and how many units side by side.
_SIZES = ((11, 38, 1), (9.5, 44, 3))
_SMALLEST = 8

# What is printed in a cell: the hours, and the doctor.
Line = tuple[str, str]


def month_sheet(
    *, enterprise: Enterprise, units: Sequence[GuardUnit], month: Period, by: str, at: datetime
) -> bytes:
    """A tagged PDF of the guards of a calendar month in these units of a circle, without drafts and amounts.

    `by` is who made it, `at` when. One query.
    """
    return pdf.render(
        TEMPLATE, sheet_data(enterprise=enterprise, units=units, month=month, by=by, at=at), at=at
    )


def sheet_data(
    *, enterprise: Enterprise, units: Sequence[GuardUnit], month: Period, by: str, at: datetime
) -> dict[str, Any]:
    """What the template prints: `pages`, each with its units and a row for each day."""
    days = days_of(month)
    guards = guards_of(enterprise.pk).filter(
        unit__in=units, starts_at__lt=midnight(days[-1] + ONE_DAY), ends_at__gt=midnight(days[0])
    )
    standing = list(guards.exclude(state=GuardState.CANCELLED))
    drafts = [guard for guard in standing if guard.state == GuardState.DRAFT]
    cells = _cells(guard for guard in standing if guard.state != GuardState.DRAFT)
    together = len(units) <= MOST_UNITS and _lines(units, days, cells) <= MOST_LINES
    pages = [units] if together else [[unit] for unit in units]
    return {
        "mark": _("SIMULATEUR — aucune donnée réelle"),
        "title": _("Gardes de %(month)s") % {"month": shown_day(days[0], "YEAR_MONTH_FORMAT")},
        "circle": enterprise.name,
        "day_heading": _("Jour"),
        "nobody": _("aucune garde"),
        "pages": [_page(page, days, cells) for page in pages],
        "note": _note(drafts),
        "made": _("Établi le %(day)s par %(by)s") % {"day": shown_instant(at), "by": by},
    }


def _page(
    units: Sequence[GuardUnit], days: Sequence[date], cells: Mapping[tuple[int, date], list[Line]]
) -> dict[str, Any]:
    lines = _lines(units, days, cells)
    sizes = (size for size, room, most in _SIZES if lines <= room and len(units) <= most)
    return {
        "size": next(sizes, _SMALLEST),
        "units": [unit.name for unit in units],
        "days": [
            {
                "name": shown_day(day, "SHORT_WEEKDAY_DAY_FORMAT"),
                "holiday": legal_holidays(day.year).get(day, ""),
                "is_free": is_weekend(day) or day in legal_holidays(day.year),
                "cells": [cells.get((unit.pk, day), []) for unit in units],
            }
            for day in days
        ],
    }


def _cells(guards: Iterable[Guard]) -> Mapping[tuple[int, date], list[Line]]:
    """The lines of each unit and day, those that go on from a day before first; in order of time."""
    going_on: dict[tuple[int, date], list[Line]] = defaultdict(list)
    found: dict[tuple[int, date], list[Line]] = defaultdict(list)
    for guard in guards:
        hours = hours_of(guard.starts_at, guard.ends_at)
        starts, ends = (each.astimezone(clock.BRUSSELS) for each in (guard.starts_at, guard.ends_at))
        until = (
            f"{shown_day(ends, 'SHORT_WEEKDAY_DAY_FORMAT')} {ends:%H:%M}"
            if hours.is_longer_than_a_day
            else f"{ends:%H:%M}"
        )
        doctor = f"Dr {guard.provider.person}"
        found[guard.unit_id, hours.first_day].append((f"{starts:%H:%M} – {until}", doctor))
        for day in hours.later_days:
            going_on[guard.unit_id, day].append((_("jusqu'à %(end)s") % {"end": until}, doctor))
    return {key: [*going_on.get(key, ()), *found.get(key, ())] for key in going_on.keys() | found.keys()}


def _lines(
    units: Sequence[GuardUnit], days: Sequence[date], cells: Mapping[tuple[int, date], list[Line]]
) -> int:
    return sum(max((len(cells.get((unit.pk, day), ())) for unit in units), default=0) or 1 for day in days)


def _note(drafts: Sequence[Guard]) -> str:
    if not drafts:
        return ""
    text = ngettext(
        "%(number)s brouillon n'y figure pas.", "%(number)s brouillons n'y figurent pas.", len(drafts)
    )
    return text % {"number": len(drafts)}
