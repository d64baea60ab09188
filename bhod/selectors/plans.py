"""What somebody wants to do to guards of a circle, one or thousands, and what the rules say of it beforehand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Self

from bhod.enums import GuardAct, GuardState
from bhod.models import Guard
from bhod.rules.checks import age_problem, problems_of
from bhod.rules.facts import Duty, Facts
from bhod.rules.problems import Problem
from bhod.selectors.facts import duty_of, read_facts, span_of
from bhod_portal.core.shown import shown_instant


@dataclass(frozen=True, slots=True)
class Entry:
    """A guard as it shall be: a new one, or an existing `guard` as it shall become.

    With `state` CANCELLED the guard is cancelled, and its hours are asked nothing. `seen_version` is the version that
    the person had before his eyes, where he had one.
    """

    unit_id: int
    provider_id: int
    starts_at: datetime
    ends_at: datetime
    state: GuardState = GuardState.REGISTERED
    act: GuardAct = GuardAct.ENTERED
    guard: Guard | None = None
    seen_version: int | None = None
    reason: str = ""

    @classmethod
    def of(cls, guard: Guard, *, act: GuardAct, state: GuardState | None = None, reason: str = "") -> Self:
        """The guard as it stands, in another state where one is given."""
        return cls(
            unit_id=guard.unit_id,
            provider_id=guard.provider_id,
            starts_at=guard.starts_at,
            ends_at=guard.ends_at,
            state=GuardState(state or guard.state),
            act=act,
            guard=guard,
            seen_version=guard.version,
            reason=reason,
        )

    def moved(
        self,
        *,
        unit_id: int | None = None,
        provider_id: int | None = None,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
    ) -> Self:
        """The same with another unit, doctor or other hours."""
        return replace(
            self,
            unit_id=unit_id or self.unit_id,
            provider_id=provider_id or self.provider_id,
            starts_at=starts_at or self.starts_at,
            ends_at=ends_at or self.ends_at,
        )

    def duty(self, key: int, enterprise_id: int) -> Duty:
        return Duty(self.starts_at, self.ends_at, key, enterprise_id, self.unit_id, self.provider_id)


@dataclass(frozen=True)
class Plan:
    """What shall be done at once to guards of one circle: all of it, or nothing."""

    enterprise_id: int
    entries: Sequence[Entry]

    @property
    def provider_ids(self) -> set[int]:
        """The doctors whose guards it concerns, those who lose one too."""
        return {each.provider_id for each in self.entries} | {
            each.guard.provider_id for each in self.entries if each.guard
        }


@dataclass(frozen=True)
class Verdict:
    """For each entry of a plan, what is wrong with it."""

    plan: Plan
    problems: Sequence[Sequence[Problem]]

    @cached_property
    def accepted(self) -> Plan:
        """What is left of the plan without the entries that the rules refuse."""
        kept = [entry for entry, found in zip(self.plan.entries, self.problems, strict=True) if not found]
        return Plan(self.plan.enterprise_id, kept)

    @property
    def refused(self) -> list[tuple[Entry, Sequence[Problem]]]:
        return [(e, found) for e, found in zip(self.plan.entries, self.problems, strict=True) if found]


def judge(plan: Plan, *, at: datetime) -> Verdict:
    """What the rules say of a plan, in the order of its entries: the second of two that exclude each other is refused.

    Six queries, whatever the number of entries.
    """
    if not plan.entries:
        return Verdict(plan, [])
    span = span_of((each.starts_at, each.ends_at) for each in plan.entries)
    providers = {each.provider_id for each in plan.entries}
    facts = read_facts(enterprise_id=plan.enterprise_id, provider_ids=providers, span=span, at=at)
    return Verdict(plan, _problems(plan, facts))


def settle(plan: Plan, *, at: datetime) -> tuple[Plan, list[tuple[Entry, Sequence[Problem]]]]:
    """What of a plan can be done together, and what is refused with its reasons; the rest of a plan may hang on that."""
    verdict = judge(plan, at=at)
    refused = list(verdict.refused)
    while verdict.refused:
        verdict = judge(verdict.accepted, at=at)
        refused += verdict.refused
    return verdict.plan, refused


def _problems(plan: Plan, facts: Facts) -> list[list[Problem]]:
    for entry in plan.entries:
        if entry.guard:
            facts.duties.remove(duty_of(entry.guard, plan.enterprise_id))
    found = []
    for number, entry in enumerate(plan.entries, start=1):
        duty = entry.duty(entry.guard.pk if entry.guard else -number, plan.enterprise_id)
        problems = _of_state(entry, facts.at)
        if not problems and entry.state != GuardState.CANCELLED:
            problems = problems_of(duty, facts)
        if not problems and entry.state != GuardState.CANCELLED:
            facts.duties.add(duty)
        elif problems and entry.guard and entry.guard.state != GuardState.CANCELLED:
            # What is refused stays as it is, and in the way of what follows.
            facts.duties.add(duty_of(entry.guard, plan.enterprise_id))
        found.append(problems)
    return found


def _of_state(entry: Entry, at: datetime) -> list[Problem]:
    """What the guard's own state forbids, whatever its hours."""
    guard = entry.guard
    if guard is None:
        return []
    if guard.state == GuardState.CANCELLED and entry.act != GuardAct.UNDONE:
        return [Problem("already_cancelled")]
    if entry.seen_version is not None and entry.seen_version != guard.version:
        return [Problem("changed_meanwhile", {"by": _last_author(guard)})]
    if entry.state == GuardState.CONFIRMED and guard.state == GuardState.DRAFT:
        return [Problem("still_draft")]
    if entry.state == GuardState.CONFIRMED and entry.ends_at > at:
        return [Problem("not_over", {"end": shown_instant(entry.ends_at)})]
    # What it was before must still be open to change, not only what it becomes.
    too_old = age_problem(guard.ends_at, at=at) if entry.state != GuardState.CANCELLED else None
    return [too_old] if too_old else []


def _last_author(guard: Guard) -> str:
    last = guard.changes.select_related("done_by").order_by("-number").first()
    return str(last.done_by if last else guard.registered_by)
