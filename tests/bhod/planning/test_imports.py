"""An import of a planning, by its services: what each line does, once, and what stops it."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from bhod.enums import GuardState, ImportState
from bhod.selectors.guards import guards_of
from bhod.selectors.planning_results import Options
from bhod.services import planning_imports
from bhod.services.guard_exports import export_calendar, export_table
from bhod_portal.core.csv_files import csv_lines
from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.periods import Period
from bhod_portal.core.refusals import refusal_codes
from tests.bhod.factories import (
    AT,
    CircleDoctorFactory,
    GuardFactory,
    GuardZoneFactory,
)
from tests.bhod.planning.files import line, xlsx_file
from tests.bhod.planning.runs import (
    ADDED,
    CHANGED,
    REFUSED,
    REMOVED,
    UNCHANGED,
    codes,
    guards,
    outcomes,
    results,
)


class TestWhatALineDoes:
    def test_a_guard_is_added_once_and_its_doctor_told(self, circle, west, doctor, send, confirm):
        one = send(line(doctor))
        assert (one.state, outcomes(one), one.plan["told"]) == (ImportState.CHECKED, [ADDED], 1)
        assert not guards(circle)

        done = confirm(one)

        [guard] = guards(circle)
        assert (guard.unit, guard.provider, guard.state) == (west, doctor, GuardState.REGISTERED)
        assert guard.starts_at == datetime(2026, 3, 14, 7, tzinfo=UTC)
        assert (done.state, done.batch.kind, done.confirmed_at) == (ImportState.DONE, "IMPORT", AT)
        assert done.batch.label == done.file_name
        assert Message.objects.filter(person=doctor.person).count() == 1
        assert AuditEntry.objects.filter(act="bhod.batch.import").count() == 1
        assert AuditEntry.objects.filter(act="bhod.planning.received").count() == 1

    def test_the_same_file_again_changes_nothing(self, circle, doctor, other, send, confirm):
        lines = [line(doctor), line(other, unit="Est")]
        confirm(send(*lines))

        again = send(*lines)

        assert outcomes(again) == [UNCHANGED, UNCHANGED]
        with pytest.raises(ValidationError) as refusal:
            confirm(again)
        assert refusal_codes(refusal.value) == {"nothing_to_do"}

    def test_another_doctor_at_the_same_start_takes_the_guard_over(
        self, circle, west, doctor, other, send, confirm
    ):
        guard = GuardFactory(unit=west, provider=doctor, weekend=True)
        one = send(line(other, "07-03-2026 08:00", "09-03-2026 08:00"))
        assert outcomes(one) == [CHANGED]
        assert results(one)[0].was[1] == doctor.pk
        assert one.plan["told"] == 2

        confirm(one)

        guard.refresh_from_db()
        assert (guard.provider, guard.version) == (other, 2)
        assert guards(circle).count() == 1

    def test_the_same_doctor_on_that_day_gets_other_hours(self, west, doctor, send, confirm):
        guard = GuardFactory(unit=west, provider=doctor, weekend=True)
        confirm(send(line(doctor, "07-03-2026 10:00", "09-03-2026 08:00")))
        guard.refresh_from_db()
        assert guard.starts_at == datetime(2026, 3, 7, 9, tzinfo=UTC)

    def test_two_doctors_at_once_are_not_taken_for_one_another(self, west, doctor, other, send):
        for provider in (doctor, other):
            GuardFactory(unit=west, provider=provider, weekend=True)
        hours = ("07-03-2026 08:00", "09-03-2026 08:00")
        assert outcomes(send(line(other, *hours), line(doctor, *hours))) == [UNCHANGED, UNCHANGED]

    def test_two_doctors_may_change_places(self, circle, west, doctor, other, send, confirm):
        east = circle.guard_units.get(name="Est")
        GuardFactory(unit=west, provider=doctor, weekend=True)
        GuardFactory(unit=east, provider=other, weekend=True)
        hours = ("07-03-2026 08:00", "09-03-2026 08:00")
        one = send(line(other, *hours), line(doctor, *hours, unit="Est"))
        assert outcomes(one) == [CHANGED, CHANGED]
        assert confirm(one).state == ImportState.DONE

    def test_a_confirmed_guard_that_changes_is_to_be_confirmed_anew(self, west, doctor, send, confirm):
        guard = GuardFactory(unit=west, provider=doctor, weekend=True, confirmed=True)
        one = send(line(doctor, "07-03-2026 08:00", "08-03-2026 08:00"))
        assert results(one)[0].notes
        confirm(one)
        guard.refresh_from_db()
        assert guard.state == GuardState.REGISTERED

    def test_a_draft_that_changes_stays_one(self, west, doctor, send, confirm):
        guard = GuardFactory(unit=west, provider=doctor, weekend=True, draft=True)
        confirm(send(line(doctor, "07-03-2026 08:00", "08-03-2026 08:00")))
        guard.refresh_from_db()
        assert guard.state == GuardState.DRAFT
        assert not Message.objects.exists()

    def test_a_guard_is_known_by_its_reference(self, west, doctor, send):
        guard = GuardFactory(unit=west, provider=doctor)
        headings = ["reference", "unite", "inami", "debut", "fin"]
        cells = [
            f"{guard.reference}@bhod",
            "Ouest",
            doctor.inami_number,
            "20-03-2026 19:00",
            "21-03-2026 08:00",
        ]
        one = send(cells, headings=headings)
        assert [(each.outcome, each.guard_id) for each in results(one)] == [(CHANGED, guard.pk)]

    def test_a_line_that_says_cancelled_removes_its_guard(self, west, doctor, send, confirm):
        guard = GuardFactory(unit=west, provider=doctor, weekend=True)
        headings = ["unite", "inami", "debut", "fin", "etat"]
        cells = ["Ouest", doctor.inami_number, "07-03-2026 08:00", "09-03-2026 08:00", "annulée"]
        one = send(cells, [*cells[:2], "21-03-2026 08:00", "22-03-2026 08:00", "annulée"], headings=headings)
        assert outcomes(one) == [REMOVED, UNCHANGED]
        confirm(one)
        guard.refresh_from_db()
        assert guard.state == GuardState.CANCELLED
        assert "planning.csv" in guard.cancel_reason

    def test_a_line_said_twice_counts_once(self, doctor, send):
        one = send(line(doctor), line(doctor))
        assert outcomes(one) == [ADDED, UNCHANGED]
        assert results(one)[1].notes

    def test_the_example_of_the_template_has_no_effect(self, doctor, send):
        assert outcomes(send(line(doctor, type="Exemple"), line(doctor))) == [UNCHANGED, ADDED]

    @pytest.mark.parametrize(
        ("written", "warns"), [("week-end", False), ("Nuit", True), ("Férié", True), ("mardi", True)]
    )
    def test_a_type_that_says_otherwise_warns(self, doctor, send, written, warns):
        one = send(line(doctor, type=written))
        assert outcomes(one) == [ADDED]
        assert bool(results(one)[0].notes) == warns

    def test_a_type_where_no_hour_is_paid_warns(self, doctor, send):
        one = send(line(doctor, "12-03-2026 09:00", "12-03-2026 12:00", type="nuit"))
        assert "aucune heure" in results(one)[0].notes[0]


class TestWhoAndWhere:
    @pytest.mark.parametrize("name", ["Peeters Zoé", "Dr ZOE PEETERS", "peeters"])
    def test_a_doctor_by_a_name_that_only_he_bears(self, doctor, send, name):
        one = send(
            ["Ouest", name, "14-03-2026 08:00", "15-03-2026 08:00"],
            headings=["unite", "medecin", "debut", "fin"],
        )
        assert [each.now[1] for each in results(one)] == [doctor.pk]

    def test_a_name_that_two_bear(self, circle, doctor, send):
        CircleDoctorFactory(enterprise=circle, provider__person__last_name="Peeters")
        one = send(
            ["Ouest", "Peeters", "14-03-2026 08:00", "15-03-2026 08:00"],
            headings=["unite", "medecin", "debut", "fin"],
        )
        assert codes(one) == ["doctor_ambiguous"]

    def test_a_name_that_nobody_bears(self, doctor, send):
        one = send(
            ["Ouest", "Nemo", "14-03-2026 08:00", "15-03-2026 08:00"],
            headings=["unite", "medecin", "debut", "fin"],
        )
        assert codes(one) == ["doctor_unknown"]

    def test_units_zones_and_circles_that_are_not_the_circle_s(self, circle, west, doctor, send):
        west.zone = GuardZoneFactory(enterprise=circle, name="Vallée")
        west.save()
        one = send(
            line(doctor, unit="Nord"),
            line(doctor, unit=""),
            line(doctor, zone="Mer"),
            line(doctor, zone="vallee", cercle_bce="0999.999.031"),
            line(doctor, zone="vallée", cercle_bce=circle.bce_number.lstrip("0")),
        )
        assert codes(one) == ["unit_unknown", "unit_missing", "zone_unknown", "another_circle"]
        assert outcomes(one)[-1] == ADDED

    def test_a_unit_in_another_zone(self, circle, west, doctor, send):
        for unit, name in ((west, "Vallée"), (circle.guard_units.get(name="Est"), "Plateau")):
            unit.zone = GuardZoneFactory(enterprise=circle, name=name)
            unit.save()
        assert codes(send(line(doctor, zone="Plateau"))) == ["unit_in_another_zone"]

    def test_the_only_unit_needs_no_name(self, circle, west, doctor, send):
        circle.guard_units.get(name="Est").delete()
        assert [each.now[0] for each in results(send(line(doctor, unit="")))] == [west.pk]

    def test_the_rules_refuse_as_everywhere(self, circle, doctor, other, send):
        stranger = CircleDoctorFactory(enterprise__world=circle.world).provider
        one = send(
            line("1-00000-99-003"),
            line("12345"),
            line(stranger),
            line(doctor, "14-03-2026 08:00", "14-03-2026 08:00"),
            line(doctor, "14-03-2026 08:00", "17-03-2026 16:00"),
            line(doctor, "15-03-2026 08:00", "14-03-2026 08:00"),
            line(doctor, "14-03-2001 08:00", "15-03-2001 08:00"),
            line(doctor, "14-03-2029 08:00", "15-03-2029 08:00"),
            line(doctor),
            line(doctor, "14-03-2026 20:00", "15-03-2026 20:00", unit="Est"),
        )
        assert codes(one) == [
            "check_digits", "malformed", "not_enrolled", "guard_out_of_order", "guard_too_long", "guard_out_of_order",
            "guard_too_old", "guard_too_far", "guard_overlap",
        ]  # fmt: skip
        assert outcomes(one).count(REFUSED) == 9

    def test_a_number_that_is_nobody_s(self, send):
        assert codes(send(line("1-99905-12-004"))) == ["inami_unknown"]

    def test_a_guard_that_stays_is_still_in_the_way(self, circle, west, doctor, other, send, confirm):
        """A line that the rules refuse leaves its guard as it is: another line can't have its hours."""
        GuardFactory(unit=west, provider=doctor, weekend=True)
        one = send(
            line(doctor, "07-03-2026 08:00", "10-03-2026 20:00"),
            line(doctor, "07-03-2026 20:00", "08-03-2026 08:00", unit="Est"),
        )
        assert codes(one) == ["guard_too_long", "guard_overlap"]


