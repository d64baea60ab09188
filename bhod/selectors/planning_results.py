"""What becomes of each guard of an imported planning: as it is judged, kept with the import, shown and done."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bhod.enums import GuardAct, GuardState, PlanningOutcome
from bhod.models import Guard
from bhod.selectors.plans import Entry
from bhod_portal.core.periods import Period

TO_DO = (PlanningOutcome.ADDED, PlanningOutcome.CHANGED, PlanningOutcome.REMOVED)
# Why a line is refused: a code to rely on, and the sentence.
Problem = tuple[str, str]
# Unit, doctor, from when, until when; what couldn't be read is missing.
Place = tuple[int | None, int | None, datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Options:
    """What was chosen for a file beside its columns: `unit_id` for lines that name none.

    With `period` the file is the whole planning of the units `replaced` on these days: what it does not name goes.
    """

    unit_id: int | None = None
    as_drafts: bool = False
    period: Period | None = None
    replaced: frozenset[int] = frozenset()

    def packed(self) -> dict[str, Any]:
        days = [self.period.start, self.period.end or self.period.start] if self.period else []
        return {
            "unit": self.unit_id,
            "drafts": self.as_drafts,
            "period": [f"{day}" for day in days],
            "units": sorted(self.replaced),
        }


def unpack_options(packed: dict[str, Any]) -> Options:
    days = [date.fromisoformat(day) for day in packed.get("period", ())]
    return Options(
        unit_id=packed.get("unit"),
        as_drafts=packed.get("drafts", False),
        period=Period(*days) if days else None,
        replaced=frozenset(packed.get("units", ())),
    )


@dataclass(slots=True)
class Result:
    """What becomes of a line, or of a guard that the file does not name (`number` 0).

    `named` is what the file calls unit and doctor; `guard_id` and `version` the existing guard, `was` how it stood.
    """

    number: int
    outcome: PlanningOutcome
    now: Place
    named: tuple[str, str] = ("", "")
    guard_id: int | None = None
    version: int = 0
    was: Place | None = None
    state: str = ""
    problems: Sequence[Problem] = ()
    notes: list[str] = field(default_factory=list)

    def packed(self) -> list[Any]:
        """For the import's row, and for the fingerprint of the whole."""
        return [
            self.number,
            self.outcome.value,
            _packed_place(self.now),
            list(self.named),
            self.guard_id,
            self.version,
            _packed_place(self.was) if self.was else None,
            self.state,
            [list(problem) for problem in self.problems],
            self.notes,
        ]

    def entry(self, guards: dict[int, Guard], *, reason: str) -> Entry | None:
        """What is to be done of it; nothing where it stays or is refused. `guards`: those that exist, by key."""
        if self.outcome not in TO_DO:
            return None
        guard = guards[self.guard_id] if self.guard_id else None
        if self.outcome == PlanningOutcome.REMOVED and guard:
            return Entry.of(guard, act=GuardAct.CANCELLED, state=GuardState.CANCELLED, reason=reason)
        return entry_of(self.now, guard, GuardState(self.state))


def entry_of(place: Place, guard: Guard | None, state: GuardState) -> Entry:
    """A guard of the file as it shall be, in the place of an existing one where there is one."""
    unit_id, provider_id, starts_at, ends_at = place
    if unit_id is None or provider_id is None or starts_at is None or ends_at is None:
        raise ValueError("Only for what could be read whole.")
    return Entry(
        unit_id=unit_id,
        provider_id=provider_id,
        starts_at=starts_at,
        ends_at=ends_at,
        state=state,
        act=GuardAct.CHANGED if guard else GuardAct.ENTERED,
        guard=guard,
        seen_version=guard.version if guard else None,
    )


def unpack_result(packed: Sequence[Any]) -> Result:
    number, outcome, now, named, guard_id, version, was, state, problems, notes = packed
    return Result(
        number,
        PlanningOutcome(outcome),
        _place(now),
        (named[0], named[1]),
        guard_id,
        version,
        _place(was) if was else None,
        state,
        [(code, text) for code, text in problems],
        notes,
    )


def outcome_of(packed: Sequence[Any]) -> str:
    """Of a result that is still packed."""
    return str(packed[1])


def packed_results(results: Iterable[Result]) -> dict[str, Any]:
    """For the import's row: the results, how many of each outcome, and what tells two plans apart."""
    packed = [each.packed() for each in results]
    found = Counter(map(outcome_of, packed))
    return {
        "results": packed,
        "counts": {outcome.value: found[outcome] for outcome in PlanningOutcome},
        "fingerprint": hashlib.sha256(json.dumps(packed).encode()).hexdigest(),
    }


def _packed_place(place: Place) -> list[Any]:
    unit_id, provider_id, starts_at, ends_at = place
    return [unit_id, provider_id, *(each.isoformat() if each else None for each in (starts_at, ends_at))]


def _place(packed: Sequence[Any]) -> Place:
    unit_id, provider_id, starts_at, ends_at = packed
    return (
        unit_id,
        provider_id,
        datetime.fromisoformat(starts_at) if starts_at else None,
        datetime.fromisoformat(ends_at) if ends_at else None,
    )
