import inspect
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bhod.enums import Severity
from bhod.rules import checks, problems, standing
from bhod.rules.register import RULES
from bhod.selectors.quality import of_guards, of_hours, quality_board
from bhod.selectors.quality.board import first_open_day
from bhod_portal.core.clock import BRUSSELS
from bhod_portal.core.periods import Period
from tests.bhod.factories import (
    AT,
    CircleDoctorFactory,
    CircleOrganisationFactory,
    DoctorUnitFactory,
    GuardFactory,
    GuardUnitFactory,
    GuardZoneFactory,
)

# What only an act can break, not a guard that stands.
OF_ACTS = {"guard_too_old", "guard_too_far"}
WEEKEND = Period(date(2026, 3, 7), date(2026, 3, 8))
THURSDAY = Period(date(2026, 3, 5), date(2026, 3, 5))
NEXT_WEEKEND = Period(date(2026, 3, 14), date(2026, 3, 15))


def instant(*parts):
    return datetime(*parts, tzinfo=BRUSSELS).astimezone(UTC)


@pytest.fixture
def zone():
    return GuardZoneFactory()


@pytest.fixture
def unit(zone):
    """« Ouest », the only unit of a zone of 80,000 inhabitants."""
    return GuardUnitFactory(enterprise=zone.enterprise, zone=zone, name="Ouest")


@pytest.fixture
def guard(unit):
    """A confirmed guard of an enrolled doctor of the circle, from when to when in Brussels."""

    def make(start, end, **values):
        doctor = values.pop("doctor", None) or CircleDoctorFactory(enterprise=unit.enterprise)
        starts_at, ends_at = instant(*start), instant(*end)
        if ends_at <= AT and not {"state", "draft"} & values.keys():
            values |= {"confirmed": True}
        values.pop("state", None)
        return GuardFactory(
            unit=values.pop("unit", unit),
            provider=doctor.provider,
            starts_at=starts_at,
            ends_at=ends_at,
            **values,
        )

    return make


@pytest.fixture
def night(guard):
    """The night of Thursday 5 March."""

    def make(**values):
        return guard((2026, 3, 5, 19), (2026, 3, 6, 8), **values)

    return make


def board_of(unit, period, at=AT):
    return quality_board(enterprise_id=unit.enterprise_id, period=period, at=at)


def codes(sections):
    return [section.rule.code for section in sections]


def only_finding(sections):
    ((finding,),) = [section.findings for section in sections]
    return finding


