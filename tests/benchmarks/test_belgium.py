"""A small Belgium keeps the rules of the large one; how fast it is loaded, no test says."""

import io
import random
from collections import Counter
from datetime import date

import pytest
from django.db import connection

from access_mgmt.models import EffectiveRole, QualityMember, RoleAssignment, RoleChange
from access_mgmt.selectors import effective_functions
from benchmarks import belgium, country
from benchmarks.guards import Doctor, guards_of, shifts
from benchmarks.loading import Loader
from bhod.models import CircleDoctor, Guard, GuardUnit
from bhod_portal.core.identifiers import read_bce, read_inami, read_niss
from csam.models import EidCard, Enterprise, Person
from prosante_login.models import CareProvider
from tests.csam.factories import PersonFactory

SMALL = country.Sizes(circles=3, doctors=60, units=7, users=9, guards=7 * 30, years=2)


@pytest.fixture
def world():
    return country.load(SMALL)


@pytest.mark.django_db
def test_has_the_sizes_that_were_asked_for(world):
    of_world = {"unit__enterprise__world": world}

    assert Enterprise.objects.filter(world=world).count() == 3
    assert GuardUnit.objects.filter(enterprise__world=world).count() == 7
    assert CareProvider.objects.filter(person__world=world).count() == 60
    assert QualityMember.objects.count() == 9
    assert EidCard.objects.count() == 3 + 9
    assert Counter(
        start.year for start in Guard.objects.filter(**of_world).values_list("starts_at", flat=True)
    ) == {
        2024: 7 * 30,
        2025: 7 * 30,
    }


@pytest.mark.django_db
def test_its_numbers_are_valid_in_form(world):
    for niss in Person.objects.filter(world=world).values_list("niss", flat=True):
        read_niss(niss)
    for number in Enterprise.objects.filter(world=world).values_list("bce_number", flat=True):
        read_bce(number)
    for number in CareProvider.objects.filter(person__world=world).values_list("inami_number", flat=True):
        read_inami(number)
    assert len({country.inami(number, "003") for number in range(16_500)}) == 16_500
    assert len({country.niss(place * 37 % 1_481_760) for place in range(17_130)}) == 17_130


@pytest.mark.django_db
def test_guards_fall_within_enrolments_and_candidates_away_from_supervisors(world):
    listed = {(each.enterprise_id, each.provider_id): each for each in CircleDoctor.objects.all()}
    busy: dict = {}
    for guard in Guard.objects.select_related("unit"):
        enrolment = listed[guard.unit.enterprise_id, guard.provider_id]
        assert enrolment.valid_from <= guard.starts_at.date()
        assert enrolment.valid_until is None or guard.ends_at.date() <= enrolment.valid_until
        busy.setdefault(guard.provider_id, set()).add(guard.starts_at)
    supervised = [each for each in listed.values() if each.supervisor_id]
    assert supervised
    for each in supervised:
        assert not busy.get(each.provider_id, set()) & busy.get(each.supervisor_id, set())


def test_a_unit_has_each_shift_once_and_some_twice():
    doctors = [Doctor(key, date(2020, 1, 1), None, None) for key in range(40)]
    draw = random.Random(1)  # noqa: S311  (no secret)

    rows = list(guards_of([1], doctors, year=2026, per_unit=525, by=1, draw=draw))

    assert len(rows) == 525
    assert {(start, end) for _, _, start, end, *_ in rows} == set(shifts(2026))
    with pytest.raises(ValueError, match="no doctor is free"):
        list(guards_of([1], doctors[:1], year=2026, per_unit=525, by=1, draw=draw))


@pytest.mark.django_db
def test_what_is_in_effect_came_through_the_outbox(world):
    assert not RoleChange.objects.pending().exists()
    assert RoleAssignment.objects.count() == EffectiveRole.objects.count() == 9 + 1
    assert EffectiveRole.objects.known().count() == RoleAssignment.objects.standing().count() == 9
    role = EffectiveRole.objects.known().first()
    assert role.function in effective_functions(
        person=role.person, enterprise_id=role.enterprise_id, on=country.OPENED_AT.date().replace(year=2025)
    )


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_country_beside_others(world):
    def guards(of):
        rows = Guard.objects.filter(unit__enterprise__world=of).order_by("pk")
        return list(rows.values_list("provider__inami_number", "unit__name", "starts_at", "state"))

    first = guards(world)
    world.code = "autre"
    world.save()
    PersonFactory()

    assert guards(country.load(SMALL)) == first
    # Keys go on where those of COPY end.
    assert PersonFactory().pk > max(Person.objects.values_list("pk", flat=True)) - 1


@pytest.mark.django_db
def test_constraints_hold_while_it_loads(world):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db
def test_shows_on_a_terminal_how_far_it_is():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    country.load(
        country.Sizes(circles=1, doctors=9, units=1, users=2, guards=9, years=1), loader=Loader(terminal)
    )

    assert "bhod_guard" in terminal.getvalue()
    assert "[##############################]         9" in terminal.getvalue()


def test_reports_each_table():
    report = belgium.report(
        {
            "tables": [("bhod_guard", 630_000, 40.0), ("bhod_guardunit", 400, 0.1)],
            "loaded": 50.0,
            "constraints": 9.9,
            "worked": 6.0,
            "served": 21.0,
            "megabytes": 244,
            "peak": 107,
            "load": 0.1,
        }
    )

    assert "| bhod_guard | 630,000 | 40.0 s | 15,750 |" in report
    assert "| all, 1 smaller tables among them | 630,400 | 50.0 s | 12,608 |" in report
