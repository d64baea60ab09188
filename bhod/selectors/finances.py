"""What the guards of a circle come to over a period, and where that stands: by doctor, state, category and month."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Max, Min

from bhod.eligibility import Eligible, amount
from bhod.enums import CheckOutcome, GuardCategory, GuardState, PayState
from bhod.models import Guard, GuardCheck, GuardQuestion
from bhod.selectors.bank import doctors_with_account
from bhod.selectors.guard_money import Calculation, GuardMoney, Money, money_of_guards
from bhod.selectors.guards import beginning_in, guards_of, midnight
from bhod.selectors.payments import NOTHING, WaitingGuards, waiting_guards
from bhod.selectors.tariffs import TariffBook
from bhod_portal.core import clock
from bhod_portal.core.models import World
from bhod_portal.core.periods import Period
from prosante_login.models import CareProvider

# A guard may be communicated for a year: what is older can't be mended any more.
_MENDED_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Product:
    """Minutes × tariff of an hour = amount, as one line says it."""

    minutes: int
    hourly: Decimal
    amount: Decimal

    @property
    def rounds_by_guard(self) -> bool:
        """Whether the cents differ from those of the product, because each guard was rounded on its own."""
        return self.amount != amount(self.minutes, self.hourly)


@dataclass(slots=True)
class Sum:
    """What several guards come to; one on a day without tariff counts its hours, but no amount."""

    guards: int = 0
    eligible: Eligible = field(default_factory=Eligible)
    money: Money = field(default_factory=Money)
    without_tariff: int = 0
    minutes_at: dict[Decimal, int] = field(default_factory=lambda: defaultdict(int))
    amount_at: dict[Decimal, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def count(self, calculation: Calculation) -> None:
        """Take in a guard that comes to something; its euros are taken in by `money`."""
        self.guards += 1
        self.eligible += calculation.eligible
        if calculation.hourly is None or calculation.amount is None:
            self.without_tariff += 1
            return
        self.minutes_at[calculation.hourly] += calculation.eligible.minutes
        self.amount_at[calculation.hourly] += calculation.amount

    @property
    def is_priceless(self) -> bool:
        """Whether no guard has an amount: then there is none to show, which is not zero."""
        return self.without_tariff == self.guards and self.money == Money()

    @property
    def products(self) -> list[Product]:
        """One per tariff, the lowest first; a tariff that paid nothing is left out."""
        return [
            Product(self.minutes_at[hourly], hourly, self.amount_at[hourly])
            for hourly in sorted(self.minutes_at)
            if self.minutes_at[hourly]
        ]


@dataclass(frozen=True, slots=True)
class DoctorSum:
    """`has_account`: whether one of his accounts would be paid on that day; which one is nobody's business here."""

    provider: CareProvider
    sum: Sum
    has_account: bool


@dataclass(slots=True)
class StateSum:
    """Guards whose money stands alike: their hours as they stand, and what they come to; no amount when none is known."""

    state: PayState
    guards: int = 0
    minutes: int = 0
    amount: Decimal | None = None

    def add(self, each: GuardMoney) -> None:
        self.guards += 1
        self.minutes += each.counted.minutes
        if each.calculation and each.worth is not None:
            self.amount = (self.amount or NOTHING) + each.worth


@dataclass(slots=True)
class CategorySum:
    category: GuardCategory
    minutes: int = 0
    amount: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class MonthSum:
    """The guards that begin in a month, named by its first day."""

    month: date
    sum: Sum


@dataclass(frozen=True, slots=True)
class FinanceOverview:
    """A period of a circle: sums by doctor (by name), state, category and month, that of all, and one guard as an example.

    Guards that come to nothing are counted in `states` only; `left_out` is how many of them still stand.
    """

    doctors: Sequence[DoctorSum]
    states: Sequence[StateSum]
    categories: Sequence[CategorySum]
    months: Sequence[MonthSum]
    total: Sum
    left_out: int
    example: GuardMoney | None

    @property
    def without_account(self) -> list[CareProvider]:
        return [each.provider for each in self.doctors if not each.has_account]


