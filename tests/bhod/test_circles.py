from datetime import UTC, date, datetime, time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from bhod.enums import GuardCategory
from bhod.models import CircleOrganisation, Guard, GuardZone, Shift
from bhod.selectors import circle_parts
from bhod.selectors.guards import units_open_on
from bhod.services import circles, shifts
from bhod.services.guards import register_guard
from bhod_portal.core.models import AuditEntry
from bhod_portal.core.refusals import refusal_codes
from tests.bhod.factories import (
    AT,
    CircleDoctorFactory,
    CircleOrganisationFactory,
    GuardFactory,
    GuardUnitFactory,
    GuardZoneFactory,
    ShiftFactory,
    manager_of,
)
from tests.csam.factories import EnterpriseFactory, PersonFactory
from tests.threads import at_once

WEEKEND, HOLIDAY, WEEKNIGHT = GuardCategory.WEEKEND, GuardCategory.HOLIDAY, GuardCategory.WEEKNIGHT


@pytest.fixture
def circle():
    return EnterpriseFactory(registered=True)


@pytest.fixture
def manager(circle):
    return manager_of(circle)


@pytest.fixture
def act(manager):
    """Do an act of the circle's manager; gives what it gives."""

    def do(service, **values):
        return service(**values, by=manager, at=AT)

    return do


@pytest.fixture
def refused(act):
    """The codes with which an act of the manager is refused."""

    def do(service, **values):
        with pytest.raises(ValidationError) as refusal:
            act(service, **values)
        return refusal_codes(refusal.value)

    return do


def last_act():
    return AuditEntry.objects.latest("pk")


class TestOrganisation:
    def change(self, act, circle, seen=None, **values):
        seen = circle_parts.organisation_values(circle.pk) if seen is None else seen
        wanted = {"organises_weeknights": True, "swaps_need_manager": False} | values
        return act(circles.change_organisation, enterprise=circle, seen=seen, **wanted)

    def test_decides_for_the_first_time(self, act, circle, manager):
        assert self.change(act, circle)
        decided = CircleOrganisation.objects.get()
        assert (decided.organises_weeknights, decided.swaps_need_manager) == (True, False)
        assert (decided.changed_at, decided.changed_by) == (AT, manager)
        assert last_act().act == "bhod.circle.changed"

    def test_decides_anew(self, act, circle):
        CircleOrganisationFactory(enterprise=circle)
        assert self.change(act, circle, organises_weeknights=False, swaps_need_manager=True)
        decided = CircleOrganisation.objects.get()
        assert (decided.organises_weeknights, decided.swaps_need_manager) == (False, True)
        assert not self.change(act, circle, organises_weeknights=False, swaps_need_manager=True)
        assert AuditEntry.objects.count() == 1

    def test_does_not_write_over_another_decision(self, act, circle):
        seen = circle_parts.organisation_values(circle.pk)
        self.change(act, circle, seen=seen, organises_weeknights=False)
        with pytest.raises(ValidationError) as refusal:
            self.change(act, circle, seen=seen, organises_weeknights=True)
        assert refusal_codes(refusal.value) == {"changed_meanwhile"}

    def test_asks_for_the_right(self, circle):
        with pytest.raises(PermissionDenied):
            circles.change_organisation(
                enterprise=circle,
                organises_weeknights=True,
                swaps_need_manager=True,
                seen={},
                by=PersonFactory(),
                at=AT,
            )


