"""What a doctor is paid for his guards: each payment, each year, and where the amounts of each month stand; euros."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max, Min, Q, QuerySet, Sum

from bhod.enums import SettlementOutcome
from bhod.models import PaymentLine, Settlement
from bhod.selectors.guard_money import Money, money_of_guards
from bhod.selectors.guards import beginning_in, guards_of_provider
from bhod.selectors.payments import NOTHING, OUTCOME_TONES
from bhod.selectors.tariffs import TariffBook
from bhod_portal.core import clock
from bhod_portal.core.periods import Period
from prosante_login.models import CareProvider

# Enough to know an account by, too little to use it.
_ENDING = 4


@dataclass(frozen=True, slots=True)
class OwnPayment:
    """A payment as it comes to one doctor: `fees` of guards, and `taken_back` of guards that have changed, below zero."""

    settlement: Settlement
    fees: Decimal
    taken_back: Decimal

    @property
    def ending(self) -> str:
        """The last figures of the account on which it was paid; empty when it was not."""
        return self.settlement.account.iban[-_ENDING:] if self.settlement.account else ""

    @property
    def tone(self) -> str:
        """The tone of the badge of its result."""
        return OUTCOME_TONES[SettlementOutcome(self.settlement.outcome)]


@dataclass(slots=True)
class PaymentYear:
    """The payments closed in a year, by the day in Brussels: what he earned, what has reached him, what is at the bank."""

    year: int
    earned: Decimal = NOTHING
    paid: Decimal = NOTHING
    sent: Decimal = NOTHING
    returned: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class PayMonth:
    """The guards of a doctor that begin in a month, and where their euros stand, as his circle reads it."""

    first_day: date
    guards: int = 0
    money: Money = field(default_factory=Money)

    @property
    def in_payment(self) -> Decimal:
        """In a payment or on its way, what the bank has sent back too."""
        return self.money.in_payment + self.money.returned

    def __add__(self, other: "PayMonth") -> "PayMonth":
        return PayMonth(self.first_day, self.guards + other.guards, self.money + other.money)


def own_settlements(provider: CareProvider) -> QuerySet[Settlement]:
    """What each payment comes to for a doctor, the latest first."""
    rows = Settlement.objects.filter(provider=provider).select_related("run", "account", "beneficiary")
    return rows.order_by("-run__number")


def own_payments(settlements: Iterable[Settlement]) -> list[OwnPayment]:
    """Settlements of one doctor with the sums of their lines; one query, whatever their number."""
    settlements = list(settlements)
    sums = (
        PaymentLine.objects.filter(
            run__in=[each.run_id for each in settlements],
            guard_check__provider__in={each.provider_id for each in settlements},
        )
        .values("run")
        .annotate(
            fees=Sum("amount", filter=Q(is_reversal=False)),
            taken_back=Sum("amount", filter=Q(is_reversal=True)),
        )
    )
    of_run = {each["run"]: each for each in sums.order_by()}
    nothing: dict[str, Decimal | None] = {}
    return [
        OwnPayment(
            each,
            of_run.get(each.run_id, nothing).get("fees") or NOTHING,
            of_run.get(each.run_id, nothing).get("taken_back") or NOTHING,
        )
        for each in settlements
    ]


def own_lines(settlement: Settlement) -> QuerySet[PaymentLine]:
    """The lines that a settlement settles first, in order of their guards."""
    lines = PaymentLine.objects.filter(run=settlement.run, guard_check__provider=settlement.provider_id)
    return lines.select_related("guard_check__guard__unit", "guard_check__enterprise").order_by(
        "guard_check__starts_at", "guard_check__guard", "-is_reversal", "pk"
    )


def balance(settlements: Iterable[Settlement]) -> Decimal:
    """What is owed to the doctor of all these settlements; below zero, he was paid too much."""
    came_back = SettlementOutcome.RETURNED
    return sum(
        (each.earned - (NOTHING if each.outcome == came_back else each.paid) for each in settlements), NOTHING
    )


def payment_years(settlements: Iterable[Settlement]) -> list[PaymentYear]:
    """The same by year, the latest first."""
    years: dict[int, PaymentYear] = {}
    for each in settlements:
        if each.run.closed_at is None:
            continue
        number = clock.day_of(each.run.closed_at).year
        year = years.setdefault(number, PaymentYear(number))
        year.earned += each.earned
        match each.outcome:
            case SettlementOutcome.PAID:
                year.paid += each.paid
            case SettlementOutcome.SENT:
                year.sent += each.paid
            case SettlementOutcome.RETURNED:
                year.returned += each.paid
    return [years[number] for number in sorted(years, reverse=True)]


def guard_years(provider: CareProvider, *, on: date) -> list[int]:
    """The years in which this doctor has guards, and the current one; the latest first."""
    known = guards_of_provider(provider).published().order_by()
    ends = known.aggregate(first=Min("starts_at"), last=Max("starts_at"))
    days = {on} | {clock.day_of(each) for each in ends.values() if each}
    return list(range(max(days).year, min(days).year - 1, -1))


def pay_months(provider: CareProvider, year: int, *, tariffs: TariffBook, at: datetime) -> Sequence[PayMonth]:
    """The months of a year in which this doctor has guards that are worth money, in order; four queries."""
    period = Period(date(year, 1, 1), date(year, 12, 31))
    guards = list(beginning_in(guards_of_provider(provider).published(), period))
    months: dict[date, PayMonth] = {}
    for each in money_of_guards(guards, tariffs=tariffs, at=at, reader=provider):
        first_day = clock.day_of(each.guard.starts_at).replace(day=1)
        known = months.get(first_day, PayMonth(first_day))
        months[first_day] = known + PayMonth(first_day, 1, each.shares[provider.pk])
    return [months[first_day] for first_day in sorted(months)]
