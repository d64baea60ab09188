"""The part of the demo world that BHOD shows: units, enrolled doctors, guards and tariffs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bhod.enums import GuardCategory, GuardState
from bhod.models import (
    CircleDoctor,
    CircleOrganisation,
    Guard,
    GuardUnit,
    GuardZone,
    Shift,
    SwapOffer,
    Tariff,
)
from bhod.selectors.guards import midnight
from bhod_portal.core import clock
from bhod_portal.core.models import World
from bhod_portal.core.periods import months_later
from csam.models import Enterprise, Person
from prosante_login.models import CareProvider
from training.demo import circles, payments
from training.demo.guards import PlannedGuard, planned_guards

# Guards are written down, a month at a time, this long before the month begins.
AHEAD = timedelta(days=10)
MONTHS_BACK, MONTHS_AHEAD = -4, 1
ONE_DAY = timedelta(days=1)
EXCHANGED_EVERY = 75
OFFERED_AHEAD = timedelta(days=7)


def make_circles(
    *,
    world: World,
    at: datetime,
    days_ago: Callable[[int], datetime],
    persons: Mapping[str, Person],
    enterprises: Mapping[str, Enterprise],
    providers: Mapping[str, CareProvider],
) -> None:
    """Make what BHOD shows; `at` is the world's time, the mappings go by the slugs of `training.demo`."""
    _make_tariffs(world)
    enrolled_at = days_ago(circles.ENROLLED)
    units = _make_units(enterprises)
    _make_organisations(enterprises, persons, enrolled_at)
    CircleDoctor.objects.bulk_create(
        CircleDoctor(
            enterprise=enterprises[circle.company],
            provider=providers[doctor],
            supervisor=providers.get(circles.SUPERVISORS.get(doctor, "")),
            valid_from=clock.day_of(enrolled_at),
            enrolled_at=enrolled_at,
            enrolled_by=persons[circle.enrolled_by],
        )
        for circle in circles.CIRCLES
        for doctor in circle.doctors
    )
    today = clock.day_of(at)
    planned = planned_guards(first=months_later(today, MONTHS_BACK), last=months_later(today, MONTHS_AHEAD))
    writer = {circle.company: persons[circle.guards_by] for circle in circles.CIRCLES}
    guards = [_guard(plan, units, providers, writer, at) for plan in planned]
    exchanged = [_exchanged(plan, units, providers, writer, at) for plan in planned[::EXCHANGED_EVERY]]
    Guard.objects.bulk_create(guards + exchanged, batch_size=1000)
    _offer_a_guard(guards, persons, providers, at)


def confirm_months_past(
    *, at: datetime, persons: Mapping[str, Person], enterprises: Mapping[str, Enterprise]
) -> None:
    """Confirm the guards of months past, each month as its circle did before `at`; later ones wait for their circle."""
    month = months_later(clock.day_of(at).replace(day=1), MONTHS_BACK - 1)
    while (confirmed_at := payments.confirmed_at(month)) < at:
        for circle in circles.CIRCLES:
            guards = Guard.objects.filter(
                unit__enterprise=enterprises[circle.company],
                state=GuardState.REGISTERED,
                ends_at__gte=midnight(month),
                ends_at__lt=midnight(months_later(month, 1)),
            )
            guards.update(
                state=GuardState.CONFIRMED,
                confirmed_at=confirmed_at,
                confirmed_by=persons[circle.enrolled_by],
            )
        month = months_later(month, 1)


def _offer_a_guard(
    guards: Sequence[Guard],
    persons: Mapping[str, Person],
    providers: Mapping[str, CareProvider],
    at: datetime,
) -> None:
    """One doctor offers a guard of next week or later to a colleague who is free then."""
    offer = circles.OFFER
    taken = [each for each in guards if each.provider == providers[offer.colleague]]
    free = (
        guard
        for guard in sorted(guards, key=lambda each: each.starts_at)
        if guard.provider == providers[offer.doctor]
        and guard.starts_at > at + OFFERED_AHEAD
        and not any(guard.starts_at < each.ends_at and each.starts_at < guard.ends_at for each in taken)
    )
    if guard := next(free, None):
        SwapOffer.objects.create(
            guard=guard,
            guard_version=guard.version,
            offered_to=providers[offer.colleague],
            message=offer.message,
            offered_at=at - ONE_DAY,
            offered_by=persons[offer.doctor],
        )


def _guard(
    plan: PlannedGuard,
    units: Mapping[tuple[str, str], GuardUnit],
    providers: Mapping[str, CareProvider],
    writer: Mapping[str, Person],
    at: datetime,
) -> Guard:
    month = plan.starts_at.astimezone(clock.BRUSSELS).replace(day=1)
    return Guard(
        unit=units[plan.company, plan.unit],
        provider=providers[plan.doctor],
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        registered_at=min(month - AHEAD, at - ONE_DAY),
        registered_by=writer[plan.company],
    )


def _exchanged(
    plan: PlannedGuard,
    units: Mapping[tuple[str, str], GuardUnit],
    providers: Mapping[str, CareProvider],
    writer: Mapping[str, Person],
    at: datetime,
) -> Guard:
    """The same guard as it stood before two doctors exchanged it: cancelled, in the name of the next doctor."""
    doctors = next(circle.doctors for circle in circles.CIRCLES if circle.company == plan.company)
    other = doctors[(doctors.index(plan.doctor) + 1) % len(doctors)]
    guard = _guard(plan, units, providers, writer, at)
    guard.provider = providers[other]
    guard.state = GuardState.CANCELLED
    guard.cancelled_at = guard.registered_at + ONE_DAY
    guard.cancelled_by = guard.registered_by
    guard.cancel_reason = circles.EXCHANGED
    return guard


def _make_tariffs(world: World) -> None:
    Tariff.objects.bulk_create(
        Tariff(
            world=world,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            amount=row.amount,
            source=row.source,
            is_simulated=row.is_simulated,
        )
        for row in circles.TARIFFS
    )


def _make_units(enterprises: Mapping[str, Enterprise]) -> dict[tuple[str, str], GuardUnit]:
    zones = {
        (circle.company, zone.name): GuardZone(
            enterprise=enterprises[circle.company], name=zone.name, population=zone.population
        )
        for circle in circles.CIRCLES
        for zone in circle.zones
    }
    GuardZone.objects.bulk_create(zones.values())
    units = {
        (circle.company, name): GuardUnit(
            enterprise=enterprises[circle.company], zone=zones[circle.company, zone.name], name=name
        )
        for circle in circles.CIRCLES
        for zone in circle.zones
        for name in zone.units
    }
    units |= {
        (company, name): GuardUnit(enterprise=enterprises[company], name=name)
        for company, names in circles.NEW_CIRCLES.items()
        for name in names
    }
    GuardUnit.objects.bulk_create(units.values())
    return units


def _make_organisations(
    enterprises: Mapping[str, Enterprise], persons: Mapping[str, Person], at: datetime
) -> None:
    CircleOrganisation.objects.bulk_create(
        CircleOrganisation(
            enterprise=enterprises[circle.company],
            organises_weeknights=circle.weeknights,
            swaps_need_manager=False,
            changed_at=at,
            changed_by=persons[circle.enrolled_by],
        )
        for circle in circles.CIRCLES
    )
    Shift.objects.bulk_create(
        Shift(
            enterprise=enterprises[circle.company],
            category=row.category,
            name=row.name,
            starts=row.starts,
            ends=row.ends,
        )
        for circle in circles.CIRCLES
        for row in circles.SHIFTS
        if circle.weeknights or row.category != GuardCategory.WEEKNIGHT
    )
