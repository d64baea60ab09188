"""What payments bring a circle: its lines of closed runs, doctor by doctor, and what became of that money.

A doctor may be on duty for several circles, while the balances of his settlements are those of all together: a circle reads
its own lines and what became of them, never a settlement's amounts.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, Value, When

from bhod.eligibility import Eligible
from bhod.enums import LineKind, RunState, SettlementOutcome
from bhod.models import PaymentLine, PaymentRun, Settlement
from bhod.selectors.payments import (
    NOTHING,
    RECEIVED,
    corrected_in,
    corrections_among,
    eligible_of,
    kind_of,
    settlement_of,
    settlements_by_provider,
)
from bhod_portal.core import clock
from bhod_portal.core.models import World
from prosante_login.models import CareProvider

_SETTLED = RECEIVED | {SettlementOutcome.SENT}
_SIGN = Case(When(is_reversal=True, then=Value(-1)), default=Value(1), output_field=IntegerField())
_CATEGORIES = ("weekend", "holiday", "weeknight")


@dataclass(frozen=True, slots=True)
class Part:
    """What one run brings one doctor from a circle, in euros.

    `guards` are those of `fees`, `taken_back` those of `corrections`: a guard that is corrected is counted once. `corrections`
    are amounts taken back, and those that stand in their place in the same run; `eligible` is less what was taken back.
    `settlement` is the one that settles it, of this run or of a later one.
    """

    run: PaymentRun
    provider_id: int
    guards: int
    taken_back: int
    eligible: Eligible
    fees: Decimal
    corrections: Decimal
    settlement: Settlement

    @property
    def total(self) -> Decimal:
        return self.fees + self.corrections

    @property
    def outcome(self) -> SettlementOutcome:
        """What became of it, as a circle is told."""
        return told_outcome(self.settlement, self.total)

    @property
    def settled_later(self) -> PaymentRun | None:
        """The later run that settles it; none when its own does, or none has yet."""
        if self.settlement.run_id == self.run.pk or self.outcome not in _SETTLED:
            return None
        return self.settlement.run

    @property
    def year(self) -> int:
        """The year in which it counts for taxes: the one in Brussels in which the run that settles it was closed.

        That this day decides, and not the one of the bank's answer, is our guess: no source says.
        """
        closed_at = self.settlement.run.closed_at
        if closed_at is None:
            raise RuntimeError("Only of closed runs.")
        return clock.day_of(closed_at).year


@dataclass(slots=True)
class StatementSum:
    """What several parts come to."""

    guards: int = 0
    taken_back: int = 0
    eligible: Eligible = field(default_factory=Eligible)
    fees: Decimal = NOTHING
    corrections: Decimal = NOTHING
    amounts: dict[SettlementOutcome, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, part: Part) -> None:
        self.guards += part.guards
        self.taken_back += part.taken_back
        self.eligible += part.eligible
        self.fees += part.fees
        self.corrections += part.corrections
        self.amounts[part.outcome] += part.total

    @property
    def total(self) -> Decimal:
        return self.fees + self.corrections

    @property
    def by_outcome(self) -> list[tuple[SettlementOutcome, Decimal]]:
        """What of it stands where, in the order in which money goes."""
        return [(outcome, self.amounts[outcome]) for outcome in SettlementOutcome if outcome in self.amounts]


@dataclass(frozen=True, slots=True)
class RunStatement:
    """A run, and what it comes to for a circle."""

    run: PaymentRun
    sum: StatementSum


@dataclass(frozen=True, slots=True)
class DoctorPart:
    """What one run brings a doctor."""

    provider: CareProvider
    part: Part


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line of the ledger as a circle reads it; `part` is the one of which it is a line."""

    line: PaymentLine
    kind: LineKind
    part: Part

    @property
    def eligible(self) -> Eligible:
        return eligible_of(self.line.guard_check)


@dataclass(frozen=True, slots=True)
class DoctorYear:
    """What a doctor was paid in a year, and what is on its way to him that was sent in it."""

    provider: CareProvider
    received: StatementSum
    sent: Decimal


def told_outcome(settlement: Settlement, amount: Decimal) -> SettlementOutcome:
    """What a circle is told of an amount of its own, in euros, by the settlement that settles it.

    A fee that is set against a debt is paid: what a doctor owes, he may owe for another circle.
    """
    outcome = SettlementOutcome(settlement.outcome)
    return SettlementOutcome.PAID if outcome == SettlementOutcome.OFFSET and amount > 0 else outcome


def closed_runs(world: World) -> QuerySet[PaymentRun]:
    """The runs of a world of which circles read their lines, the latest first."""
    return PaymentRun.objects.filter(world=world, state=RunState.CLOSED).order_by("-number")


def parts_of(enterprise_id: int, *, run: PaymentRun | None = None) -> list[Part]:
    """What each closed run, or this one, brings each doctor of a circle, in order of runs; six queries."""
    lines = _lines_of(enterprise_id)
    if run is not None:
        lines = lines.filter(run=run)
    rows = list(
        lines.values("run_id", "guard_check__provider_id")
        .annotate(
            lines=Count("pk"),
            taken_back=Count("pk", filter=Q(is_reversal=True)),
            total=Sum("amount"),
            **{f"{name}_minutes": Sum(F(f"guard_check__{name}") * _SIGN) for name in _CATEGORIES},
        )
        .order_by("run__number", "guard_check__provider_id")
    )
    runs = PaymentRun.objects.in_bulk({row["run_id"] for row in rows})
    settlements = settlements_by_provider({row["guard_check__provider_id"] for row in rows})
    corrections: dict[tuple[int, int], list[Decimal]] = defaultdict(list)
    for run_id, provider_id, amount in corrections_among(lines).values_list(
        "run_id", "guard_check__provider_id", "amount"
    ):
        corrections[run_id, provider_id].append(amount)
    return [
        _part(row, corrections[row["run_id"], row["guard_check__provider_id"]], runs, settlements)
        for row in rows
    ]


