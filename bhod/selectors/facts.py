"""What the rules of guards need to know, read in sets whatever the number of guards."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from itertools import chain

from django.db.models import Q, QuerySet

from bhod.eligibility import ONE_DAY, qualification_of
from bhod.models import CircleDoctor, Guard, GuardUnit
from bhod.rules.facts import Duties, Duty, Enrolment, Facts, by_circle_and_provider, by_supervisor
from bhod.selectors.guards import midnight
from bhod_portal.core.periods import Period
from prosante_login.models import CareProvider

# A day further, and the calendar ends.
FIRST_DAY, LAST_DAY = date(2, 1, 1), date(9998, 12, 30)


def read_facts(*, enterprise_id: int, provider_ids: Collection[int], span: Period, at: datetime) -> Facts:
    """All that bears on guards of these doctors in a circle, on any day of a span that has an end; five queries."""
    own = _enrolments(CircleDoctor.objects.filter(enterprise=enterprise_id, provider__in=provider_ids), span)
    supervised = _enrolments(CircleDoctor.objects.filter(supervisor__in=provider_ids), span)
    concerned = {
        *provider_ids,
        *(each.supervisor_id for each in own if each.supervisor_id is not None),
        *(each.provider_id for each in supervised),
    }
    units = GuardUnit.objects.filter(enterprise=enterprise_id).only("name", "closed_from")
    providers = CareProvider.objects.filter(pk__in=provider_ids).only("profession", "inami_number")
    names, closed = {}, {}
    for unit in units:
        names[unit.pk] = unit.name
        if unit.closed_from:
            closed[unit.pk] = unit.closed_from
    return Facts(
        at=at,
        codes={each.pk: qualification_of(each) for each in providers},
        enrolments=by_circle_and_provider(own),
        supervised=by_supervisor(supervised),
        unit_names=names,
        closed_from=closed,
        duties=_duties(concerned, span),
    )


def circle_enrolments(enterprise_id: int, span: Period) -> list[Enrolment]:
    """Everybody on the list of a circle on any day of a span that has an end; one query."""
    return _enrolments(CircleDoctor.objects.filter(enterprise=enterprise_id), span)


def duty_of(guard: Guard, enterprise_id: int) -> Duty:
    """A guard as the rules see it."""
    return Duty(guard.starts_at, guard.ends_at, guard.pk, enterprise_id, guard.unit_id, guard.provider_id)


def locked_together(enterprise_id: int, provider_ids: Collection[int]) -> set[int]:
    """Doctors whose guards can get in one another's way: these, their supervisors and those whom they supervise."""
    pairs = CircleDoctor.objects.filter(
        Q(enterprise=enterprise_id, provider__in=provider_ids) | Q(supervisor__in=provider_ids),
        supervisor__isnull=False,
    ).values_list("provider_id", "supervisor_id")
    return {*provider_ids, *chain.from_iterable(pairs)}


def span_of(instants: Iterable[tuple[datetime, datetime]]) -> Period:
    """The days on which any of these guards may lie, and one more on either side, as far as the calendar goes."""
    starts, ends = zip(*instants, strict=True)
    first, last = (
        min(max(day, FIRST_DAY), LAST_DAY) for day in (min(starts).date(), max(*ends, *starts).date())
    )
    return Period(first - ONE_DAY, last + ONE_DAY)


def _enrolments(doctors: QuerySet[CircleDoctor], span: Period) -> list[Enrolment]:
    # A row for each of the units that an enrolment names: an array of them would cost the month's page more.
    rows = doctors.filter(
        Q(valid_until=None) | Q(valid_until__gte=span.start), valid_from__lte=span.end
    ).values_list(
        "pk",
        "enterprise_id",
        "provider_id",
        "supervisor_id",
        "valid_from",
        "valid_until",
        "acquired_rights",
        "allowed_units__unit",
    )
    known: dict[int, Enrolment] = {}
    units: dict[int, set[int]] = defaultdict(set)
    for pk, circle, provider, supervisor, start, end, rights, unit in rows:
        if unit is not None:
            units[pk].add(unit)
        if pk not in known:
            known[pk] = Enrolment(circle, provider, supervisor, Period(start, end), rights)
    return [replace(each, units=frozenset(units[pk])) if pk in units else each for pk, each in known.items()]


def _duties(provider_ids: Collection[int], span: Period) -> Duties:
    end = span.end or span.start
    standing = (
        Guard.objects.standing()
        .filter(
            provider__in=provider_ids, starts_at__lt=midnight(end + ONE_DAY), ends_at__gt=midnight(span.start)
        )
        .order_by("starts_at")
        .values_list("starts_at", "ends_at", "pk", "unit__enterprise_id", "unit_id", "provider_id")
    )
    duties = Duties()
    for row in standing:
        duties.add(Duty(*row))
    return duties