class TestWholePlannings:
    @pytest.fixture
    def stands(self, west, doctor):
        return GuardFactory(unit=west, provider=doctor, weekend=True)

    def whole(self, one, west, by, **days):
        period = Period(days.get("start", date(2026, 3, 1)), days.get("end", date(2026, 3, 31)))
        options = Options(period=period, replaced=frozenset({west.pk}))
        return planning_imports.choose_options(planning_import=one, options=options, by=by, at=AT)

    def test_what_the_file_does_not_name_is_cancelled(self, circle, west, doctor, send, confirm, by, stands):
        one = send(line(doctor))
        assert outcomes(one) == [ADDED]

        one = self.whole(one, west, by)
        assert outcomes(one) == [ADDED, REMOVED]
        confirm(one)

        stands.refresh_from_db()
        assert stands.state == GuardState.CANCELLED
        assert guards(circle).count() == 1

    def test_other_days_and_units_are_left_alone(self, west, doctor, send, by, stands, circle):
        GuardFactory(unit=circle.guard_units.get(name="Est"), provider=doctor)
        one = self.whole(send(line(doctor)), west, by, start=date(2026, 3, 10))
        assert outcomes(one) == [ADDED]

    def test_a_confirmed_guard_is_not_cancelled_by_a_file(self, west, doctor, send, by, confirm):
        GuardFactory(unit=west, provider=doctor, weekend=True, confirmed=True)
        one = self.whole(send(line(doctor)), west, by)
        assert codes(one) == ["confirmed_stays"]
        assert results(one)[1].number == 0

    def test_a_refused_line_keeps_the_guard_that_it_speaks_of(self, west, doctor, send, by, stands):
        one = self.whole(send(line("1-99905-12-004", "07-03-2026 08:00", "09-03-2026 08:00")), west, by)
        assert outcomes(one) == [REFUSED]

    def test_drafts_tell_nobody(self, circle, doctor, send, by, confirm):
        one = planning_imports.choose_options(
            planning_import=send(line(doctor)), options=Options(as_drafts=True), by=by, at=AT
        )
        assert one.plan["told"] == 0
        confirm(one)
        assert [each.state for each in guards(circle)] == [GuardState.DRAFT]
        assert not Message.objects.exists()


