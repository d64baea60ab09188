"""What the guards of a circle come to, doctor by doctor."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bhod.eligibility import Eligible, amount
from bhod.models import Guard, Tariff
from bhod.selectors.guards import GuardLine, beginning_in, guard_line, guards_of
from bhod.selectors.tariffs import TariffBook
from bhod_portal.core.periods import Period
from prosante_login.models import CareProvider

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Calculation:
    """Hours × tariff = amount, as one line says it."""

    minutes: int
    hourly: Decimal
    amount: Decimal

    @property
    def rounds_by_guard(self) -> bool:
        """Whether the cents differ from those of the product, because each guard was rounded on its own."""
        return self.amount != amount(self.minutes, self.hourly)


@dataclass(slots=True)
class Sum:
    """What several guards come to; a guard on a day without tariff counts its hours, but no amount."""

    guards: int = 0
    eligible: Eligible = field(default_factory=Eligible)
    amount: Decimal = NOTHING
    without_tariff: int = 0
    minutes_at: dict[Tariff, int] = field(default_factory=lambda: defaultdict(int))
    amount_at: dict[Tariff, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, line: GuardLine) -> None:
        self.guards += 1
        self.eligible += line.eligible
        if line.pay is None or line.pay.tariff is None or line.pay.amount is None:
            self.without_tariff += 1
            return
        self.amount += line.pay.amount
        self.minutes_at[line.pay.tariff] += line.eligible.minutes
        self.amount_at[line.pay.tariff] += line.pay.amount

    @property
    def is_priceless(self) -> bool:
        """Whether no guard has an amount: then there is none to show, which is not zero."""
        return self.without_tariff == self.guards

    @property
    def calculations(self) -> list[Calculation]:
        """One per tariff, the oldest first; a tariff that paid nothing is left out."""
        tariffs = sorted(self.minutes_at, key=lambda tariff: tariff.valid_from)
        return [
            Calculation(self.minutes_at[tariff], tariff.amount, self.amount_at[tariff])
            for tariff in tariffs
            if self.minutes_at[tariff]
        ]


@dataclass(frozen=True, slots=True)
class DoctorSum:
    provider: CareProvider
    sum: Sum


@dataclass(frozen=True, slots=True)
class FinanceOverview:
    """A period of a circle: a sum per doctor by name, the sum of all, and one guard that shows the calculation."""

    doctors: Sequence[DoctorSum]
    total: Sum
    example: GuardLine | None


def finance_overview(*, enterprise_id: int, period: Period, tariffs: TariffBook) -> FinanceOverview:
    """Hours and amounts of the standing guards that begin in a period, each at the tariff of its first day."""
    standing: list[Guard] = list(beginning_in(guards_of(enterprise_id), period).standing())
    lines = [guard_line(guard, tariffs) for guard in standing]
    total = Sum()
    sums: dict[CareProvider, Sum] = defaultdict(Sum)
    for line in lines:
        total.add(line)
        sums[line.guard.provider].add(line)
    doctors = [DoctorSum(provider, sums[provider]) for provider in sums]
    doctors.sort(key=lambda each: (each.provider.person.sort_name, each.provider.pk))
    example = next((line for line in lines if line.pay and line.pay.amount), None)
    return FinanceOverview(doctors, total, example)
