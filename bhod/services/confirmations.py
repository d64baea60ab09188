"""Bulk acts that change nothing but the state of guards: confirming, registering drafts, cancelling.

Design.md 4, BHOD 1 and 4: a guard is confirmed after its end only. Each gives a proposal (`services.proposals`).
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext_noop

from bhod.enums import BatchKind, GuardAct, GuardState
from bhod.models import Guard, GuardQuerySet, GuardUnit
from bhod.selectors.guards import beginning_in, guards_of
from bhod.selectors.plans import Entry, Plan
from bhod.services.proposals import Proposal
from bhod_portal.core.kept_texts import keep
from bhod_portal.core.periods import Period


def confirmation_of(
    *, enterprise_id: int, period: Period, at: datetime, unit: GuardUnit | None = None
) -> Proposal:
    """Confirm the guards that begin in a period and are over; what is still a draft is refused by the rules."""
    guards = _of_period(enterprise_id, period, unit).filter(
        state__in=[GuardState.DRAFT, GuardState.REGISTERED], ends_at__lte=at
    )
    entries = _entries(guards, GuardAct.CONFIRMED, GuardState.CONFIRMED)
    return Proposal(BatchKind.CONFIRM, label_of(period, unit), Plan(enterprise_id, entries))


def not_to_confirm(
    *, enterprise_id: int, period: Period, at: datetime, unit: GuardUnit | None = None
) -> dict[str, int]:
    """How many standing guards of a period are `confirmed` already, and how many `not_over` yet; one query."""
    return (
        _of_period(enterprise_id, period, unit)
        .standing()
        .aggregate(
            confirmed=Count("pk", filter=Q(state=GuardState.CONFIRMED)),
            not_over=Count("pk", filter=Q(ends_at__gt=at)),
        )
    )


def publication_of(*, enterprise_id: int, period: Period, unit: GuardUnit | None = None) -> Proposal:
    """Register the drafts that begin in a period; their doctors are told."""
    guards = _of_period(enterprise_id, period, unit).filter(state=GuardState.DRAFT)
    entries = _entries(guards, GuardAct.PUBLISHED, GuardState.REGISTERED)
    return Proposal(BatchKind.PUBLISH, label_of(period, unit), Plan(enterprise_id, entries))


def cancellation_of(
    *,
    enterprise_id: int,
    period: Period,
    reason: str,
    unit: GuardUnit | None = None,
    provider_id: int | None = None,
) -> Proposal:
    """Cancel the standing guards that begin in a period, of one doctor where he is named."""
    guards = _of_period(enterprise_id, period, unit).standing()
    if provider_id is not None:
        guards = guards.filter(provider=provider_id)
    entries = _entries(guards, GuardAct.CANCELLED, GuardState.CANCELLED, reason)
    return Proposal(
        BatchKind.CANCEL, _with_reason(label_of(period, unit), reason), Plan(enterprise_id, entries)
    )


def cancellation_of_chosen(*, enterprise_id: int, guard_pks: Collection[int], reason: str) -> Proposal:
    """Cancel those of the guards that still stand; a guard of another circle is as if it weren't named."""
    guards = guards_of(enterprise_id).select_related(None).standing().filter(pk__in=guard_pks)
    entries = _entries(guards, GuardAct.CANCELLED, GuardState.CANCELLED, reason)
    number = len(entries)
    label = keep(gettext_noop("gardes choisies (%(number)s)"), number=number)
    return Proposal(BatchKind.CANCEL, _with_reason(label, reason), Plan(enterprise_id, entries))


def _with_reason(label: str, reason: str) -> str:
    return keep(gettext_noop("%(label)s : %(reason)s"), label=label, reason=reason)


def label_of(period: Period, unit: GuardUnit | None = None) -> str:
    """A period and a unit, in the words of the list of bulk acts."""
    start, end = period.start, period.end or period.start
    if unit:
        return keep(
            gettext_noop("du %(start)s au %(end)s, unité %(unit)s"), start=start, end=end, unit=unit.name
        )
    return keep(gettext_noop("du %(start)s au %(end)s"), start=start, end=end)


def _of_period(enterprise_id: int, period: Period, unit: GuardUnit | None) -> GuardQuerySet:
    # Doctors and units are named once for all of them.
    guards = beginning_in(guards_of(enterprise_id).select_related(None), period)
    return guards.filter(unit=unit) if unit else guards


def _entries(guards: Iterable[Guard], act: GuardAct, state: GuardState, reason: str = "") -> list[Entry]:
    return [Entry.of(guard, act=act, state=state, reason=reason) for guard in guards]
