from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bhod.models import CircleDoctor
from bhod.services.doctor_files import Asked
from bhod.services.doctor_imports import import_doctors, try_file
from bhod.services.doctors import end_enrolment
from bhod.services.guards import register_guard
from bhod_portal.core.file_lines import fingerprint_of
from bhod_portal.core.models import AuditEntry
from bhod_portal.core.refusals import refusal_codes
from tests.bhod.doctor_files import csv_file, line, xlsx_file
from tests.bhod.factories import AT, CircleDoctorFactory, GuardFactory, GuardUnitFactory, manager_of
from tests.csam.factories import EnterpriseFactory, PersonFactory, WorldFactory
from tests.prosante_login.factories import CareProviderFactory, inami_number
from tests.threads import at_once

GP, CANDIDATE, GENERAL, UNKNOWN = "19990512004", "19991502005", inami_number(170_900, "001"), "19990611003"
NIGHT = {"starts_at": datetime(2026, 4, 2, 17, tzinfo=UTC), "ends_at": datetime(2026, 4, 3, 6, tzinfo=UTC)}


@pytest.fixture
def circle():
    return EnterpriseFactory(registered=True)


@pytest.fixture
def manager(circle):
    return manager_of(circle)


@pytest.fixture
def gp(circle):
    return CareProviderFactory(inami_number=GP)


@pytest.fixture
def candidate(circle):
    return CareProviderFactory(inami_number=CANDIDATE)


@pytest.fixture
def attempt(circle, manager):
    def act(*lines, content=None, by=manager):
        content = content or csv_file(*lines)
        return try_file(enterprise=circle, content=content, size=len(content), by=by, at=AT)

    return act


@pytest.fixture
def do(circle, manager, attempt):
    def act(*lines, content=None):
        return carry_out(attempt(*lines, content=content))

    def carry_out(run):
        shown = fingerprint_of(run.plan.results)
        return import_doctors(enterprise=circle, lines=run.lines, shown=shown, by=manager, at=AT)

    act.as_shown = carry_out
    return act


def outcomes(plan):
    return [result.outcome.name for result in plan.results]


def codes(plan):
    return [[problem.code for problem in result.problems] for result in plan.results]


class TestImport:
    @pytest.mark.parametrize("make", [csv_file, xlsx_file])
    def test_adds_doctors_and_candidates(self, do, circle, manager, gp, candidate, make):
        general = CareProviderFactory(inami_number=GENERAL)
        plan = do(
            content=make(
                line("1-99905-12-004", valid_until="31/12/2026"),
                line(CANDIDATE, supervisor=GP),
                line(GENERAL, acquired_rights="Oui"),
            )
        )
        assert outcomes(plan) == ["ADDED"] * 3
        found = {doctor.provider: doctor for doctor in CircleDoctor.objects.all()}
        assert (found[gp].valid_from, found[gp].valid_until) == (date(2026, 4, 1), date(2026, 12, 31))
        assert (found[candidate].supervisor, found[candidate].valid_until) == (gp, None)
        assert found[general].acquired_rights
        assert {(doctor.enterprise, doctor.enrolled_by) for doctor in found.values()} == {(circle, manager)}
        assert AuditEntry.objects.filter(act="bhod.doctor.enrolled").count() == 3

    def test_the_same_file_changes_nothing_the_second_time(self, do, gp, candidate):
        lines = [line(GP, valid_until="31-12-2026"), line(CANDIDATE, supervisor=GP)]
        do(*lines)
        assert outcomes(do(*lines)) == ["UNCHANGED"] * 2
        assert CircleDoctor.objects.count() == 2

    def test_moves_last_days_and_says_from_what(self, do, circle, gp):
        doctor = CircleDoctorFactory(enterprise=circle, provider=gp, valid_until=date(2026, 6, 30))
        for typed, old, new in (
            ("31-5-2026", "30/06/2026", "31/05/2026"),
            ("31-8-2026", "31/05/2026", "31/08/2026"),
        ):
            [result] = do(line(GP, "1-1-2025", valid_until=typed)).results
            assert [(change.old, change.new) for change in result.changes] == [(old, new)]
        doctor.refresh_from_db()
        assert doctor.valid_until == date(2026, 8, 31)
        assert AuditEntry.objects.filter(act="bhod.doctor.last_day_changed").count() == 2

    def test_an_empty_cell_changes_nothing(self, do, circle, gp):
        CircleDoctorFactory(enterprise=circle, provider=gp, valid_until=date(2026, 6, 30))
        assert outcomes(do(line(GP, "1-1-2025"))) == ["UNCHANGED"]

    def test_says_that_inami_recognised_rights(self, do, circle):
        doctor = CircleDoctorFactory(
            enterprise=circle, provider=CareProviderFactory(inami_number=GENERAL), acquired_rights=False
        )
        [result] = do(line(GENERAL, "1-1-2025", acquired_rights="x")).results
        assert [(change.old, change.new) for change in result.changes] == [("non", "oui")]
        doctor.refresh_from_db()
        assert doctor.acquired_rights
        assert AuditEntry.objects.get(act="bhod.doctor.rights_changed").details == {"acquired_rights": True}

    def test_leaves_refused_lines_aside(self, do, gp):
        assert outcomes(do(line(UNKNOWN), line(GP))) == ["REFUSED", "ADDED"]
        assert CircleDoctor.objects.get().provider == gp


