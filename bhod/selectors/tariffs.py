"""The tariffs of a world (domain.md 1.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bhod.eligibility import Eligible, amount
from bhod.models import Tariff
from bhod_portal.core.models import World
from bhod_portal.core.periods import Period


@dataclass(frozen=True, slots=True)
class Pay:
    """What eligible minutes come to; without a tariff for the day there is no amount, which is not zero."""

    tariff: Tariff | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class TariffBook:
    """The tariffs of a world, read once to be asked for many days."""

    tariffs: Sequence[Tariff]

    def on(self, day: date) -> Tariff | None:
        """The tariff in force on a day; none where the world knows none."""
        return next((each for each in self.tariffs if _period(each).covers(day)), None)

    def over(self, period: Period) -> list[Tariff]:
        """The tariffs that hold on any day of the period."""
        return [each for each in self.tariffs if _period(each).overlaps(period)]

    def pay(self, eligible: Eligible, *, day: date) -> Pay:
        """The pay of a guard that begins on that day: the day's tariff holds for the whole of it.

        That the first day decides, and not each hour's own day, is our guess: no source says.
        """
        tariff = self.on(day)
        return Pay(tariff, amount(eligible.minutes, tariff.amount) if tariff else None)


def tariff_book(world: World) -> TariffBook:
    """Every tariff of a world, the latest first."""
    return TariffBook(list(Tariff.objects.filter(world=world).order_by("-valid_from", "-pk")))


def _period(tariff: Tariff) -> Period:
    return Period(tariff.valid_from, tariff.valid_until)