class TestZones:
    def test_adds_a_zone(self, act, circle):
        zone = act(circles.add_zone, enterprise=circle, name="  Haute   Meuse ", population=84_000)
        assert (zone.name, zone.population, zone.enterprise) == ("Haute Meuse", 84_000, circle)
        assert (last_act().act, last_act().details["name"]) == ("bhod.zone.added", "Haute Meuse")

    @pytest.mark.parametrize(
        ("name", "population", "code"),
        [("OUEST", 1, "zone_name_taken"), ("Est", 0, "zone_without_population")],
    )
    def test_refuses(self, refused, circle, name, population, code):
        GuardZoneFactory(enterprise=circle, name="Ouest")
        GuardZoneFactory(name="Est")
        assert refused(circles.add_zone, enterprise=circle, name=name, population=population) == {code}

    def test_changes_a_zone(self, act, circle):
        zone = GuardZoneFactory(enterprise=circle)
        values = {"zone": zone, "name": "Sud", "population": 5, "seen": circle_parts.zone_values(zone)}
        assert act(circles.change_zone, **values)
        assert not act(circles.change_zone, **values)
        zone.refresh_from_db()
        assert (zone.name, zone.population) == ("Sud", 5)

    def test_may_write_a_name_otherwise(self, act, circle):
        zone = GuardZoneFactory(enterprise=circle, name="ouest")
        seen = circle_parts.zone_values(zone)
        assert act(circles.change_zone, zone=zone, name="Ouest", population=zone.population, seen=seen)

    def test_does_not_write_over_what_another_wrote(self, act, refused, circle):
        zone = GuardZoneFactory(enterprise=circle, population=80_000)
        seen = circle_parts.zone_values(zone)
        act(circles.change_zone, zone=zone, name=zone.name, population=81_000, seen=seen)
        values = {"zone": zone, "name": zone.name, "population": 82_000, "seen": seen}
        assert refused(circles.change_zone, **values) == {"changed_meanwhile"}

    def test_removes_an_empty_zone_once(self, act, refused, circle):
        zone = GuardZoneFactory(enterprise=circle)
        act(circles.remove_zone, zone=zone)
        assert not GuardZone.objects.exists()
        assert last_act().act == "bhod.zone.removed"
        assert refused(circles.remove_zone, zone=zone) == {"gone"}

    def test_keeps_a_zone_with_units(self, refused, circle):
        zone = GuardZoneFactory(enterprise=circle)
        GuardUnitFactory(enterprise=circle, zone=zone)
        assert refused(circles.remove_zone, zone=zone) == {"zone_has_units"}


class TestUnits:
    def change(self, act, unit, **values):
        seen = values.pop("seen", None) or circle_parts.unit_values(unit)
        wanted = {"name": unit.name, "zone": unit.zone, "closed_from": unit.closed_from} | values
        return act(circles.change_unit, unit=unit, seen=seen, **wanted)

    def test_adds_a_unit_to_a_zone_or_to_none(self, act, circle):
        zone = GuardZoneFactory(enterprise=circle)
        assert act(circles.add_unit, enterprise=circle, name="Est", zone=zone).zone == zone
        assert act(circles.add_unit, enterprise=circle, name="Nord", zone=None).zone is None
        assert last_act().act == "bhod.unit.added"

    def test_refuses_the_zone_of_another_circle(self, refused, circle):
        zone = GuardZoneFactory()
        codes = refused(circles.add_unit, enterprise=circle, name="Est", zone=zone)
        assert codes == {"zone_of_another_circle"}
        unit = GuardUnitFactory(enterprise=circle)
        values = {"unit": unit, "name": "Est", "zone": zone, "closed_from": None}
        codes = refused(circles.change_unit, **values, seen=circle_parts.unit_values(unit))
        assert codes == {"zone_of_another_circle"}

    def test_refuses_a_name_that_another_unit_has(self, refused, circle):
        GuardUnitFactory(enterprise=circle, name="Ouest")
        assert refused(circles.add_unit, enterprise=circle, name="ouest", zone=None) == {"unit_name_taken"}

    def test_changes_a_unit(self, act, circle):
        unit, zone = GuardUnitFactory(enterprise=circle), GuardZoneFactory(enterprise=circle)
        assert self.change(act, unit, name="Sud", zone=zone)
        unit.refresh_from_db()
        assert (unit.name, unit.zone) == ("Sud", zone)
        assert not self.change(act, unit)

    def test_closes_a_unit_and_opens_it_again(self, act, circle):
        unit = GuardUnitFactory(enterprise=circle)
        self.change(act, unit, closed_from=date(2026, 4, 1))
        unit.refresh_from_db()
        assert unit.closed_from == date(2026, 4, 1)
        assert list(units_open_on(circle.pk, date(2026, 3, 31))) == [unit]
        assert not units_open_on(circle.pk, date(2026, 4, 1))
        self.change(act, unit, closed_from=None)
        assert list(units_open_on(circle.pk, date(2026, 4, 1))) == [unit]

    def test_does_not_close_a_unit_upon_its_guards(self, act, refused, circle):
        """The night that begins on Thursday 5 March ends on the 6th; a draft counts, a cancelled guard doesn't."""
        unit = GuardUnitFactory(enterprise=circle)
        GuardFactory(unit=unit, draft=True)
        GuardFactory(unit=unit, weekend=True, cancelled=True)
        values = {"unit": unit, "name": unit.name, "zone": None, "seen": circle_parts.unit_values(unit)}
        codes = refused(circles.change_unit, **values, closed_from=date(2026, 3, 6))
        assert codes == {"unit_has_guards_after"}
        assert act(circles.change_unit, **values, closed_from=date(2026, 3, 7))

    def test_does_not_write_over_what_another_wrote(self, act, circle):
        unit = GuardUnitFactory(enterprise=circle)
        seen = circle_parts.unit_values(unit)
        self.change(act, unit, closed_from=date(2026, 6, 1))
        with pytest.raises(ValidationError) as refusal:
            self.change(act, unit, closed_from=date(2026, 7, 1), seen=seen)
        assert refusal_codes(refusal.value) == {"changed_meanwhile"}


