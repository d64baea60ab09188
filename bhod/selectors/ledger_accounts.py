"""The ledger as INAMI's agents read it: the account of each doctor, and what the checks of the whole found."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from bhod.enums import LedgerFault, RunState, SettlementOutcome
from bhod.models import Guard, LedgerCheck, PaymentLine, Settlement
from bhod.selectors.doctor_lists import named
from bhod.selectors.payments import NOTHING, settlements_by_provider
from bhod_portal.core.models import World
from prosante_login.enums import Profession
from prosante_login.models import CareProvider


class EntryKind(StrEnum):
    """What happens on a doctor's account; at one instant in this order."""

    FEES = "FEES"
    TAKEN_BACK = "TAKEN_BACK"
    PAID = "PAID"
    RETURNED = "RETURNED"


@dataclass(frozen=True, slots=True)
class Balance:
    """What one doctor has earned, was paid and sent back by the bank, and what he is owed; in euros, below zero he owes it."""

    provider: CareProvider
    settlements: Sequence[Settlement]

    @property
    def earned(self) -> Decimal:
        return sum((each.earned for each in self.settlements), NOTHING)

    @property
    def paid(self) -> Decimal:
        """What was sent to the bank, whatever came of it."""
        return sum((each.paid for each in self.settlements), NOTHING)

    @property
    def returned(self) -> Decimal:
        return sum(
            (each.paid for each in self.settlements if each.outcome == SettlementOutcome.RETURNED), NOTHING
        )

    @property
    def owed(self) -> Decimal:
        return self.earned - self.paid + self.returned


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a doctor's account; `balance` is what he is owed after it, in euros."""

    at: datetime
    kind: EntryKind
    settlement: Settlement
    amount: Decimal
    balance: Decimal
    lines: int = 0


@dataclass(frozen=True, slots=True)
class FoundFault:
    """A fault as a check of the ledger kept it; amounts in euros, none where they say nothing."""

    label: str
    run: int | None
    provider: CareProvider | None
    guard: Guard | None
    stands: Decimal | None
    should: Decimal | None


def ledger_checks(world: World) -> QuerySet[LedgerCheck]:
    """Every check of a world's ledger, the latest first."""
    return LedgerCheck.objects.filter(world=world).order_by("-checked_at", "-pk")


def faults_of(check: LedgerCheck) -> list[FoundFault]:
    """What a check found wrong; two queries."""
    doctors = _physicians(check.world).in_bulk(_keys(check, "provider"))
    guards = Guard.objects.filter(unit__enterprise__world=check.world).select_related("unit")
    known = guards.in_bulk(_keys(check, "guard"))
    return [_fault(each, doctors, known) for each in check.faults]


def providers_with_account(world: World, *, text: str = "") -> QuerySet[CareProvider]:
    """The doctors of a world whom a payment has settled, by name; `text` is a part of a name or of an INAMI number."""
    settled = Settlement.objects.filter(provider=OuterRef("pk"), run__state=RunState.CLOSED)
    found = _physicians(world).filter(Exists(settled), named(text))
    return found.order_by("person__sort_name", "pk")


def balances_of(providers: Collection[CareProvider]) -> list[Balance]:
    """Where these doctors stand; one query."""
    settlements = _settled([each.pk for each in providers])
    return [Balance(each, settlements.get(each.pk, [])) for each in providers]


def account_of(provider: CareProvider) -> list[Entry]:
    """All that happened on a doctor's account, the oldest first; two queries."""
    settlements = _settled([provider.pk]).get(provider.pk, [])
    sums = (
        PaymentLine.objects.filter(
            run__in=[each.run_id for each in settlements], guard_check__provider=provider
        )
        .values("run", "is_reversal")
        .annotate(total=Sum("amount"), lines=Count("pk"))
    )
    fees = {(each["run"], each["is_reversal"]): (each["total"], each["lines"]) for each in sums}
    moves = sorted(_moves(settlements, fees), key=lambda move: move[0])
    balance, entries = NOTHING, []
    for at, kind, settlement, amount, lines in moves:
        balance += amount
        entries.append(Entry(at, kind, settlement, amount, balance, lines))
    return entries


def _moves(
    settlements: Sequence[Settlement], fees: Mapping[tuple[int, bool], tuple[Decimal, int]]
) -> Iterator[tuple[datetime, EntryKind, Settlement, Decimal, int]]:
    for each in settlements:
        closed_at = each.run.closed_at
        if closed_at is None:
            raise RuntimeError("Only what was closed is settled.")
        for is_reversal, kind in ((False, EntryKind.FEES), (True, EntryKind.TAKEN_BACK)):
            if (each.run_id, is_reversal) in fees:
                amount, lines = fees[each.run_id, is_reversal]
                yield closed_at, kind, each, amount, lines
        if each.paid:
            yield closed_at, EntryKind.PAID, each, -each.paid, 0
        if each.outcome == SettlementOutcome.RETURNED and each.answered_at:
            yield each.answered_at, EntryKind.RETURNED, each, each.paid, 0


def _settled(provider_ids: Sequence[int]) -> dict[int, list[Settlement]]:
    every = settlements_by_provider(provider_ids)
    return {
        key: [each for each in of_provider if each.run.state == RunState.CLOSED]
        for key, of_provider in every.items()
    }


def _physicians(world: World) -> QuerySet[CareProvider]:
    return CareProvider.objects.filter(person__world=world, profession=Profession.PHYSICIAN).select_related(
        "person"
    )


def _keys(check: LedgerCheck, name: str) -> set[int]:
    return {each[name] for each in check.faults if each[name] is not None}


def _fault(
    kept: Mapping[str, Any], doctors: Mapping[int, CareProvider], guards: Mapping[int, Guard]
) -> FoundFault:
    stands, should = (Decimal(kept[name]) if kept[name] else None for name in ("stands", "should"))
    return FoundFault(
        str(LedgerFault(kept["code"]).label),
        kept["run"],
        doctors.get(kept["provider"]),
        guards.get(kept["guard"]),
        stands,
        should,
    )