def run_statements(parts: Iterable[Part]) -> list[RunStatement]:
    """What each run comes to for a circle, the latest first."""
    sums: dict[PaymentRun, StatementSum] = {}
    for part in parts:
        sums.setdefault(part.run, StatementSum()).add(part)
    found = [RunStatement(run, sums[run]) for run in sums]
    return sorted(found, key=lambda each: -each.run.number)


def doctor_parts(parts: Sequence[Part]) -> list[DoctorPart]:
    """The parts of one run with their doctors, by name; one query."""
    providers = _providers(part.provider_id for part in parts)
    found = [DoctorPart(providers[part.provider_id], part) for part in parts]
    return sorted(found, key=lambda each: (each.provider.person.sort_name, each.provider.pk))


def lines_of_run(
    enterprise_id: int, run: PaymentRun, *, provider_id: int | None = None, corrections_only: bool = False
) -> QuerySet[PaymentLine]:
    """The lines of a closed run about guards of a circle, or of one doctor there; by doctor and time, what is taken back first."""
    lines = _lines_of(enterprise_id).filter(run=run)
    if provider_id is not None:
        lines = lines.filter(guard_check__provider=provider_id)
    if corrections_only:
        lines = corrections_among(lines)
    return lines.select_related(
        "guard_check__guard__unit", "guard_check__provider__person", "guard_check__tariff"
    ).order_by(
        "guard_check__provider__person__sort_name",
        "guard_check__provider_id",
        "guard_check__starts_at",
        "-is_reversal",
        "pk",
    )


def statement_lines(
    enterprise_id: int, lines: Iterable[PaymentLine], parts: Iterable[Part]
) -> list[StatementLine]:
    """Lines of `lines_of_run`, each with the part of its doctor; one query."""
    by_provider = {part.provider_id: part for part in parts}
    runs = {part.run for part in by_provider.values()}
    corrected = corrected_in(_lines_of(enterprise_id).filter(run__in=runs))
    return [
        StatementLine(line, kind_of(line, corrected), by_provider[line.guard_check.provider_id])
        for line in lines
    ]


def total_of(parts: Iterable[Part]) -> StatementSum:
    total = StatementSum()
    for part in parts:
        total.add(part)
    return total


def years_of(parts: Iterable[Part]) -> list[int]:
    """The years in which a circle's doctors were sent anything, the latest first."""
    return sorted({part.year for part in parts if part.outcome in RECEIVED or _is_sent(part)}, reverse=True)


def received_in(parts: Iterable[Part], year: int) -> list[Part]:
    """The parts that were paid, or set against a debt, in a year."""
    return [part for part in parts if part.outcome in RECEIVED and part.year == year]


def year_statement(parts: Iterable[Part], year: int) -> list[DoctorYear]:
    """What each doctor was paid in a year for his guards in a circle, by name; one query.

    What was set against a debt counts as paid. What came back, or waits for an account, counts in the year in which it is
    paid at last.
    """
    received: dict[int, StatementSum] = defaultdict(StatementSum)
    sent: dict[int, Decimal] = defaultdict(Decimal)
    for part in parts:
        if part.year != year:
            continue
        if part.outcome in RECEIVED:
            received[part.provider_id].add(part)
        elif _is_sent(part):
            sent[part.provider_id] += part.total
    providers = _providers(received.keys() | sent.keys())
    found = [
        DoctorYear(providers[key], received.get(key, StatementSum()), sent.get(key, NOTHING))
        for key in providers
    ]
    return sorted(found, key=lambda each: (each.provider.person.sort_name, each.provider.pk))


def _is_sent(part: Part) -> bool:
    return part.outcome == SettlementOutcome.SENT


def _lines_of(enterprise_id: int) -> QuerySet[PaymentLine]:
    return PaymentLine.objects.filter(guard_check__enterprise=enterprise_id, run__state=RunState.CLOSED)


def _part(
    row: Mapping[str, Any],
    corrections: Sequence[Decimal],
    runs: Mapping[int, PaymentRun],
    settlements: Mapping[int, Sequence[Settlement]],
) -> Part:
    run, provider_id = runs[row["run_id"]], row["guard_check__provider_id"]
    settlement = settlement_of(run, provider_id, settlements)
    if settlement is None:
        raise RuntimeError(f"A closed run without settlement: {run.pk}, {provider_id}.")
    minutes = Eligible(*(row[f"{name}_minutes"] for name in _CATEGORIES))
    corrected, guards = sum(corrections, NOTHING), row["lines"] - len(corrections)
    fees = row["total"] - corrected
    return Part(run, provider_id, guards, row["taken_back"], minutes, fees, corrected, settlement)


def _providers(keys: Iterable[int]) -> dict[int, CareProvider]:
    return CareProvider.objects.select_related("person").in_bulk(set(keys))
