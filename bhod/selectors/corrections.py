"""What an act upon guards means for payments: those that one knows already are corrected by the next."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, Sum

from bhod.enums import RunState
from bhod.models import Guard, PaymentLine
from bhod.selectors.payments import NOTHING


@dataclass(frozen=True, slots=True)
class KnownToPayments:
    """How many guards stand in a closed payment and for how many euros, and how many in one that is still open."""

    closed: int
    amount: Decimal
    open: int


def known_to_payments(guards: Iterable[Guard | None]) -> KnownToPayments | None:
    """What payments know of some guards, and haven't taken back; one query, none for no guard. None when they know none."""
    pks = {each.pk for each in guards if each}
    if not pks:
        return None
    taken_back = PaymentLine.objects.filter(guard_check=OuterRef("guard_check"), is_reversal=True)
    lines = PaymentLine.objects.filter(~Exists(taken_back), guard_check__guard__in=pks)
    is_closed = Q(run__state=RunState.CLOSED)
    found = lines.aggregate(
        closed=Count("guard_check__guard", filter=is_closed, distinct=True),
        amount=Sum("amount", filter=is_closed, default=NOTHING),
        open=Count("guard_check__guard", filter=~is_closed, distinct=True),
    )
    return KnownToPayments(**found) if found["closed"] or found["open"] else None
