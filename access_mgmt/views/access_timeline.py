"""The picture beside the rows of « Qui avait accès ? »: when each function was asked, seen, and gave access."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from access_mgmt.selectors import AccessRow
from bhod_portal.core import clock

WIDTH, _LINE, _TOP = 420, 44, 26
_LEAST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of the picture: places from left to right, in its own units; `open` has a beginning and a width."""

    label: str
    label_y: int
    y: int
    waits: tuple[int, int]
    seen: tuple[int, int] | None
    open: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """All of it; `asked_x` is where the instant stands that somebody asked about."""

    width: int
    height: int
    asked_x: int
    starts_at: datetime
    ends_at: datetime
    bars: list[Bar]


def timeline_of(rows: Sequence[AccessRow], *, at: datetime, now: datetime) -> Timeline | None:
    """The picture of some rows, from the first request to the instant asked about or the last event; None of no rows."""
    if not rows:
        return None
    events = [at, *(each for row in rows for each in _events(row) if each <= now)]
    margin = max((max(events) - min(events)) / 12, _LEAST)
    start, end = min(events) - margin, min(max(events) + margin, max(now, at) + _LEAST)

    def x(instant: datetime) -> int:
        return round(WIDTH * (min(max(instant, start), end) - start) / (end - start))

    bars = []
    for number, row in enumerate(rows):
        top = _TOP + number * _LINE
        seen_from = row.seen_from
        waits_until = seen_from or (row.assignment.revoked_at if row.pending is None else None) or now
        seen = open_ = None
        if seen_from:
            seen_until = row.seen_until or end
            seen = _stretch(x(seen_from), x(seen_until))
            opens, closes = max(seen_from, _first_instant(row)), min(seen_until, _last_instant(row) or end)
            open_ = _stretch(x(opens), x(closes)) if opens < closes and opens < end else None
        waits = _stretch(x(row.assignment.requested_at), x(waits_until))
        bars.append(Bar(row.function.label, top + 14, top + 20, waits, seen, open_))
    return Timeline(WIDTH, _TOP + len(rows) * _LINE + 6, x(at), start, end, bars)


def _events(row: AccessRow) -> list[datetime]:
    ends = (row.assignment.requested_at, row.seen_from, row.seen_until, _last_instant(row))
    return [each for each in ends if each is not None]


def _stretch(start: int, end: int) -> tuple[int, int]:
    return start, max(end - start, 1)


def _first_instant(row: AccessRow) -> datetime:
    return datetime.combine(row.period.start, time.min, clock.BRUSSELS)


def _last_instant(row: AccessRow) -> datetime | None:
    end = row.period.end
    return datetime.combine(end + timedelta(days=1), time.min, clock.BRUSSELS) if end else None