class TestHours:
    def test_has_nothing_to_say_of_hours_that_are_covered(self, unit, guard):
        guard((2026, 3, 7, 8), (2026, 3, 9, 8))
        board = board_of(unit, WEEKEND)
        assert (codes(board.work), codes(board.information), board.findings) == ([], [], 0)
        assert (board.score.coverage, board.score.soundness, board.minutes_at_stake) == (100, 100, 0)

    def test_tells_the_hours_without_a_guard(self, unit, guard):
        guard((2026, 3, 7, 8), (2026, 3, 8, 20))
        board = board_of(unit, WEEKEND)
        assert codes(board.work) == ["uncovered", "norm_not_met"]
        finding = board.work[0].findings[0]
        assert (finding.starts_at, finding.ends_at) == (instant(2026, 3, 8, 20), instant(2026, 3, 9, 8))
        assert (finding.unit, finding.minutes, board.minutes_at_stake) == ("Ouest", 720, 720)
        assert (board.score.coverage, board.score.minutes, board.score.covered) == (75, 48 * 60, 36 * 60)

    def test_counts_a_draft_as_a_plan_and_a_cancelled_guard_as_none(self, unit, guard):
        guard((2026, 3, 14, 8), (2026, 3, 15, 8), draft=True)
        guard((2026, 3, 15, 8), (2026, 3, 16, 8), cancelled=True)
        assert board_of(unit, NEXT_WEEKEND).score.covered == 24 * 60

    def test_asks_for_weeknights_only_where_they_are_organised(self, unit):
        CircleOrganisationFactory(enterprise=unit.enterprise, organises_weeknights=False)
        board = board_of(unit, THURSDAY)
        assert (codes(board.work), board.score.coverage, board.score.soundness) == ([], None, None)

    def test_asks_for_no_guard_in_a_unit_that_is_closed(self, unit, guard):
        guard((2026, 3, 7, 8), (2026, 3, 9, 8))
        GuardUnitFactory(enterprise=unit.enterprise, zone=unit.zone, closed_from=date(2026, 3, 8))
        board = board_of(unit, WEEKEND)
        assert codes(board.work) == ["uncovered"]
        assert only_finding(board.work).minutes == 24 * 60
        assert board_of(unit, NEXT_WEEKEND).score.minutes == 48 * 60

    def test_covers_the_hours_of_the_first_morning_by_the_month_before(self, unit, guard):
        guard((2026, 3, 7, 8), (2026, 3, 9, 8))
        board = board_of(unit, Period(date(2026, 3, 8), date(2026, 3, 8)))
        assert (board.score.coverage, board.score.guards) == (100, 0)

    def test_says_that_hours_of_more_than_a_year_ago_are_lost(self, unit):
        at = instant(2027, 3, 9, 10)
        board = board_of(unit, WEEKEND, at)
        # Sunday's window ends on Monday 9 March: that is the last day for it.
        assert codes(board.work) == ["uncovered", "norm_not_met"]
        assert board.work[0].findings[0].starts_at == instant(2026, 3, 8, 8)
        assert codes(board.information) == ["uncovered_lost"]
        assert first_open_day(at) == date(2026, 3, 8)
        assert codes(board_of(unit, WEEKEND, at + timedelta(days=1)).work) == []

    @pytest.mark.parametrize(
        "day", [date(2026, 3, 10), date(2028, 2, 29), date(2028, 3, 1), date(2029, 2, 28)]
    )
    def test_the_first_open_day_is_the_first_that_can_be_communicated(self, day):
        at = datetime.combine(day, datetime.min.time(), tzinfo=BRUSSELS) + timedelta(hours=9)
        first = first_open_day(at)
        assert date(day.year - 1, day.month, min(day.day, 28)) - first in {
            timedelta(days=0),
            timedelta(days=1),
        }

    def test_tells_that_several_are_on_guard_together(self, unit, guard):
        guard((2026, 3, 7, 8), (2026, 3, 9, 8))
        guard((2026, 3, 7, 8), (2026, 3, 7, 20))
        guard((2026, 3, 7, 12), (2026, 3, 7, 14))
        board = board_of(unit, WEEKEND)
        assert codes(board.work) == []
        finding = only_finding(board.information)
        assert finding.problem.code == "two_doctors_one_unit"
        assert (finding.problem.params["times"], finding.problem.params["hours"]) == (2, "12\u00a0h")

    @pytest.mark.parametrize(("night_of", "minutes"), [((2026, 3, 28), 23 * 60), ((2026, 10, 24), 24 * 60)])
    def test_counts_what_is_paid_when_the_clock_changes(self, unit, night_of, minutes):
        day = date(*night_of)
        assert board_of(unit, Period(day, day), AT).score.minutes == minutes


