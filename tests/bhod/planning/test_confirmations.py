"""An import of a planning: its columns, its one confirmation, two at once, and the task that does large ones."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from bhod import tasks
from bhod.enums import ImportState
from bhod.models import ColumnMapping, Guard, GuardBatch, PlanningImport
from bhod.selectors.planning_results import Options
from bhod.services import planning_imports, planning_steps
from bhod.services.batches import undo_batch, undoing_of
from bhod.services.planning_templates import refused_lines
from bhod.services.proposals import preview
from bhod_portal.core.refusals import refusal_codes
from tests.bhod.factories import (
    AT,
    GuardFactory,
)
from tests.bhod.planning.files import line
from tests.bhod.planning.runs import (
    ADDED,
    CHANGED,
    UNCHANGED,
    codes,
    guards,
    outcomes,
    results,
)
from tests.csam.factories import PersonFactory
from tests.threads import at_once


class TestConfirmation:
    def test_refused_lines_are_left_out_on_demand_only(self, circle, doctor, send, confirm):
        one = send(line(doctor), line("12345"))
        with pytest.raises(ValidationError) as refusal:
            confirm(one)
        assert refusal_codes(refusal.value) == {"lines_refused"}
        assert confirm(one, without_refused=True).state == ImportState.DONE
        assert guards(circle).count() == 1

    def test_only_refused_lines_are_kept_of_a_file_once_it_is_done(self, doctor, send, confirm):
        """To be mended and sent again; what else a file said of people, nobody asked for."""
        one = confirm(send(line(doctor), line("12345")), without_refused=True)
        one.refresh_from_db()
        assert [number for number, *_rest in one.lines] == [3]
        assert len(list(refused_lines(one))) == 2

    def test_nothing_is_kept_of_a_file_that_is_left_be(self, doctor, send, by):
        one = send(line(doctor))
        planning_imports.discard(planning_import=one, by=by, at=AT)
        one.refresh_from_db()
        assert (one.lines, one.plan.keys()) == ([], {"options"})

    def test_what_was_not_shown_is_not_done(self, doctor, send, confirm):
        with pytest.raises(ValidationError) as refusal:
            confirm(send(line(doctor)), shown="autre")
        assert refusal_codes(refusal.value) == {"changed_meanwhile"}

    def test_guards_that_changed_meanwhile_are_judged_anew(self, west, doctor, other, send, confirm):
        guard = GuardFactory(unit=west, provider=doctor, weekend=True)
        one = send(line(other, "07-03-2026 08:00", "09-03-2026 08:00"))
        Guard.objects.filter(pk=guard.pk).update(provider=other, version=2)

        again = confirm(one)

        assert (again.state, outcomes(again), bool(again.failure)) == (ImportState.CHECKED, [UNCHANGED], True)
        assert not GuardBatch.objects.exists()

    def test_what_the_rules_refuse_meanwhile_is_judged_anew(self, circle, doctor, send, confirm):
        one = send(line(doctor))
        doctor.enrolments.update(valid_until=date(2026, 1, 31))
        again = confirm(one)
        assert (again.state, codes(again)) == (ImportState.CHECKED, ["not_enrolled"])

    def test_a_second_confirmation_finds_it_done(self, circle, doctor, send, confirm):
        one = send(line(doctor))
        assert confirm(one).batch == confirm(one).batch
        assert guards(circle).count() == 1

    def test_undone_as_a_whole_and_imported_again(self, circle, west, doctor, other, send, confirm, by):
        stood = GuardFactory(unit=west, provider=doctor, weekend=True)
        lines = [line(other, "07-03-2026 08:00", "09-03-2026 08:00"), line(doctor)]
        one = confirm(send(*lines))

        shown = preview(proposal=undoing_of(one.batch), by=by, at=AT)
        undo_batch(batch=one.batch, shown=shown.fingerprint, by=by, at=AT)

        assert [(each.pk, each.provider) for each in guards(circle)] == [(stood.pk, doctor)]
        assert outcomes(send(*lines)) == [CHANGED, ADDED]

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_do_it_once(self, circle, doctor, send, confirm):
        one = send(line(doctor))
        assert at_once(lambda _number: confirm(one), times=3) == ["done"] * 3
        assert (guards(circle).count(), GuardBatch.objects.count()) == (1, 1)

    def test_what_is_decided_is_no_longer_open(self, doctor, send, confirm, by):
        one = confirm(send(line(doctor)))
        for act in (
            lambda: planning_imports.discard(planning_import=one, by=by, at=AT),
            lambda: planning_imports.choose_options(planning_import=one, options=Options(), by=by, at=AT),
        ):
            with pytest.raises(ValidationError) as refusal:
                act()
            assert refusal_codes(refusal.value) == {"not_open"}

    def test_one_that_was_discarded_is_not_confirmed(self, doctor, send, confirm, by):
        one = send(line(doctor))
        for _click in range(2):
            left = planning_imports.discard(planning_import=one, by=by, at=AT)
            one.refresh_from_db()
        assert left.state == ImportState.DISCARDED
        with pytest.raises(ValidationError) as refusal:
            confirm(one, shown="")
        assert refusal_codes(refusal.value) == {"not_open"}

    def test_nobody_without_a_function_of_the_circle(self, circle, doctor, send):
        one = send(line(doctor))
        stranger = PersonFactory(world=circle.world)
        for act in (
            lambda: planning_imports.confirm(
                planning_import=one, shown="", without_refused=False, by=stranger, at=AT
            ),
            lambda: planning_imports.receive(
                enterprise=circle, file_name="a.csv", content=b"a", size=1, by=stranger, at=AT
            ),
        ):
            with pytest.raises(PermissionDenied):
                act()


class TestColumns:
    HEADINGS = ["Poste", "Qui", "Commence", "Finit"]

    def test_own_headings_are_named_once(self, circle, west, doctor, send, by):
        cells = ["Ouest", "Peeters", "14-03-2026 08:00", "15-03-2026 08:00"]
        one = send(cells, headings=self.HEADINGS)
        assert (one.state, one.mapping) == (ImportState.UPLOADED, {})

        columns = {"unit": 0, "doctor": 1, "start": 2, "end": 3}
        named = planning_imports.name_columns(
            planning_import=one, columns=columns, unit_id=None, by=by, at=AT
        )
        assert outcomes(named) == [ADDED]

        again = send([*cells[:2], "21-03-2026 08:00", "22-03-2026 08:00"], headings=self.HEADINGS)
        assert (again.state, outcomes(again)) == (ImportState.CHECKED, [ADDED])
        assert ColumnMapping.objects.get().mapping == {"columns": columns, "unit": None}

    def test_what_is_missing_is_said(self, doctor, send, by, west):
        one = send(["a"], headings=["x"])
        for columns, code in (
            ({"unit": 0}, "columns_missing"),
            ({"doctor": 0, "start": 0, "end_time": 0}, "unit_missing"),
        ):
            with pytest.raises(ValidationError) as refusal:
                planning_imports.name_columns(
                    planning_import=one, columns=columns, unit_id=None, by=by, at=AT
                )
            assert refusal_codes(refusal.value) == {code}
        with pytest.raises(ValidationError) as refusal:
            planning_imports.choose_options(planning_import=one, options=Options(), by=by, at=AT)
        assert refusal_codes(refusal.value) == {"columns_missing"}

    def test_a_unit_for_all_lines(self, west, doctor, send, by):
        headings = ["medecin", "debut", "fin"]
        cells = ["Peeters", "14-03-2026 08:00", "15-03-2026 08:00"]
        one = send(cells, headings=headings)
        assert one.state == ImportState.UPLOADED
        named = planning_imports.name_columns(
            planning_import=one, columns=one.mapping, unit_id=west.pk, by=by, at=AT
        )
        assert [each.now[0] for each in results(named)] == [west.pk]
        assert [each.now[0] for each in results(send(cells, headings=headings))] == [west.pk]


class TestLargeFiles:
    """A task judges and does them; here with a bound that a test can reach."""

    @pytest.fixture(autouse=True)
    def _large(self, monkeypatch):
        monkeypatch.setattr(planning_imports, "AT_ONCE", 0)

    def work(self):
        return planning_steps.work_on_next(real_now=AT)

    def test_are_judged_and_done_by_the_task(self, circle, doctor, send, confirm):
        one = send(line(doctor))
        assert (one.state, one.steps, planning_steps.progress_of(one)) == (ImportState.CHECKING, 1, 0)

        assert self.work() == one.pk
        one.refresh_from_db()
        assert (one.state, outcomes(one)) == (ImportState.CHECKED, [ADDED])

        assert confirm(one).state == ImportState.APPLYING
        assert confirm(one).state == ImportState.APPLYING
        assert not guards(circle)
        assert self.work() == one.pk
        one.refresh_from_db()
        assert (one.state, guards(circle).count()) == (ImportState.DONE, 1)
        assert self.work() is None

    def test_a_worker_that_dies_has_done_nothing_and_the_next_tick_does_it(
        self, circle, doctor, send, confirm, monkeypatch
    ):
        one = send(line(doctor))
        self.work()
        one.refresh_from_db()
        confirm(one)
        carry_out = planning_steps.carry_out

        def die(**asked):
            carry_out(**asked)
            raise SystemExit

        monkeypatch.setattr(planning_steps, "carry_out", die)
        with pytest.raises(SystemExit):
            self.work()
        one.refresh_from_db()
        assert (one.state, guards(circle).count()) == (ImportState.APPLYING, 0)
        assert not GuardBatch.objects.exists()

        monkeypatch.setattr(planning_steps, "carry_out", carry_out)
        self.work()
        one.refresh_from_db()
        assert (one.state, guards(circle).count()) == (ImportState.DONE, 1)

    def test_a_right_that_ended_meanwhile_stops_it(self, circle, doctor, send, confirm):
        one = send(line(doctor))
        self.work()
        one.refresh_from_db()
        confirm(one)
        PlanningImport.objects.update(confirmed_by=PersonFactory(world=circle.world))

        self.work()

        one.refresh_from_db()
        assert (one.state, one.confirmed_at, bool(one.failure)) == (ImportState.FAILED, None, True)
        assert not guards(circle)

    def test_a_unit_that_went_meanwhile_stops_it(self, circle, doctor, send, confirm):
        one = send(line(doctor, unit="Est"))
        self.work()
        one.refresh_from_db()
        confirm(one)
        circle.guard_units.get(name="Est").delete()
        self.work()
        one.refresh_from_db()
        assert one.state == ImportState.FAILED

    def test_what_nobody_thought_of_holds_up_no_other(self, doctor, send, monkeypatch, caplog):
        one, other = send(line(doctor)), send(line(doctor, "21-03-2026 08:00", "22-03-2026 08:00"))
        PlanningImport.objects.filter(pk=one.pk).update(lines=[["broken"]])

        assert [self.work(), self.work()] == [one.pk, other.pk]

        one.refresh_from_db()
        other.refresh_from_db()
        assert (one.state, other.state) == (ImportState.FAILED, ImportState.CHECKED)
        assert f"planning import {one.pk} fails" in caplog.messages

    def test_a_task_does_all_that_waits(self, doctor, send, caplog):
        one = send(line(doctor), at=AT - timedelta(minutes=1))
        with caplog.at_level("INFO", logger="bhod.tasks"):
            tasks.work_on_planning_imports()
            tasks.work_on_planning_imports()
        one.refresh_from_db()
        assert one.state == ImportState.CHECKED
        assert caplog.messages == ["planning imports worked on: 1"]

    @pytest.mark.django_db(transaction=True)
    def test_two_workers_do_it_once(self, circle, doctor, send, confirm):
        one = send(line(doctor))
        self.work()
        one.refresh_from_db()
        confirm(one)
        assert at_once(lambda _number: self.work(), times=3) == ["done"] * 3
        assert (guards(circle).count(), GuardBatch.objects.count()) == (1, 1)