class TestShifts:
    def add(self, category=WEEKEND, starts=8, ends=20):
        return {"category": category, "name": "Plage", "starts": time(starts), "ends": time(ends)}

    def test_adds_shifts_that_meet(self, act, circle):
        act(shifts.add_shift, enterprise=circle, **self.add())
        act(shifts.add_shift, enterprise=circle, **self.add(starts=20, ends=8))
        act(shifts.add_shift, enterprise=circle, **self.add(HOLIDAY, 8, 8))
        assert Shift.objects.count() == 3
        assert last_act().details["category"] == HOLIDAY

    @pytest.mark.parametrize(
        ("starts", "ends"),
        [
            pytest.param(8, 20, id="the same"),
            pytest.param(10, 12, id="within"),
            pytest.param(19, 23, id="its end"),
            pytest.param(8, 8, id="the whole day"),
            pytest.param(20, 9, id="the next day"),
            pytest.param(0, 9, id="its beginning"),
        ],
    )
    def test_refuses_to_overlap(self, refused, circle, starts, ends):
        ShiftFactory(enterprise=circle)
        values = self.add(starts=starts, ends=ends)
        assert refused(shifts.add_shift, enterprise=circle, **values) == {"shift_overlaps"}

    def test_other_days_and_other_circles_do_not_overlap(self, act, circle):
        ShiftFactory(enterprise=circle)
        ShiftFactory(category=HOLIDAY)
        assert act(shifts.add_shift, enterprise=circle, **self.add(HOLIDAY))

    def test_changes_and_removes(self, act, refused, circle):
        shift = ShiftFactory(enterprise=circle)
        values = {"shift": shift, "seen": circle_parts.shift_values(shift)}
        assert act(shifts.change_shift, **values, **self.add(starts=9))
        assert not act(shifts.change_shift, **values, **self.add(starts=9))
        assert refused(shifts.change_shift, **values, **self.add(starts=10)) == {"changed_meanwhile"}
        act(shifts.remove_shift, shift=shift)
        assert refused(shifts.remove_shift, shift=shift) == {"gone"}
        assert not Shift.objects.exists()

    @pytest.mark.parametrize(
        ("category", "starts", "ends", "unpaid"),
        [
            (WEEKEND, 8, 20, 0),
            (WEEKEND, 20, 10, 120),
            (WEEKEND, 7, 20, 0),  # Before 08:00 it is still the night of Friday, which is paid.
            (HOLIDAY, 8, 8, 0),
            (HOLIDAY, 20, 9, 60),
            (WEEKNIGHT, 19, 8, 0),
            (WEEKNIGHT, 17, 8, 120),
            (WEEKNIGHT, 9, 12, 180),
        ],
    )
    def test_says_what_is_not_paid(self, category, starts, ends, unpaid):
        shift = ShiftFactory.build(category=category, starts=time(starts), ends=time(ends), enterprise=None)
        assert circle_parts.unpaid_minutes(shift) == unpaid


