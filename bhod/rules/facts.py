from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bhod.eligibility import ONE_DAY, ONE_MINUTE
from bhod.enums import Qualification
from bhod_portal.core import clock
from bhod_portal.core.periods import Period


@dataclass(frozen=True, slots=True, order=True)
class Duty:
    """A doctor on guard for a unit of a circle, from an instant to another (excluded).

    `key` is the primary key of the guard; one that is only planned has a number below zero, or 0.
    """

    starts_at: datetime
    ends_at: datetime
    key: int
    enterprise_id: int
    unit_id: int
    provider_id: int

    @property
    def days(self) -> list[date]:
        """The days in Brussels on which any minute of it falls; none when it ends before it starts."""
        first, last = clock.day_of(self.starts_at), clock.day_of(self.ends_at - ONE_MINUTE)
        return [first + ONE_DAY * number for number in range((last - first).days + 1)]

    def overlaps(self, other: "Duty") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A doctor on the list of a circle; `units` are where he may be on duty, all of the circle's when it is empty."""

    enterprise_id: int
    provider_id: int
    supervisor_id: int | None
    period: Period
    acquired_rights: bool
    units: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Duties:
    """Standing guards of any circle, by doctor and in order of time; they may be added and taken away."""

    _of_provider: dict[int, list[Duty]] = field(default_factory=lambda: defaultdict(list))

    def add(self, duty: Duty) -> None:
        insort(self._of_provider[duty.provider_id], duty)

    def remove(self, duty: Duty) -> None:
        """Take away the guard of this key, whatever else has changed in it; nothing where it isn't there."""
        kept = self._of_provider[duty.provider_id]
        kept[:] = [each for each in kept if each.key != duty.key]

    def of(self, provider_id: int) -> Sequence[Duty]:
        """The guards of a doctor in whatever circle, the earliest first."""
        return self._of_provider.get(provider_id, ())

    def sharing_a_minute(self, duty: Duty, provider_id: int) -> Iterator[Duty]:
        """The guards of a doctor that overlap this one, itself excepted; the earliest first."""
        for other in self._of_provider.get(provider_id, ()):
            if other.starts_at >= duty.ends_at:
                return
            if other.ends_at > duty.starts_at and other.key != duty.key:
                yield other


@dataclass(frozen=True)
class Facts:
    """What the rules ask about; read once for all the guards of an act (`selectors.facts.read_facts`)."""

    at: datetime
    codes: Mapping[int, Qualification | None]
    enrolments: Mapping[tuple[int, int], Sequence[Enrolment]]
    supervised: Mapping[int, Sequence[Enrolment]]
    unit_names: Mapping[int, str]
    closed_from: Mapping[int, date]
    duties: Duties

    def enrolled_on(self, duty: Duty) -> dict[date, Enrolment]:
        """For each day of the guard on which its doctor is on the list of the circle, his enrolment."""
        known = self.enrolments.get((duty.enterprise_id, duty.provider_id), ())
        return {day: each for day in duty.days for each in known if each.period.covers(day)}

    def supervised_on(self, duty: Duty) -> list[Enrolment]:
        """The candidates whom the doctor of a guard supervises on any of its days, in whatever circle."""
        days = duty.days
        span = Period(days[0], days[-1])
        return [each for each in self.supervised.get(duty.provider_id, ()) if each.period.overlaps(span)]


def by_circle_and_provider(
    enrolments: Iterable[Enrolment],
) -> dict[tuple[int, int], list[Enrolment]]:
    found: dict[tuple[int, int], list[Enrolment]] = defaultdict(list)
    for each in enrolments:
        found[each.enterprise_id, each.provider_id].append(each)
    return found


def by_supervisor(enrolments: Iterable[Enrolment]) -> dict[int, list[Enrolment]]:
    found: dict[int, list[Enrolment]] = defaultdict(list)
    for each in enrolments:
        if each.supervisor_id is not None:
            found[each.supervisor_id].append(each)
    return found