class TestZones:
    def test_asks_each_zone_for_its_doctors(self, unit, guard):
        unit.zone.population = 150_000
        unit.zone.save(update_fields=["population"])
        guard((2026, 3, 7, 8), (2026, 3, 8, 8))
        board = board_of(unit, Period(date(2026, 3, 7), date(2026, 3, 7)))
        finding = only_finding(board.work)
        assert finding.problem.code == "norm_not_met"
        assert (finding.starts_at, finding.ends_at) == (instant(2026, 3, 7, 8), instant(2026, 3, 7, 23))
        assert (finding.problem.params["needed"], finding.problem.params["present"]) == (2, 1)

    def test_proposes_no_more_than_a_day_to_fill(self, unit):
        board = board_of(unit, Period(date(2026, 3, 1), date(2026, 3, 31)))
        for section in board.work:
            (finding,) = section.findings
            assert finding.fill.starts_at == finding.starts_at == instant(2026, 3, 1, 8)
            assert finding.fill.ends_at == instant(2026, 3, 2, 8)

    def test_counts_the_doctors_of_all_units_of_a_zone(self, unit, guard):
        unit.zone.population = 150_000
        unit.zone.save(update_fields=["population"])
        east = GuardUnitFactory(enterprise=unit.enterprise, zone=unit.zone, name="Est")
        guard((2026, 3, 7, 8), (2026, 3, 9, 8))
        guard((2026, 3, 7, 8), (2026, 3, 9, 8), unit=east)
        assert codes(board_of(unit, WEEKEND).work) == []

    def test_tells_units_and_zones_that_lack_one_another(self, unit, guard):
        guard((2026, 3, 7, 8), (2026, 3, 9, 8))
        GuardZoneFactory(enterprise=unit.enterprise, name="Vide")
        other = GuardUnitFactory(enterprise=unit.enterprise, name="Seule")
        GuardUnitFactory(enterprise=unit.enterprise, name="Fermée", closed_from=date(2026, 1, 1))
        guard((2026, 3, 7, 8), (2026, 3, 9, 8), unit=other)
        board = board_of(unit, WEEKEND)
        assert [(each.rule.code, each.findings[0].unit) for each in board.work] == [
            ("unit_without_zone", "Seule"),
            ("zone_without_units", "Vide"),
        ]


class TestGuards:
    def test_tells_what_became_wrong_with_its_hours_and_its_enrolment(self, unit, night):
        doctor = CircleDoctorFactory(enterprise=unit.enterprise, valid_until=date(2026, 3, 5))
        made = night(doctor=doctor)
        board = board_of(unit, THURSDAY)
        finding = only_finding(board.work)
        assert (finding.problem.code, finding.guard, finding.doctor_pk) == ("not_enrolled", made, doctor.pk)
        assert (finding.minutes, finding.doctor) == (13 * 60, str(doctor.provider.person))
        assert (board.score.guards, board.score.sound, board.score.soundness) == (1, 0, 0)

    def test_names_no_enrolment_where_there_is_none(self, unit):
        GuardFactory(unit=unit, confirmed=True)
        finding = only_finding(board_of(unit, THURSDAY).work)
        assert (finding.problem.code, finding.doctor_pk) == ("not_enrolled", None)

    def test_tells_a_unit_that_its_doctor_is_not_for(self, unit, night):
        doctor = CircleDoctorFactory(enterprise=unit.enterprise)
        DoctorUnitFactory(doctor=doctor)
        night(doctor=doctor)
        assert "unit_not_allowed" in codes(board_of(unit, THURSDAY).work)

    def test_counts_the_hours_of_a_guard_with_two_problems_once(self, unit, night):
        CircleOrganisationFactory(enterprise=unit.enterprise, organises_weeknights=False)
        night(doctor=CircleDoctorFactory(enterprise=unit.enterprise, ended=True))
        board = board_of(unit, THURSDAY)
        assert codes(board.work) == ["not_enrolled", "weeknight_not_organised"]
        assert (board.findings, board.minutes_at_stake) == (2, 13 * 60)

    def test_lets_the_guards_of_a_month_wait_for_confirmation_together(self, unit, guard, night):
        night(state="REGISTERED")
        guard((2026, 3, 6, 19), (2026, 3, 7, 8), state="REGISTERED")
        guard((2026, 3, 12, 19), (2026, 3, 13, 8))
        board = board_of(unit, Period(date(2026, 3, 5), date(2026, 3, 6)))
        finding = only_finding(board.work)
        assert (finding.problem.code, finding.problem.params["guards"]) == ("not_confirmed", 2)
        assert (finding.minutes, finding.days) == (26 * 60, Period(date(2026, 3, 1), date(2026, 3, 31)))
        assert board.score.soundness == 100

    def test_tells_a_deadline_by_itself(self, unit, night):
        night(state="REGISTERED")
        board = board_of(unit, THURSDAY, instant(2027, 2, 20, 9))
        assert codes(board.work) == ["deadline_near"]

    def test_keeps_what_is_only_partly_paid_out_of_the_work(self, unit, guard):
        guard((2026, 3, 5, 18), (2026, 3, 6, 8))
        board = board_of(unit, THURSDAY)
        assert (codes(board.work), codes(board.information)) == ([], ["partly_outside_windows"])
        assert board.score.soundness == 100

    def test_shows_what_is_not_paid_first_and_then_what_costs_most(self, unit, guard, night):
        night(doctor=CircleDoctorFactory(enterprise=unit.enterprise, ended=True))
        guard((2026, 3, 6, 19), (2026, 3, 7, 8), state="REGISTERED")
        board = board_of(unit, Period(date(2026, 3, 5), date(2026, 3, 8)))
        assert codes(board.work) == ["uncovered", "not_enrolled", "not_confirmed", "norm_not_met"]

    def test_is_silent_about_another_circle(self, unit, night):
        GuardFactory(confirmed=True)
        night()
        assert codes(board_of(unit, THURSDAY).work) == []


