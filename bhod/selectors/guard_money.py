"""What single guards are worth to a circle, and where each of their euros stands."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from bhod.eligibility import Eligible, amount, eligible
from bhod.enums import CheckOutcome, GuardCategory, GuardState, PayState
from bhod.models import Guard, GuardCheck
from bhod.rules.checks import last_day_to_communicate
from bhod.selectors.payments import NOTHING, GuardPay, eligible_of, pay_of_guards
from bhod.selectors.tariffs import TariffBook
from bhod_portal.core import clock
from prosante_login.models import CareProvider


@dataclass(frozen=True, slots=True)
class Money:
    """Euros by where they stand; all together are what the guards come to as things are. Below zero: to be taken back.

    `expected`: INAMI has not found anything of it yet; `validated`: it has, and no payment knows it yet; `in_payment`: in
    one that is open or on its way, or waiting for an account; `returned`: sent back by the bank; `paid`: had by the doctor.
    """

    expected: Decimal = NOTHING
    validated: Decimal = NOTHING
    in_payment: Decimal = NOTHING
    returned: Decimal = NOTHING
    paid: Decimal = NOTHING

    def __add__(self, other: "Money") -> "Money":
        return Money(
            self.expected + other.expected,
            self.validated + other.validated,
            self.in_payment + other.in_payment,
            self.returned + other.returned,
            self.paid + other.paid,
        )

    @property
    def total(self) -> Decimal:
        return self.expected + self.validated + self.in_payment + self.returned + self.paid


@dataclass(frozen=True, slots=True)
class CategoryPart:
    """The share of a category in what a guard comes to."""

    category: GuardCategory
    minutes: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Calculation:
    """Minutes that count × tariff of an hour = amount, half a cent rounded up; without a tariff there is none."""

    eligible: Eligible
    hourly: Decimal | None
    amount: Decimal | None

    @property
    def parts(self) -> list[CategoryPart]:
        """The same by category, to the cent: what one is rounded by, the next makes up for. Empty without a tariff."""
        if self.hourly is None:
            return []
        found, so_far, before = [], 0, NOTHING
        for category, minutes in self.eligible.by_category.items():
            so_far += minutes
            until_here = amount(so_far, self.hourly)
            found.append(CategoryPart(category, minutes, until_here - before))
            before = until_here
        return found

    @classmethod
    def of(cls, check: GuardCheck) -> "Calculation":
        """That of INAMI."""
        return cls(eligible_of(check), check.hourly, check.amount)


@dataclass(frozen=True, slots=True)
class GuardMoney:
    """A guard with its money. `counted` are its hours as it stands; `calculation` what it comes to, by INAMI where it has
    found that, else as the tariff of its day lets expect; none when it comes to nothing: cancelled, refused, or too late.
    `shares` are the euros of each of its doctors, by primary key: one who had it before may have to give some back.
    """

    guard: Guard
    pay: GuardPay
    counted: Eligible
    calculation: Calculation | None
    shares: Mapping[int, Money]

    @property
    def worth(self) -> Decimal | None:
        """What it comes to; None while no tariff is known for its day."""
        return self.calculation.amount if self.calculation else NOTHING

    @property
    def money(self) -> Money:
        return sum(self.shares.values(), Money())

    @property
    def is_refused(self) -> bool:
        return self.pay.check is not None and self.pay.check.outcome == CheckOutcome.REFUSED


def money_of_guards(
    guards: Collection[Guard], *, tariffs: TariffBook, at: datetime, reader: CareProvider | None = None
) -> list[GuardMoney]:
    """The money of each guard that is or was worth any, in their order; three queries.

    Drafts, and cancelled guards that no payment knew, have none. A doctor who reads finds his own share only.
    """
    pays = pay_of_guards(guards, at=at, reader=reader)
    return [_money_of(guard, pays[guard.pk], tariffs, at) for guard in guards if guard.pk in pays]


def _money_of(guard: Guard, pay: GuardPay, tariffs: TariffBook, at: datetime) -> GuardMoney:
    counted = Eligible()
    if guard.state != GuardState.CANCELLED:
        counted = eligible(guard.starts_at, guard.ends_at)
    calculation = _calculation(guard, pay, counted, tariffs, at)
    return GuardMoney(guard, pay, counted, calculation, _shares(guard, pay, calculation))


def _calculation(
    guard: Guard, pay: GuardPay, counted: Eligible, tariffs: TariffBook, at: datetime
) -> Calculation | None:
    check = pay.check
    if guard.state == GuardState.CANCELLED:
        return None
    if check is not None and check.outcome == CheckOutcome.VALIDATED:
        return Calculation.of(check)
    is_late = clock.day_of(at) > last_day_to_communicate(guard.ends_at)
    if check is not None and check.outcome == CheckOutcome.REFUSED:
        # What was paid before it changed is left alone as long as it may still be mended.
        return None if is_late else next(_paid(pay), None)
    if guard.state == GuardState.REGISTERED and is_late:
        return None
    expected = tariffs.pay(counted, day=clock.day_of(guard.starts_at))
    return Calculation(counted, expected.tariff.amount if expected.tariff else None, expected.amount)


def _paid(pay: GuardPay) -> Iterator[Calculation]:
    """What stands in the ledger and was not taken back."""
    taken_back = {each.line.guard_check_id for each in pay.lines if each.line.is_reversal}
    for each in pay.lines:
        if each.line.guard_check_id not in taken_back:
            yield Calculation.of(each.line.guard_check)


def _shares(guard: Guard, pay: GuardPay, calculation: Calculation | None) -> dict[int, Money]:
    shares: dict[int, Money] = defaultdict(Money)
    shares[guard.provider_id] = Money()
    for each in pay.lines:
        shares[each.line.guard_check.provider_id] += _standing(each.state, each.line.amount)
    if calculation is not None and calculation.amount is None:
        # Nobody knows yet what is still to come.
        return dict(shares)
    is_found = pay.check is not None and pay.check.outcome == CheckOutcome.VALIDATED
    for provider_id, known in shares.items():
        worth = calculation.amount if calculation and provider_id == guard.provider_id else NOTHING
        missing = (worth or NOTHING) - known.total
        shares[provider_id] = (
            replace(known, validated=missing) if is_found else replace(known, expected=missing)
        )
    return dict(shares)


def _standing(state: PayState, euros: Decimal) -> Money:
    if state == PayState.PAID:
        return Money(paid=euros)
    return Money(returned=euros) if state == PayState.RETURNED else Money(in_payment=euros)
