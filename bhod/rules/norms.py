"""How many doctors must be on guard for the population of a zone (domain.md 1.4): dated, and pure.

The norms count inhabitants per doctor; that a part of such a number needs a whole doctor is our guess. Whether and from
when the AR of 10 September 2020 replaces them was not found.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise

from bhod.rules.coverage import Stretch
from bhod_portal.core import clock

# Deep night, from which fewer doctors are asked for; it ends at 08:00, as every window does.
DEEP_NIGHT_STARTS = time(23)


@dataclass(frozen=True, slots=True)
class Norm:
    """How many inhabitants one doctor serves at most, from a day on until the next norm."""

    valid_from: date
    by_day: int
    in_deep_night: int


NORMS = (Norm(date(1, 1, 1), 30_000, 30_000), Norm(date(2013, 9, 1), 100_000, 300_000))


@dataclass(frozen=True, slots=True)
class Shortage:
    """A stretch in which a zone has fewer doctors on guard than its population asks for."""

    stretch: Stretch
    needed: int
    present: int


def doctors_needed(population: int, *, day: date, in_deep_night: bool) -> int:
    """How many doctors a zone needs in the day and evening that begin on a day, or in its deep night."""
    norm = next(norm for norm in reversed(NORMS) if norm.valid_from <= day)
    return -(-population // (norm.in_deep_night if in_deep_night else norm.by_day))


def shortages(population: int, windows: Iterable[Stretch], guards: Iterable[Stretch]) -> list[Shortage]:
    """When a zone lacks doctors within windows in order of time; a doctor has one guard at a time, which counts once.

    What follows on one another, the same number lacking, is one shortage.
    """
    found: list[Shortage] = []
    joined = False
    ordered = sorted(guards)
    first = 0
    for part, needed in _parts(population, windows):
        while first < len(ordered) and ordered[first].ends_at <= part.starts_at:
            first += 1
        lacking = [
            each for each in _levels(part, _within(ordered, first, part), needed) if each.present < needed
        ]
        for each in lacking:
            before = found[-1] if found else None
            follows = before is not None and (
                before.stretch.ends_at == each.stretch.starts_at
                or (joined and each.stretch.starts_at == part.starts_at)
            )
            if before and follows and (before.needed, before.present) == (each.needed, each.present):
                found[-1] = Shortage(
                    Stretch(before.stretch.starts_at, each.stretch.ends_at), needed, each.present
                )
            else:
                found.append(each)
        joined = bool(lacking) and lacking[-1].stretch.ends_at == part.ends_at
    return found


def _parts(population: int, windows: Iterable[Stretch]) -> Iterator[tuple[Stretch, int]]:
    """Each window before and in deep night, with how many doctors it needs."""
    for window in windows:
        day = clock.day_of(window.starts_at)
        night = datetime.combine(day, DEEP_NIGHT_STARTS, tzinfo=clock.BRUSSELS).astimezone(
            window.ends_at.tzinfo
        )
        yield (
            Stretch(window.starts_at, night),
            doctors_needed(population, day=day, in_deep_night=False),
        )
        yield Stretch(night, window.ends_at), doctors_needed(population, day=day, in_deep_night=True)


def _within(ordered: Sequence[Stretch], first: int, part: Stretch) -> list[Stretch]:
    found = []
    for each in ordered[first:]:
        if each.starts_at >= part.ends_at:
            break
        if each.ends_at > part.starts_at:
            found.append(each)
    return found


def _levels(part: Stretch, guards: Sequence[Stretch], needed: int) -> Iterator[Shortage]:
    """How many guards go on in each piece of a part, between the instants at which one begins or ends."""
    edges = {part.starts_at, part.ends_at}
    for each in guards:
        edges |= {max(each.starts_at, part.starts_at), min(each.ends_at, part.ends_at)}
    ordered = sorted(edges)
    for start, end in pairwise(ordered):
        present = sum(each.starts_at <= start and each.ends_at >= end for each in guards)
        yield Shortage(Stretch(start, end), needed, present)
