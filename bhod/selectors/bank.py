"""What a run pays and what the bank answered, as the agents of INAMI see it; and the doctors whose money waits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from bhod.enums import ReturnReason, SettlementOutcome
from bhod.models import PaymentRun, Settlement
from bhod.selectors.doctor_lists import named
from bhod.selectors.payments import NOTHING
from bhod_portal.core.models import World
from prosante_login.enums import FeeType
from prosante_login.selectors.finances import accounts_serving


@dataclass(frozen=True, slots=True)
class Payments:
    """How many payments, of which sum in euros."""

    count: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class BankFigures:
    """Of the payments of a run: those that wait for the bank's answer, those that are paid, those that came back."""

    sent: Payments
    paid: Payments
    returned: Payments

    @property
    def all(self) -> Payments:
        each = (self.sent, self.paid, self.returned)
        return Payments(sum(one.count for one in each), sum((one.total for one in each), NOTHING))


@dataclass(frozen=True, slots=True)
class WaitingDoctor:
    """A doctor to whom money is owed that could not be paid: how much (euros), since which run, and why.

    `settlement` is his last one; `reason` why the bank sent it back, none when he had no account then. `has_account`: one
    that can be used is known by now, so that the next run pays.
    """

    settlement: Settlement
    owed: Decimal
    reason: ReturnReason | None
    has_account: bool


def payments_of(run: PaymentRun, *, name: str = "") -> QuerySet[Settlement]:
    """What a run pays to whom, by name; `name` is a part of a name or an INAMI number."""
    paid = Settlement.objects.filter(named(name, "provider__"), run=run, paid__gt=0)
    paid = paid.select_related("provider__person", "account")
    return paid.order_by("provider__person__sort_name", "pk")


def bank_figures(run: PaymentRun) -> BankFigures:
    """Where the payments of a run stand; one query."""
    rows = Settlement.objects.filter(run=run, paid__gt=0).values("outcome").order_by("outcome")
    found = {
        row["outcome"]: Payments(row["n"], row["total"])
        for row in rows.annotate(n=Count("pk"), total=Sum("paid"))
    }
    none = Payments(0, NOTHING)
    return BankFigures(
        found.get(SettlementOutcome.SENT, none),
        found.get(SettlementOutcome.PAID, none),
        found.get(SettlementOutcome.RETURNED, none),
    )


def waiting_doctors(world: World, *, on: date) -> list[WaitingDoctor]:
    """The doctors of a world to whom money is owed after their last settlement, by name; five queries."""
    came_back = _came_back(world)
    last = (
        Settlement.objects.filter(run__world=world).order_by("provider", "-run__number").distinct("provider")
    )
    rows = Settlement.objects.filter(Q(closing__gt=0) | Q(provider__in=came_back), pk__in=last.values("pk"))
    owed = [
        (each, each.closing + came_back.get(each.provider_id, NOTHING))
        for each in rows.select_related("run", "provider__person").order_by(
            "provider__person__sort_name", "pk"
        )
    ]
    reasons = _last_reasons(came_back)
    serving = doctors_with_account(world, [each.provider_id for each, _sum in owed], on=on)
    return [
        WaitingDoctor(each, total, reasons.get(each.provider_id), each.provider_id in serving)
        for each, total in owed
        if total > 0
    ]


def doctors_with_account(world: World, provider_ids: Collection[int], *, on: date) -> set[int]:
    """Those of these doctors who have an account of that day on which the next run can pay; two queries."""
    closed = Settlement.objects.filter(return_reason__in=ReturnReason.lasting(), provider__in=provider_ids)
    gone = set(closed.values_list("account", flat=True))
    serving = accounts_serving(world, FeeType.AVAILABILITY, on=on).filter(provider__in=provider_ids)
    return {row["provider_id"] for row in serving if row["id"] not in gone}


def _came_back(world: World) -> dict[int, Decimal]:
    """By doctor, what the bank sent back and no run has taken up again."""
    returned = Coalesce(Sum("paid", filter=Q(outcome=SettlementOutcome.RETURNED)), NOTHING)
    rows = Settlement.objects.filter(run__world=world).values("provider").order_by("provider")
    left = rows.annotate(left=returned - Sum("returned")).filter(left__gt=0)
    return dict(left.values_list("provider", "left"))


def _last_reasons(provider_ids: Collection[int]) -> dict[int, ReturnReason]:
    rows = Settlement.objects.filter(provider__in=provider_ids, outcome=SettlementOutcome.RETURNED)
    reasons = rows.order_by("answered_at", "run__number").values_list("provider", "return_reason")
    return {provider: ReturnReason(reason) for provider, reason in reasons}