class TestOtherCircles:
    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            ((2026, 3, 5, 14), (2026, 3, 5, 18), True),
            ((2026, 3, 5, 7), (2026, 3, 5, 8), False),
            ((2026, 3, 6, 8), (2026, 3, 6, 12), False),
            ((2026, 3, 4, 19), (2026, 3, 5, 9), True),
        ],
    )
    def test_tells_that_a_doctor_is_on_guard_elsewhere_that_day(
        self, unit, guard, night, start, end, expected
    ):
        doctor = CircleDoctorFactory(enterprise=unit.enterprise)
        elsewhere = CircleDoctorFactory(provider=doctor.provider, enterprise__world=unit.enterprise.world)
        there = GuardUnitFactory(enterprise=elsewhere.enterprise)
        night(doctor=doctor)
        guard(start, end, doctor=elsewhere, unit=there)
        board = board_of(unit, THURSDAY)
        assert codes(board.work) == (["two_circles_same_day"] if expected else [])
        for section in board.work:
            for finding in section.findings:
                assert elsewhere.enterprise.name not in finding.problem.text + finding.unit

    @pytest.mark.parametrize(
        ("elsewhere", "expected"),
        [
            ({}, True),
            ({"ended": True}, False),
            ({"to_come": True}, False),
            ({"valid_until": date(2026, 3, 6)}, True),
        ],
    )
    def test_tells_that_a_doctor_is_enrolled_elsewhere(self, unit, night, elsewhere, expected):
        doctor = CircleDoctorFactory(enterprise=unit.enterprise)
        CircleDoctorFactory(provider=doctor.provider, enterprise__world=unit.enterprise.world, **elsewhere)
        night(doctor=doctor)
        assert codes(board_of(unit, THURSDAY).information) == (["enrolled_elsewhere"] if expected else [])


def test_every_rule_that_a_guard_can_break_is_in_the_register():
    said = "".join(inspect.getsource(module) for module in (checks, standing, of_hours, of_guards))
    asked = set(re.findall(r'Problem\(\s*"(\w+)"', said)) - OF_ACTS
    assert asked <= RULES.keys() <= problems.TEXTS.keys()


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_every_rule_says_what_it_is_where_it_stands_and_what_mends_it(rule):
    assert all(str(text) for text in (rule.title, rule.says, rule.source, rule.mending))
    assert rule.severity in Severity


def test_reads_the_same_however_many_guards_there_are(unit, guard):
    doctors = CircleDoctorFactory.create_batch(3, enterprise=unit.enterprise)
    for number in range(20):
        day = date(2026, 2, 2) + timedelta(days=number)
        guard((2026, 2, day.day, 19), (2026, 2, day.day + 1, 8), doctor=doctors[number % 3])
    with CaptureQueriesContext(connection) as captured:
        board_of(unit, Period(date(2026, 2, 1), date(2026, 2, 28)))
    assert len(captured) <= 12
