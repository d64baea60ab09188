"""Which paid hours have no guard: pure, to the minute, and whatever the clock does in March and October."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bhod.eligibility import eligible, windows_of
from bhod.enums import GuardCategory


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """From an instant to another (excluded)."""

    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        """Its paid minutes."""
        return eligible(self.starts_at, self.ends_at).minutes


@dataclass(frozen=True, slots=True)
class Gap:
    """Paid hours without a guard: one after the other, with nothing paid in between that has one.

    Each piece lies in one window; `first` is what the next guard may fill.
    """

    pieces: Sequence[Stretch]
    minutes: int

    @property
    def first(self) -> Stretch:
        return self.pieces[0]

    @property
    def whole(self) -> Stretch:
        return Stretch(self.pieces[0].starts_at, self.pieces[-1].ends_at)


def windows_of_days(days: Iterable[date], *, weeknights: bool) -> list[Stretch]:
    """The windows that begin on these days, in their order; without weeknights where these aren't organised.

    The hour that October repeats isn't paid, and parts no window.
    """
    found = []
    for day in days:
        windows = windows_of(day)
        if weeknights or windows[0].category != GuardCategory.WEEKNIGHT:
            found.append(Stretch(windows[0].start, windows[-1].end))
    return found


def gaps(windows: Sequence[Stretch], guards: Iterable[Stretch]) -> list[Gap]:
    """The paid hours of some windows, in order of time and apart from one another, during which no guard goes on."""
    found: list[list[Stretch]] = []
    joined = False
    for window, free in _free_parts(windows, merged(guards)):
        for piece in free:
            if joined and found and piece.starts_at == window.starts_at:
                found[-1].append(piece)
            elif piece.minutes:
                found.append([piece])
        joined = bool(free) and free[-1].ends_at == window.ends_at
    return [Gap(pieces, sum(piece.minutes for piece in pieces)) for pieces in found]


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time without any of it twice, in order."""
    found: list[Stretch] = []
    for each in sorted(stretches):
        if found and each.starts_at <= found[-1].ends_at:
            found[-1] = Stretch(found[-1].starts_at, max(found[-1].ends_at, each.ends_at))
        else:
            found.append(each)
    return found


def _free_parts(
    windows: Sequence[Stretch], taken: Sequence[Stretch]
) -> Iterator[tuple[Stretch, list[Stretch]]]:
    """What is left of each window, both in order: each stretch that is taken is looked at once, or twice at an edge."""
    first = 0
    for window in windows:
        while first < len(taken) and taken[first].ends_at <= window.starts_at:
            first += 1
        free, start, number = [], window.starts_at, first
        while number < len(taken) and taken[number].starts_at < window.ends_at:
            if taken[number].starts_at > start:
                free.append(Stretch(start, taken[number].starts_at))
            start = max(start, taken[number].ends_at)
            number += 1
        if start < window.ends_at:
            free.append(Stretch(start, window.ends_at))
        yield window, free
