"""Where the money of guards stands: what INAMI found of each, the lines of payments, and what the bank answered."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from bhod.eligibility import Eligible
from bhod.enums import CheckOutcome, GuardState, LineKind, PayState, RunState, SettlementOutcome
from bhod.models import Guard, GuardCheck, PaymentLine, PaymentRun, Settlement
from bhod.rules.problems import Problem
from prosante_login.models import CareProvider

NOTHING = Decimal("0.00")
# Run, guard and doctor: what is due again to another doctor is a fee of his.
Corrected = tuple[int, int, int]
_CORRECTED = ("run_id", "guard_check__guard_id", "guard_check__provider_id")
# What a doctor has had, or what was set against what he owed.
RECEIVED = frozenset({SettlementOutcome.PAID, SettlementOutcome.OFFSET})
# The tones of badges.
OUTCOME_TONES = {
    SettlementOutcome.SENT: "info",
    SettlementOutcome.PAID: "success",
    SettlementOutcome.RETURNED: "danger",
    SettlementOutcome.NO_ACCOUNT: "warning",
    SettlementOutcome.OFFSET: "neutral",
}
# What a run owed and could not pay is settled by a later one.
_CARRIED = frozenset({SettlementOutcome.RETURNED, SettlementOutcome.NO_ACCOUNT})
_OF_OUTCOME = {
    SettlementOutcome.SENT: PayState.IN_PAYMENT,
    SettlementOutcome.PAID: PayState.PAID,
    SettlementOutcome.OFFSET: PayState.PAID,
    SettlementOutcome.RETURNED: PayState.RETURNED,
    SettlementOutcome.NO_ACCOUNT: PayState.WAITING_ACCOUNT,
}

_TONES = {
    PayState.REFUSED: "danger",
    PayState.RETURNED: "danger",
    PayState.TO_CONFIRM: "warning",
    PayState.WAITING_TARIFF: "warning",
    PayState.WAITING_ACCOUNT: "warning",
    PayState.TO_CORRECT: "warning",
    PayState.VALIDATED: "info",
    PayState.IN_PAYMENT: "info",
    PayState.PAID: "success",
}


@dataclass(frozen=True, slots=True)
class WaitingGuards:
    """How many guards wait for somebody, and the first and last day on which one begins."""

    guards: int
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True, slots=True)
class LineOfGuard:
    """A line of the ledger about a guard; `settlement` is the one that settles it, none while its run is open."""

    line: PaymentLine
    settlement: Settlement | None

    @property
    def is_received(self) -> bool:
        """Whether the doctor has had it, or it has been set against what he owed."""
        return self.settlement is not None and self.settlement.outcome in RECEIVED

    @property
    def state(self) -> PayState:
        return (
            _OF_OUTCOME[SettlementOutcome(self.settlement.outcome)]
            if self.settlement
            else PayState.IN_PAYMENT
        )


@dataclass(frozen=True, slots=True)
class GuardPay:
    """Where the money of one guard stands, in euros.

    `check` is what INAMI last found of it as it is; none when it wasn't checked since it changed. `lines` in order of their
    runs. `due` is what it should come to at last: none while nobody knows.
    """

    state: PayState
    check: GuardCheck | None
    lines: Sequence[LineOfGuard]

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return _TONES.get(self.state, "neutral")

    @property
    def due(self) -> Decimal | None:
        if self.state == PayState.RECOVERED:
            return NOTHING
        return self.check.amount if self.check else None

    @property
    def paid(self) -> Decimal:
        """What has reached the doctors of this guard, less what was taken back."""
        return sum((each.line.amount for each in self.lines if each.is_received), NOTHING)


def pay_of_guards(
    guards: Collection[Guard], *, at: datetime, reader: CareProvider | None = None
) -> dict[int, GuardPay]:
    """For each guard that is or was worth money, where that stands, by primary key; three queries.

    Drafts, and cancelled guards that no payment knew, have none. A doctor who reads finds his own lines only: what another
    was paid for the guard before it was his is not his to know.
    """
    standing = GuardCheck.objects.standing().filter(guard__in=guards).select_related("tariff")
    checks = {each.guard_id: each for each in standing}
    lines: dict[int, list[PaymentLine]] = defaultdict(list)
    rows = PaymentLine.objects.filter(guard_check__guard__in=guards)
    if reader is not None:
        rows = rows.filter(guard_check__provider=reader)
    for line in rows.select_related("run", "guard_check").order_by("run__number", "-is_reversal", "pk"):
        lines[line.guard_check.guard_id].append(line)
    settle = settlements_by_provider(
        {line.guard_check.provider_id for each in lines.values() for line in each}
    )
    found = {}
    for guard in guards:
        of_guard = [LineOfGuard(line, settling(line, settle)) for line in lines.get(guard.pk, ())]
        check = checks.get(guard.pk)
        state = _state(guard, check, of_guard, at)
        if state is not None:
            found[guard.pk] = GuardPay(state, check, of_guard)
    return found


def settlements_by_provider(provider_ids: Collection[int]) -> dict[int, list[Settlement]]:
    """Every settlement of these doctors, in order of their runs; one query."""
    found: dict[int, list[Settlement]] = defaultdict(list)
    rows = Settlement.objects.filter(provider__in=provider_ids).select_related("run")
    for each in rows.order_by("provider", "run__number"):
        found[each.provider_id].append(each)
    return found


def settling(line: PaymentLine, settlements: Mapping[int, Sequence[Settlement]]) -> Settlement | None:
    """The settlement that settles a line: of its run, or of the later one that paid what this could not."""
    return settlement_of(line.run, line.guard_check.provider_id, settlements)


def settlement_of(
    run: PaymentRun, provider_id: int, settlements: Mapping[int, Sequence[Settlement]]
) -> Settlement | None:
    """The same of all lines of a doctor in a run; they are settled together."""
    if run.state != RunState.CLOSED:
        return None
    of_doctor = settlements.get(provider_id, ())
    found = next((each for each in of_doctor if each.run.number >= run.number), None)
    while found is not None and (later := _taken_up_by(found, of_doctor)) is not None:
        found = later
    return found


def checks_of(guard: Guard) -> QuerySet[GuardCheck]:
    """All that INAMI found of a guard, with its doctors of then and tariffs; the latest first."""
    checks = GuardCheck.objects.filter(guard=guard).select_related("provider__person", "tariff")
    return checks.order_by("-checked_at", "-pk")


def waiting_guards(checks: QuerySet[GuardCheck]) -> WaitingGuards:
    """The guards of which INAMI found this, and that wait for something else; one query."""
    found = checks.aggregate(guards=Count("pk"), first=Min("first_day"), last=Max("first_day"))
    return WaitingGuards(found["guards"], found["first"], found["last"])


def eligible_of(check: GuardCheck) -> Eligible:
    """The minutes that INAMI found to count of a guard."""
    return Eligible(check.weekend, check.holiday, check.weeknight)


def problems_of(check: GuardCheck) -> list[Problem]:
    """Why INAMI refused a guard; none for one that it did not."""
    return [Problem(each["code"], each["params"]) for each in check.problems]


def corrected_in(lines: QuerySet[PaymentLine, Any]) -> frozenset[Corrected]:
    """Of what these lines take something back; one query."""
    return frozenset(lines.filter(is_reversal=True).order_by().values_list(*_CORRECTED))


def corrections_among(lines: QuerySet[PaymentLine, Any]) -> QuerySet[PaymentLine, Any]:
    """Those of the lines that take back what was paid before, and those that stand in their place; two queries before its own.

    Asked apart: as a condition on each line it is a matter of luck how PostgreSQL looks for it.
    """
    corrected = corrected_in(lines)
    of_their_guards = lines.filter(guard_check__guard__in={guard for _run, guard, _provider in corrected})
    rows = of_their_guards.order_by().values_list("pk", *_CORRECTED)
    return lines.filter(pk__in=[pk for pk, *of in rows if tuple(of) in corrected])


def kind_of(line: PaymentLine, corrected: Collection[Corrected]) -> LineKind:
    """What a line is to its reader, where its payment takes these amounts back."""
    if line.is_reversal:
        return LineKind.TAKEN_BACK
    check = line.guard_check
    is_corrected = (line.run_id, check.guard_id, check.provider_id) in corrected
    return LineKind.ANEW if is_corrected else LineKind.FEE


def _taken_up_by(settlement: Settlement, of_doctor: Sequence[Settlement]) -> Settlement | None:
    """The later settlement in which what this one could not pay is owed again; none when there is none, or none yet."""
    if settlement.outcome not in _CARRIED:
        return None
    later = [each for each in of_doctor if each.run.number > settlement.run.number]
    if settlement.outcome == SettlementOutcome.NO_ACCOUNT:
        return next(iter(later), None)
    # A payment may come back after others were made: it is in the one by which all that had come back until then is.
    came_back = sum((each.paid for each in of_doctor if _came_back_until(each, settlement)), NOTHING)
    earlier = (each for each in of_doctor if each.run.number <= settlement.run.number)
    known = sum((each.returned for each in earlier), NOTHING)
    for each in later:
        known += each.returned
        if known >= came_back:
            return each
    return None


def _came_back_until(settlement: Settlement, last: Settlement) -> bool:
    return settlement.outcome == SettlementOutcome.RETURNED and _order(settlement) <= _order(last)


def _order(returned: Settlement) -> tuple[datetime, int]:
    if returned.answered_at is None:
        raise RuntimeError("What came back says when.")
    return returned.answered_at, returned.pk


def _state(
    guard: Guard, check: GuardCheck | None, lines: Sequence[LineOfGuard], at: datetime
) -> PayState | None:
    taken_back = {each.line.guard_check_id for each in lines if each.line.is_reversal}
    open_lines = [each for each in lines if each.line.guard_check_id not in taken_back]
    if any(check is None or each.line.guard_check_id != check.pk for each in open_lines):
        return PayState.TO_CORRECT
    if guard.state != GuardState.CONFIRMED:
        return _unconfirmed(guard, lines, at)
    if check is None:
        return PayState.IN_CHECK
    if check.outcome == CheckOutcome.REFUSED:
        return PayState.REFUSED
    if check.outcome == CheckOutcome.WAITING:
        return PayState.WAITING_TARIFF
    return open_lines[0].state if open_lines else PayState.VALIDATED


def _unconfirmed(guard: Guard, lines: Sequence[LineOfGuard], at: datetime) -> PayState | None:
    if guard.state == GuardState.REGISTERED:
        return PayState.EXPECTED if guard.ends_at > at else PayState.TO_CONFIRM
    return PayState.RECOVERED if lines else None
