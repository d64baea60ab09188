"""What the board shows: findings by rule, and how much of the planning is in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bhod.enums import Severity
from bhod.models import Guard
from bhod.rules.coverage import Stretch
from bhod.rules.problems import Problem
from bhod.rules.register import ORDER, RULES, Rule
from bhod_portal.core.periods import Period

PER_CENT = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that the planning breaks: where, when, and how many minutes may stay unpaid.

    Of what it is about, it names what there is. `fill` is what a new guard would take, `doctor_pk` the enrolment to put
    right, `days` those of the guards to confirm.
    """

    problem: Problem
    minutes: int = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    guard: Guard | None = None
    unit_pk: int | None = None
    unit: str = ""
    doctor: str = ""
    doctor_pk: int | None = None
    fill: Stretch | None = None
    days: Period | None = None

    @property
    def rule(self) -> Rule:
        return RULES[self.problem.code]


@dataclass(frozen=True, slots=True)
class Section:
    """The findings of one rule, what may cost most first."""

    rule: Rule
    findings: Sequence[Finding]

    @property
    def minutes(self) -> int:
        return sum(finding.minutes for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of the paid minutes that have a guard, and of the guards that have no finding."""

    minutes: int
    covered: int
    guards: int
    sound: int

    @property
    def coverage(self) -> int | None:
        """In per cent, rounded down: 100 only when nothing is missing; None when there is nothing to cover."""
        return self.covered * PER_CENT // self.minutes if self.minutes else None

    @property
    def soundness(self) -> int | None:
        return self.sound * PER_CENT // self.guards if self.guards else None


@dataclass(frozen=True, slots=True)
class Board:
    """The quality of a circle's planning over a period: what to mend, what to know, and the score."""

    work: Sequence[Section]
    information: Sequence[Section]
    score: Score
    minutes_at_stake: int

    @property
    def findings(self) -> int:
        """How many there are to mend."""
        return sum(len(section.findings) for section in self.work)


def board_of(findings: Sequence[Finding], score: Score) -> Board:
    """Findings by rule: what isn't paid first, then what may cost most; the hours of a guard are at stake once."""
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        by_code.setdefault(finding.problem.code, []).append(finding)
    sections = [Section(RULES[code], sorted(found, key=_dearest)) for code, found in by_code.items()]
    severities = list(Severity)
    sections.sort(
        key=lambda each: (severities.index(each.rule.severity), -each.minutes, ORDER[each.rule.code])
    )
    work = [each for each in sections if each.rule.severity != Severity.INFORMATION]
    information = [each for each in sections if each.rule.severity == Severity.INFORMATION]
    of_guards: dict[int, int] = {}
    others = 0
    for section in work:
        for finding in section.findings:
            if finding.guard:
                of_guards[finding.guard.pk] = max(finding.minutes, of_guards.get(finding.guard.pk, 0))
            else:
                others += finding.minutes
    return Board(work, information, score, others + sum(of_guards.values()))


def _dearest(finding: Finding) -> tuple[int, float, str]:
    start = finding.starts_at.timestamp() if finding.starts_at else 0
    return (-finding.minutes, start, finding.unit + finding.doctor)
