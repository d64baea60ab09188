"""How the guards of a circle are shared among its doctors over a period."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any

from django.db.models import Q

from bhod.eligibility import DAY_STARTS, ONE_DAY, Eligible, eligible, qualification_of
from bhod.models import Guard
from bhod.rules.norms import DEEP_NIGHT_STARTS
from bhod.selectors.doctors import doctors_of
from bhod.selectors.guards import beginning_in
from bhod_portal.core import clock
from bhod_portal.core.periods import Period
from prosante_login.models import CareProvider


@dataclass(frozen=True, slots=True)
class Share:
    """What one doctor does: days on the list of the circle, guards, paid minutes, and those of them in deep night.

    `expected` is how many paid minutes would be his if all were shared by the days on the list; None for who was on it on
    no day of the period.
    """

    provider: CareProvider
    days: int
    guards: int
    eligible: Eligible
    deep_night: int
    expected: float | None
    percent: float

    @property
    def is_candidate(self) -> bool:
        qualification = qualification_of(self.provider)
        return qualification is not None and qualification.is_candidate

    @property
    def gap(self) -> int | None:
        """By how many per cent he does more (or less) than expected; None where nothing is."""
        if not self.expected:
            return None
        return round((self.eligible.minutes - self.expected) / self.expected * 100)


@dataclass(frozen=True, slots=True)
class Fairness:
    """The shares of a period, by name, and what they come to together."""

    shares: Sequence[Share]
    guards: int
    eligible: Eligible
    deep_night: int

    @property
    def mean(self) -> int:
        """The paid minutes of a doctor, were they shared equally, in whole minutes."""
        return round(self.eligible.minutes / len(self.shares)) if self.shares else 0


# By what the shares are put in order; a minus before it turns the order round.
SORTS: Mapping[str, Callable[[Share], Any]] = {
    "medecin": lambda share: (share.provider.person.sort_name, share.provider.pk),
    "gardes": lambda share: share.guards,
    "weekend": lambda share: share.eligible.weekend,
    "ferie": lambda share: share.eligible.holiday,
    "semaine": lambda share: share.eligible.weeknight,
    "profonde": lambda share: share.deep_night,
    "heures": lambda share: share.eligible.minutes,
    # Who is expected to do nothing comes before all others.
    "ecart": lambda share: -101 if share.gap is None else share.gap,
}


def in_order(shares: Sequence[Share], sort: str) -> list[Share]:
    """The shares in an order of SORTS; equals stay by name."""
    return sorted(shares, key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))


def deep_night_minutes(starts_at: datetime, ends_at: datetime) -> int:
    """The paid minutes of a guard between 23:00 and 08:00 (domain.md 1.4), by the clock in Brussels."""
    found = 0
    day, last = clock.day_of(starts_at) - ONE_DAY, clock.day_of(ends_at)
    while day <= last:
        begins = max(starts_at, _at(day, DEEP_NIGHT_STARTS))
        stops = min(ends_at, _at(day + ONE_DAY, DAY_STARTS))
        if begins < stops:
            found += eligible(begins, stops).minutes
        day += ONE_DAY
    return found


def fairness(enterprise_id: int, period: Period) -> Fairness:
    """Who of a circle does how much over a period that has an end, those who do nothing too; three queries.

    Guards count that begin in the period, stand, and are published: no draft, no cancelled one.
    """
    days, providers = _on_the_list(enterprise_id, period)
    guards: dict[int, int] = {}
    minutes: dict[int, Eligible] = {}
    nights: dict[int, int] = {}
    found = beginning_in(Guard.objects.filter(unit__enterprise=enterprise_id), period)
    rows = found.published().standing().values_list("provider_id", "starts_at", "ends_at")
    # Units have their guards at the same hours: what they count is worked out once.
    counted = cache(lambda start, end: (eligible(start, end), deep_night_minutes(start, end)))
    for pk, starts_at, ends_at in rows:
        paid, by_night = counted(starts_at, ends_at)
        guards[pk] = guards.get(pk, 0) + 1
        minutes[pk] = minutes.get(pk, Eligible()) + paid
        nights[pk] = nights.get(pk, 0) + by_night
    strangers = CareProvider.objects.filter(pk__in=guards.keys() - providers.keys())
    providers |= {each.pk: each for each in strangers.select_related("person")}
    total = sum(minutes.values(), Eligible())
    all_days = sum(days.values())
    shares = [
        Share(
            provider=provider,
            days=days.get(pk, 0),
            guards=guards.get(pk, 0),
            eligible=minutes.get(pk, Eligible()),
            deep_night=nights.get(pk, 0),
            expected=total.minutes * days[pk] / all_days if pk in days else None,
            percent=100 * minutes[pk].minutes / total.minutes if total.minutes and pk in minutes else 0.0,
        )
        for pk, provider in providers.items()
    ]
    return Fairness(in_order(shares, "medecin"), sum(guards.values()), total, sum(nights.values()))


def _on_the_list(enterprise_id: int, period: Period) -> tuple[dict[int, int], dict[int, CareProvider]]:
    """On how many days of a period each doctor is on the list of a circle, and who they are."""
    last = period.end or period.start
    enrolled = doctors_of(enterprise_id).filter(
        Q(valid_until=None) | Q(valid_until__gte=period.start), valid_from__lte=last
    )
    days: dict[int, int] = {}
    providers = {}
    for doctor in enrolled:
        first, until = max(doctor.valid_from, period.start), min(doctor.valid_until or last, last)
        days[doctor.provider_id] = days.get(doctor.provider_id, 0) + (until - first).days + 1
        providers[doctor.provider_id] = doctor.provider
    return days, providers


def _at(day: date, clock_time: time) -> datetime:
    return datetime.combine(day, clock_time, tzinfo=clock.BRUSSELS)