class TestRefusals:
    @pytest.mark.parametrize(
        ("asked", "code"),
        [
            pytest.param(line(""), "required", id="no number"),
            pytest.param(line(GP, ""), "required", id="no first day"),
            pytest.param(line("199"), "malformed", id="short number"),
            pytest.param(line("1-99905-13-004"), "check_digits", id="wrong figure"),
            pytest.param(line(UNKNOWN), "unknown_provider", id="nobody's number"),
            pytest.param(line(CANDIDATE, supervisor=UNKNOWN), "unknown_provider", id="nobody supervises"),
            pytest.param(line(CANDIDATE), "supervisor_required", id="candidate alone"),
            pytest.param(line(CANDIDATE, supervisor=CANDIDATE), "supervisor_not_eligible", id="himself"),
            pytest.param(line(GP, supervisor=GP), "supervisor_not_allowed", id="not needed"),
            pytest.param(line(GENERAL), "acquired_rights_required", id="without rights"),
            pytest.param(line(GP, acquired_rights="oui"), "acquired_rights_not_needed", id="rights"),
            pytest.param(line(GP, acquired_rights="peut-être"), "invalid_choice", id="neither yes nor no"),
            pytest.param(line(GP, valid_until="31-3-2026"), "period_out_of_order", id="ends before"),
            pytest.param(line(GP, "31-2-2026"), "invalid", id="no day"),
            pytest.param(line("=1+1"), "formula", id="formula"),
            pytest.param(line("49990335001"), "not_eligible_code", id="nurse"),
        ],
    )
    @pytest.mark.usefixtures("gp", "candidate")
    def test_says_why_a_line_is_refused(self, attempt, asked, code):
        CareProviderFactory(inami_number=GENERAL)
        CareProviderFactory(nurse=True, inami_number="49990335001")
        run = attempt(asked)
        assert outcomes(run.plan) == ["REFUSED"]
        assert code in codes(run.plan)[0]

    @pytest.mark.parametrize("second", [line(GP), line(GP, "1-5-2026")])
    def test_says_which_line_was_first(self, attempt, gp, second):
        run = attempt(line(GP), second)
        assert codes(run.plan) == [[], ["duplicate_line"]]

    def test_says_so_too_of_an_enrolment_that_there_is(self, attempt, circle, gp):
        CircleDoctorFactory(enterprise=circle, provider=gp)
        same = line(GP, "1-1-2025")
        assert codes(attempt(same, same).plan) == [[], ["duplicate_line"]]

    @pytest.mark.parametrize(
        "asked",
        [line(GP), line(GP, "1-6-2024"), line(GP, "1-1-2024", valid_until="1-1-2025")],
    )
    def test_refuses_days_that_another_enrolment_has(self, attempt, circle, gp, asked):
        CircleDoctorFactory(enterprise=circle, provider=gp)
        CircleDoctorFactory(
            enterprise=circle, provider=gp, valid_from=date(2024, 1, 1), valid_until=date(2024, 3, 31)
        )
        assert codes(attempt(asked).plan) == [["already_enrolled"]]

    def test_refuses_to_leave_guards_outside(self, attempt, circle, gp):
        unit = GuardUnitFactory(enterprise=circle)
        GuardFactory(unit=unit, provider=gp, **NIGHT)
        GuardFactory(provider=gp, weekend=True)
        doctor = CircleDoctorFactory(enterprise=circle, provider=gp)
        asked = line(GP, "1-1-2025", valid_until="2-4-2026")
        for valid_until in (None, date(2026, 6, 30)):
            doctor.valid_until = valid_until
            doctor.save()
            assert codes(attempt(asked).plan) == [["guards_after_end"]]
        assert outcomes(attempt(line(GP, "1-1-2025", valid_until="3-4-2026")).plan) == ["CHANGED"]

    def test_leaves_supervisors_alone(self, attempt, circle, gp, candidate):
        CircleDoctorFactory(enterprise=circle, provider=candidate, supervisor=CareProviderFactory())
        asked = line(CANDIDATE, "1-1-2025", supervisor=GP)
        assert codes(attempt(asked).plan) == [["supervisor_differs"]]

    def test_knows_nobody_of_another_world(self, attempt):
        CareProviderFactory(inami_number=GP, person__world=WorldFactory(code="ailleurs"))
        assert codes(attempt(line(GP)).plan) == [["unknown_provider"]]

    def test_a_line_without_its_first_day_has_no_period(self):
        with pytest.raises(ValueError, match="first day"):
            _ = Asked(1).period

    def test_refuses_who_has_no_right(self, attempt, do, circle, gp):
        with pytest.raises(PermissionDenied):
            attempt(line(GP), by=PersonFactory())
        run = attempt(line(GP))
        with pytest.raises(PermissionDenied):
            import_doctors(enterprise=circle, lines=run.lines, shown="", by=PersonFactory(), at=AT)