def test_the_right_is_asked_of_each_act(circle):
    stranger = manager_of(EnterpriseFactory(registered=True))
    acts = [
        (circles.add_zone, {"enterprise": circle, "name": "Est", "population": 1}),
        (circles.remove_zone, {"zone": GuardZoneFactory(enterprise=circle)}),
        (circles.add_unit, {"enterprise": circle, "name": "Est", "zone": None}),
        (shifts.remove_shift, {"shift": ShiftFactory(enterprise=circle)}),
    ]
    for service, values in acts:
        with pytest.raises(PermissionDenied):
            service(**values, by=stranger, at=AT)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_one_name_is_given_once(self, circle, manager):
        def add(number):
            circles.add_zone(enterprise=circle, name="Est", population=number + 1, by=manager, at=AT)

        assert sorted(at_once(add)) == ["done", *["zone_name_taken"] * 3]
        assert GuardZone.objects.count() == 1

    def test_of_two_changes_one_is_told(self, circle, manager):
        unit = GuardUnitFactory(enterprise=circle)
        seen = circle_parts.unit_values(unit)

        def rename(number):
            circles.change_unit(
                unit=unit, name=f"Est {number}", zone=None, closed_from=None, seen=seen, by=manager, at=AT
            )

        assert sorted(at_once(rename, times=2)) == ["changed_meanwhile", "done"]

    def test_a_guard_and_the_closing_of_its_unit(self, circle, manager):
        """Whoever comes second finds what the first one did."""
        unit = GuardUnitFactory(enterprise=circle)
        doctor = CircleDoctorFactory(enterprise=circle)
        seen = circle_parts.unit_values(unit)

        def do(number):
            if number:
                circles.change_unit(
                    unit=unit,
                    name=unit.name,
                    zone=None,
                    closed_from=date(2026, 3, 12),
                    seen=seen,
                    by=manager,
                    at=AT,
                )
            else:
                register_guard(
                    unit=unit,
                    provider=doctor.provider,
                    starts_at=datetime(2026, 3, 12, 18, tzinfo=UTC),
                    ends_at=datetime(2026, 3, 13, 7, tzinfo=UTC),
                    by=manager,
                    at=AT,
                )

        outcome = sorted(at_once(do, times=2))
        assert outcome in (["done", "unit_closed"], ["done", "unit_has_guards_after"])
        unit.refresh_from_db()
        assert (unit.closed_from is None) == Guard.objects.filter(unit=unit).exists()


def test_the_page_of_a_circle_asks_little(circle, django_assert_max_num_queries):
    zone = GuardZoneFactory(enterprise=circle, population=350_000)
    unit = GuardUnitFactory(enterprise=circle, zone=zone)
    GuardFactory(unit=unit, weekend=True)
    GuardUnitFactory.create_batch(3, enterprise=circle, closed_from=date(2026, 3, 1))
    ShiftFactory(enterprise=circle)
    with django_assert_max_num_queries(9):
        page = circle_parts.circle_page(circle.pk, at=datetime(2026, 3, 8, 12, tzinfo=UTC))
    first, without = page.zones
    assert (first.doctors_by_day, first.doctors_by_night) == (4, 2)
    assert [line.guards_ahead for line in first.units] == [1]
    assert [line.is_closed for line in without.units] == [True] * 3
    assert (without.doctors_by_day, without.doctors_by_night) == (0, 0)
    assert not page.is_begun


def test_counts_the_weeknights_to_come(circle):
    unit = GuardUnitFactory(enterprise=circle)
    GuardFactory(unit=unit)
    GuardFactory(unit=unit, weekend=True)
    before = datetime(2026, 3, 1, tzinfo=UTC)
    assert circle_parts.weeknights_ahead(circle.pk, at=before) == 1