def test_an_xlsx_file_is_read_alike(circle, doctor, send, confirm):
    start, end = datetime(2026, 3, 14, 8), datetime(2026, 3, 15, 8)  # noqa: DTZ001  (as a workbook has them)
    one = send(content=xlsx_file(line(doctor, start, end)), name="planning.xlsx")
    assert outcomes(one) == [ADDED]
    assert confirm(one).state == ImportState.DONE


def test_merged_cells_and_formulas_are_refused_with_their_line(doctor, send):
    one = send(
        content=xlsx_file(
            line(doctor),
            line(doctor, "21-03-2026 08:00", "=E3+1"),
            line(doctor, "28-03-2026 08:00", "29-03-2026 08:00"),
            merged=["E4:F4"],
        )
    )
    assert [(each.number, each.outcome) for each in results(one)] == [(2, ADDED), (3, REFUSED), (4, REFUSED)]
    assert {"formula", "merged"} <= set(codes(one))


class TestOwnExports:
    """What we gave away comes back as it is."""

    @pytest.fixture
    def stands(self, west, doctor, other):
        GuardFactory(unit=west, provider=doctor, weekend=True)
        GuardFactory(unit=west, provider=other, cancelled=True)
        GuardFactory(unit=west, provider=doctor, confirmed=True)

    def test_a_calendar(self, circle, by, send, stands):
        content = export_calendar(enterprise=circle, guards=guards_of(circle.pk), by=by, at=AT)
        one = send(content=content, name="gardes.ics")
        assert (one.state, outcomes(one), one.remarks) == (ImportState.CHECKED, [UNCHANGED] * 3, [])

    def test_a_table(self, circle, by, send, stands):
        rows = export_table(enterprise=circle, guards=guards_of(circle.pk), with_amounts=False, by=by, at=AT)
        content = "".join(csv_lines(rows)).encode()
        one = send(content=content)
        assert (one.state, outcomes(one)) == (ImportState.CHECKED, [UNCHANGED] * 3)
