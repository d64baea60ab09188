"""The tariffs of a world (domain.md 1.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from bhod.eligibility import Eligible, amount
from bhod.models import Tariff
from bhod_portal.core.models import World
from bhod_portal.core.periods import Period


@dataclass(frozen=True, slots=True)
class Pay:
    """What eligible minutes come to; without a tariff for the day there is no amount, which is not zero."""

    tariff: Tariff | None
    amount: Decimal | None


@dataclass(frozen=True)
class TariffBook:
    """The tariffs of a world, read once to be asked for many days."""

    tariffs: Sequence[Tariff]

    @cached_property
    def _periods(self) -> list[tuple[Period, Tariff]]:
        return [(Period(each.valid_from, each.valid_until), each) for each in self.tariffs]

    def on(self, day: date) -> Tariff | None:
        """The tariff in force on a day; none where the world knows none."""
        return next((tariff for period, tariff in self._periods if period.covers(day)), None)

    def over(self, period: Period) -> list[Tariff]:
        """The tariffs that hold on any day of the period."""
        return [tariff for held, tariff in self._periods if held.overlaps(period)]

    def pay(self, eligible: Eligible, *, day: date) -> Pay:
        """The pay of a guard that begins on that day: the day's tariff holds for the whole of it.

        That the first day decides, and not each hour's own day, is our guess: no source says.
        """
        tariff = self.on(day)
        return Pay(tariff, amount(eligible.minutes, tariff.amount) if tariff else None)


def tariff_book(world: World) -> TariffBook:
    """Every tariff of a world, the latest first."""
    return TariffBook(list(Tariff.objects.filter(world=world).order_by("-valid_from", "-pk")))