@dataclass(frozen=True, slots=True)
class ToDo:
    """What a circle itself can do for its doctors to be paid: guards of the past year, questions of any time."""

    refused: WaitingGuards
    to_confirm: WaitingGuards
    questions: int

    @property
    def is_empty(self) -> bool:
        return not (self.refused.guards or self.to_confirm.guards or self.questions)


def money_of_period(
    *, enterprise_id: int, period: Period, tariffs: TariffBook, at: datetime
) -> list[GuardMoney]:
    """The money of each guard of a circle that begins in a period, in order of time; four queries."""
    guards = list(beginning_in(guards_of(enterprise_id), period).published())
    return money_of_guards(guards, tariffs=tariffs, at=at)


def finance_overview(
    *, enterprise_id: int, world: World, period: Period, tariffs: TariffBook, at: datetime
) -> FinanceOverview:
    """Hours and amounts of the guards that begin in a period, each at the tariff of its first day; seven queries."""
    found = money_of_period(enterprise_id=enterprise_id, period=period, tariffs=tariffs, at=at)
    total = Sum()
    doctors: dict[int, Sum] = defaultdict(Sum)
    states = {state: StateSum(state) for state in PayState}
    categories = {category: CategorySum(category) for category in GuardCategory}
    months: dict[date, Sum] = defaultdict(Sum)
    for each in found:
        states[each.pay.state].add(each)
        month = months[clock.day_of(each.guard.starts_at).replace(day=1)]
        if each.calculation is not None:
            for sums in (total, month, doctors[each.guard.provider_id]):
                sums.count(each.calculation)
            _count_categories(each.calculation, categories)
        for provider_id, money in each.shares.items():
            if money != Money():
                doctors[provider_id].money += money
        month.money += each.money
        total.money += each.money
    return FinanceOverview(
        doctors=_doctors(found, doctors, world=world, at=at),
        states=[each for each in states.values() if each.guards],
        categories=[each for each in categories.values() if each.minutes],
        months=[MonthSum(month, months[month]) for month in sorted(months)],
        total=total,
        left_out=sum(each.calculation is None and each.guard.state != GuardState.CANCELLED for each in found),
        example=next((each for each in found if each.calculation and each.worth), None),
    )


def to_do(enterprise_id: int, *, at: datetime) -> ToDo:
    """What a circle has to do for its guards to be paid; three queries."""
    since = clock.day_of(at) - _MENDED_FOR
    refused = GuardCheck.objects.standing().filter(
        enterprise=enterprise_id,
        outcome=CheckOutcome.REFUSED,
        guard__state=GuardState.CONFIRMED,
        first_day__gte=since,
    )
    over = Guard.objects.filter(
        unit__enterprise=enterprise_id,
        state=GuardState.REGISTERED,
        ends_at__lte=at,
        starts_at__gte=midnight(since),
    )
    hours = over.aggregate(guards=Count("pk"), first=Min("starts_at"), last=Max("starts_at"))
    first, last = (clock.day_of(hours[end]) if hours[end] else None for end in ("first", "last"))
    return ToDo(
        refused=waiting_guards(refused),
        to_confirm=WaitingGuards(hours["guards"], first, last),
        questions=GuardQuestion.objects.filter(
            guard__unit__enterprise=enterprise_id, answered_at=None
        ).count(),
    )


def _count_categories(calculation: Calculation, sums: dict[GuardCategory, CategorySum]) -> None:
    for category, minutes in calculation.eligible.by_category.items():
        sums[category].minutes += minutes
    for part in calculation.parts:
        sums[part.category].amount += part.amount


def _doctors(
    found: Sequence[GuardMoney], sums: dict[int, Sum], *, world: World, at: datetime
) -> list[DoctorSum]:
    providers = {each.guard.provider_id: each.guard.provider for each in found}
    # Those who had a guard when it was paid, and have none now.
    before = CareProvider.objects.filter(pk__in=sums.keys() - providers.keys()).select_related("person")
    providers |= {each.pk: each for each in before}
    served = doctors_with_account(world, sums.keys(), on=clock.day_of(at))
    doctors = [DoctorSum(providers[pk], each, pk in served) for pk, each in sums.items()]
    return sorted(doctors, key=lambda each: (each.provider.person.sort_name, each.provider.pk))
