"""What a change of the tariffs of a world would do to its guards, before it is done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q

from bhod.eligibility import ONE_DAY
from bhod.enums import CheckOutcome, RunState
from bhod.models import GuardCheck, PaymentLine, PaymentRun, Tariff
from bhod_portal.core.models import World
from bhod_portal.core.periods import Period


@dataclass(frozen=True, slots=True)
class TariffValues:
    """What a tariff is: the days on which it holds, euros an hour, who says so, and whether nobody really does."""

    valid_from: date
    valid_until: date | None
    amount: Decimal
    source: str
    is_simulated: bool

    @classmethod
    def of(cls, tariff: Tariff) -> "TariffValues":
        return cls(tariff.valid_from, tariff.valid_until, tariff.amount, tariff.source, tariff.is_simulated)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "TariffValues":
        """What `kept` has kept."""
        until = kept["valid_until"]
        return cls(
            date.fromisoformat(kept["valid_from"]),
            date.fromisoformat(until) if until else None,
            Decimal(kept["amount"]),
            kept["source"],
            kept["is_simulated"],
        )

    @property
    def period(self) -> Period:
        return Period(self.valid_from, self.valid_until)

    @property
    def kept(self) -> dict[str, Any]:
        """As the trail keeps it."""
        return asdict(self) | {
            "valid_from": self.valid_from.isoformat(),
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
            "amount": str(self.amount),
        }


@dataclass(frozen=True, slots=True)
class PriceChange:
    """Days on which an hour comes to something else than before; None: no tariff is known."""

    period: Period
    before: Decimal | None
    after: Decimal | None

    @property
    def days(self) -> Q:
        """The checks of guards that begin on them."""
        until = Q(first_day__lte=self.period.end) if self.period.end else Q()
        return Q(first_day__gte=self.period.start) & until


@dataclass(frozen=True, slots=True)
class TariffEffect:
    """What changes of prices touch: guards validated and in no payment yet, guards that wait for a tariff.

    `paid_until` is the last of the days whose guards are in a payment, None when there is none; `open_run` the payment that
    isn't closed and has such days.
    """

    changes: Sequence[PriceChange]
    validated: int
    waiting: int
    paid_until: date | None
    open_run: PaymentRun | None


def price_changes(before: Sequence[TariffValues], after: Sequence[TariffValues]) -> list[PriceChange]:
    """The days on which two tables of tariffs differ, in order; neighbouring days that change alike are one period."""
    starts = sorted({day for table in (before, after) for each in table for day in _edges(each)})
    found: list[PriceChange] = []
    for index, start in enumerate(starts):
        end = starts[index + 1] - ONE_DAY if index + 1 < len(starts) else None
        was, becomes = _price(before, start), _price(after, start)
        last = found[-1] if found else None
        if was == becomes:
            continue
        if last and last.period.end == start - ONE_DAY and (last.before, last.after) == (was, becomes):
            found[-1] = PriceChange(Period(last.period.start, end), was, becomes)
        else:
            found.append(PriceChange(Period(start, end), was, becomes))
    return found


def effect_of(world: World, changes: Sequence[PriceChange]) -> TariffEffect:
    """What these changes touch; two queries, three when an open payment is in the way."""
    if not changes:
        return TariffEffect((), 0, 0, None, None)
    checks = GuardCheck.objects.filter(days_of(changes), enterprise__world=world)
    in_payment = Exists(PaymentLine.objects.filter(guard_check=OuterRef("pk")))
    counted = (
        checks.standing()
        .filter(~in_payment)
        .aggregate(
            validated=Count("pk", filter=Q(outcome=CheckOutcome.VALIDATED)),
            waiting=Count("pk", filter=Q(outcome=CheckOutcome.WAITING)),
        )
    )
    paid_until = checks.filter(in_payment).aggregate(last=Max("first_day"))["last"]
    open_run = None
    if paid_until:
        runs = PaymentRun.objects.filter(world=world).exclude(state=RunState.CLOSED)
        open_run = runs.filter(
            Exists(PaymentLine.objects.filter(run=OuterRef("pk"), guard_check__in=checks))
        ).first()
    return TariffEffect(changes, counted["validated"], counted["waiting"], paid_until, open_run)


def days_of(changes: Iterable[PriceChange]) -> Q:
    """The checks of guards that begin on one of the days whose price changes; of none, none."""
    found = Q(pk__in=[])
    for each in changes:
        found |= each.days
    return found


def _edges(values: TariffValues) -> list[date]:
    return [values.valid_from, *([values.valid_until + ONE_DAY] if values.valid_until else [])]


def _price(table: Sequence[TariffValues], day: date) -> Decimal | None:
    return next((each.amount for each in table if each.period.covers(day)), None)
