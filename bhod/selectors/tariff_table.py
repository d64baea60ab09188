"""The tariffs of a world as its agents of INAMI see them: what holds when, what is missing, who changed what."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet

from bhod.eligibility import ONE_DAY
from bhod.enums import CheckOutcome
from bhod.models import GuardCheck, PaymentLine, Tariff
from bhod.selectors.payments import WaitingGuards, waiting_guards
from bhod.selectors.tariff_changes import TariffValues
from bhod_portal.core.models import AuditEntry, World
from bhod_portal.core.periods import Period

_ACTS = {f"bhod.tariff.{act}": act for act in ("added", "changed", "removed")}


@dataclass(frozen=True, slots=True)
class TariffRow:
    """Days with their tariff, or without one between two others or after the last.

    `paid_until` is the last of these days with guards in a payment; `is_used` tells that guards were checked with it.
    """

    period: Period
    tariff: Tariff | None
    paid_until: date | None = None
    is_used: bool = False


@dataclass(frozen=True, slots=True)
class TariffAct:
    """Who added (« added »), changed or removed a tariff, when; `before` is what it was before a change."""

    act: str
    at: datetime
    by: Any
    values: TariffValues
    before: TariffValues | None


def tariffs_of(world: World) -> QuerySet[Tariff]:
    """The tariffs of a world, of which an address names one."""
    return Tariff.objects.filter(world=world).select_related("world")


def tariff_table(world: World) -> list[TariffRow]:
    """Every tariff and every gap since the first, the latest first; two queries."""
    tariffs = list(tariffs_of(world).order_by("valid_from"))
    in_payment = Exists(PaymentLine.objects.filter(guard_check=OuterRef("pk")))
    checks = GuardCheck.objects.filter(tariff__in=tariffs).annotate(in_payment=in_payment)
    used: dict[int | None, date | None] = {}
    for tariff_id, is_paid, last in checks.values_list("tariff", "in_payment").annotate(
        last=Max("first_day")
    ):
        used[tariff_id] = last if is_paid else used.get(tariff_id)
    return list(_rows(tariffs, used))[::-1]


def guards_without_tariff(world: World) -> WaitingGuards:
    """The guards that wait because no tariff is known for their day; one query."""
    waiting = GuardCheck.objects.standing().filter(outcome=CheckOutcome.WAITING, enterprise__world=world)
    return waiting_guards(waiting)


def tariff_history(world: World) -> QuerySet[AuditEntry]:
    """What was done to the tariffs of a world, the latest first; the demo world's own have no line."""
    entries = AuditEntry.objects.filter(world=world, act__in=_ACTS).select_related("done_by")
    return entries.order_by("-done_at", "-pk")


def acts_of(entries: Sequence[AuditEntry]) -> list[TariffAct]:
    """Lines of the trail, as the page tells them."""
    return [
        TariffAct(
            _ACTS[entry.act],
            entry.done_at,
            entry.done_by,
            TariffValues.read(entry.details),
            _before(entry.details),
        )
        for entry in entries
    ]


def _before(details: Mapping[str, Any]) -> TariffValues | None:
    return TariffValues.read(details["before"]) if "before" in details else None


def _rows(tariffs: Sequence[Tariff], used: Mapping[int | None, date | None]) -> Iterator[TariffRow]:
    for index, tariff in enumerate(tariffs):
        period = Period(tariff.valid_from, tariff.valid_until)
        yield TariffRow(period, tariff, used.get(tariff.pk), tariff.pk in used)
        following = tariffs[index + 1] if index + 1 < len(tariffs) else None
        if period.end is None:
            continue
        if following is None:
            yield TariffRow(Period(period.end + ONE_DAY), None)
        elif following.valid_from > period.end + ONE_DAY:
            yield TariffRow(Period(period.end + ONE_DAY, following.valid_from - ONE_DAY), None)
