"""What is wrong with guards that stand, whichever they are: for marks in a grid and the filter of a list."""

from collections.abc import Iterable
from datetime import datetime

from bhod.enums import GuardState, Severity
from bhod.models import CircleOrganisation, Guard
from bhod.rules.checks import problems_today
from bhod.rules.facts import Facts
from bhod.rules.problems import Problem
from bhod.rules.register import RULES
from bhod.rules.standing import deadline_problem, window_problems
from bhod.selectors.facts import duty_of, read_facts, span_of


def problems_of_guards(guards: Iterable[Guard], enterprise_id: int, at: datetime) -> dict[int, list[Problem]]:
    """What is wrong with each of these guards of a circle, by primary key; in six queries, none without guards.

    Cancelled guards, and those in order, are left out: one that is only partly paid, and a past one that waits to be
    confirmed until its deadline comes near, are in order. Needs of a guard: unit, provider, start, end and state.
    """
    standing = [guard for guard in guards if guard.state != GuardState.CANCELLED]
    if not standing:
        return {}
    facts = facts_of(standing, enterprise_id, at)
    weeknights = organises_weeknights(enterprise_id)
    found = {}
    for guard in standing:
        problems = problems_of_guard(guard, enterprise_id, facts, weeknights)
        if costly := [each for each in problems if RULES[each.code].severity != Severity.INFORMATION]:
            found[guard.pk] = costly
    return found


def problems_of_guard(guard: Guard, enterprise_id: int, facts: Facts, weeknights: bool) -> list[Problem]:
    """The same of one guard, from facts that were read for it."""
    deadline = deadline_problem(guard.ends_at, GuardState(guard.state), at=facts.at)
    return [
        *([deadline] if deadline else []),
        *problems_today(duty_of(guard, enterprise_id), facts),
        *window_problems(guard.starts_at, guard.ends_at, weeknights=weeknights),
    ]


def facts_of(guards: Iterable[Guard], enterprise_id: int, at: datetime) -> Facts:
    """What the rules need to know of some guards of a circle, at least one; five queries."""
    guards = list(guards)
    return read_facts(
        enterprise_id=enterprise_id,
        provider_ids={guard.provider_id for guard in guards},
        span=span_of((guard.starts_at, guard.ends_at) for guard in guards),
        at=at,
    )


def organises_weeknights(enterprise_id: int) -> bool:
    """Whether a circle organises guards on weeknights; it does until it says otherwise; one query."""
    decided = CircleOrganisation.objects.filter(enterprise=enterprise_id).only("organises_weeknights").first()
    return decided is None or decided.organises_weeknights