class TestBadFiles:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            pytest.param(b"", "empty", id="empty"),
            pytest.param(b"%PDF-1.7\n%", "wrong_type", id="PDF"),
            pytest.param("Numéro INAMI;Nom\n1;2".encode(), "heading", id="column missing"),
            pytest.param("Numéro INAMI;Inscrit du;Inscrit du\n1;2;3".encode(), "heading", id="column twice"),
            pytest.param("Numéro INAMI;Inscrit du".encode(), "no_lines", id="heading only"),
            pytest.param(csv_file(*[line(GP)] * 10_001), "too_many_lines", id="more than ten thousand lines"),
        ],
    )
    def test_refuses_what_cannot_be_read(self, attempt, content, code):
        with pytest.raises(ValidationError) as refusal:
            attempt(content=content or b" ")
        assert refusal_codes(refusal.value) == {code}

    def test_reads_what_an_old_spreadsheet_writes(self, attempt, gp):
        run = attempt(content=csv_file(line(GP), encoding="windows-1252"))
        assert outcomes(run.plan) == ["ADDED"]
        assert "Windows-1252" in run.remarks[0]

    def test_refuses_merged_cells_and_a_line_that_is_too_long(self, attempt, gp):
        run = attempt(content=xlsx_file(line(GP), line(GP, "1-1-2027"), merged="A2:A3"))
        assert ["merged" in found for found in codes(run.plan)] == [True, True]
        run = attempt(content=csv_file(line(GP)).replace(b"\r\n1", b"\r\n1") + b"1;2;3;4;5;6")
        assert "too_many_cells" in codes(run.plan)[1]


class TestQueries:
    def test_are_as_many_for_many_lines(self, attempt, circle):
        made = []
        for number in (2, 200):
            doctors = CircleDoctorFactory.create_batch(number, enterprise=circle)
            lines = [
                line(each.provider.inami_number, "1-1-2025", valid_until="31-12-2026") for each in doctors
            ]
            with CaptureQueriesContext(connection) as captured:
                attempt(*lines)
            made.append(len(captured))
        assert made[0] == made[1]


class TestConfirmation:
    def test_does_nothing_that_was_not_shown(self, attempt, do, circle, manager, gp):
        run = attempt(line(GP))
        CircleDoctorFactory(enterprise=circle, provider=gp)
        with pytest.raises(ValidationError) as refusal:
            do.as_shown(run)
        assert refusal_codes(refusal.value) == {"changed_meanwhile"}

    @pytest.mark.django_db(transaction=True)
    def test_two_managers_at_once_enrol_once(self, attempt, do, circle, gp):
        run = attempt(line(GP))
        assert sorted(at_once(lambda _number: do.as_shown(run))) == ["changed_meanwhile"] * 3 + ["done"]
        assert CircleDoctor.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_a_guard_and_a_file_never_contradict_each_other(self, attempt, do, circle, manager, gp):
        unit = GuardUnitFactory(enterprise=circle)
        doctor = CircleDoctorFactory(enterprise=circle, provider=gp)
        run = attempt(line(GP, "1-1-2025", valid_until="31-3-2026"))

        def act(number):
            if number:
                do.as_shown(run)
            else:
                register_guard(unit=unit, provider=gp, by=manager, at=AT, **NIGHT)

        found = sorted(at_once(act, times=2))

        doctor.refresh_from_db()
        assert found in (["changed_meanwhile", "done"], ["done", "not_enrolled"])
        assert (doctor.valid_until is None) == ("changed_meanwhile" in found)

    def test_an_end_meanwhile_is_shown_again(self, attempt, do, circle, manager, gp):
        doctor = CircleDoctorFactory(enterprise=circle, provider=gp)
        run = attempt(line(GP, "1-1-2025", valid_until="31-3-2026"))
        end_enrolment(doctor=doctor, last_day=date(2026, 4, 30), by=manager, at=AT)
        with pytest.raises(ValidationError):
            do.as_shown(run)
