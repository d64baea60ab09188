"""Plans of guards: judged beforehand, done whole or not at all, written down, and told to the doctors concerned."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from bhod.enums import BatchKind, GuardAct, GuardState
from bhod.models import Guard, GuardBatch, GuardChange
from bhod.selectors.plans import Entry, Plan, judge, settle
from bhod.services.guards import cancel_guard, change_guard, confirm_guard, register_guard, reopen_guard
from bhod.services.notices import doctors_told
from bhod.services.planning import PlanRefusedError, carry_out
from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.refusals import refusal_codes
from tests.bhod.factories import (
    AT,
    CircleDoctorFactory,
    DoctorUnitFactory,
    GuardFactory,
    GuardUnitFactory,
)
from tests.csam.factories import PersonFactory

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The nights from Monday 16 March 2026 on, after AT; and the night of Thursday 5 March, before it.
NIGHT = (datetime(2026, 3, 16, 18, tzinfo=UTC), datetime(2026, 3, 17, 7, tzinfo=UTC))
PAST = (datetime(2026, 3, 5, 18, tzinfo=UTC), datetime(2026, 3, 6, 7, tzinfo=UTC))


@pytest.fixture
def act(unit, manager):
    def carry(*entries, at=AT, by=manager, **kwargs):
        return carry_out(plan=Plan(unit.enterprise_id, entries), by=by, at=at, **kwargs)

    return carry


def new(unit, provider, hours=NIGHT, **kwargs):
    return Entry(unit_id=unit.pk, provider_id=provider.pk, starts_at=hours[0], ends_at=hours[1], **kwargs)


def later(hours, days):
    return hours[0] + days * DAY, hours[1] + days * DAY


def problems(verdict):
    return [[each.code for each in found] for found in verdict.problems]


class TestJudge:
    def test_finds_nothing_wrong_with_what_is_right(self, unit, doctor):
        assert problems(judge(Plan(unit.enterprise_id, [new(unit, doctor)]), at=AT)) == [[]]

    def test_sees_two_entries_that_exclude_each_other(self, unit, doctor):
        plan = Plan(unit.enterprise_id, [new(unit, doctor), new(unit, doctor)])
        verdict = judge(plan, at=AT)
        assert problems(verdict) == [[], ["guard_overlap"]]
        assert verdict.accepted.entries == [plan.entries[0]]
        assert [entry for entry, _found in verdict.refused] == [plan.entries[1]]

    def test_sees_hours_that_an_entry_of_the_same_plan_gives_free(self, unit, doctor, colleague):
        guard = GuardFactory(unit=unit, provider=doctor, starts_at=NIGHT[0], ends_at=NIGHT[1])
        moved = Entry.of(guard, act=GuardAct.CHANGED).moved(provider_id=colleague.pk)
        plan = Plan(unit.enterprise_id, [moved, new(unit, doctor)])
        assert problems(judge(plan, at=AT)) == [[], []]

    def test_tells_all_that_is_wrong_with_a_guard(self, unit):
        ended = CircleDoctorFactory(enterprise=unit.enterprise, ended=True).provider
        unit.closed_from = date(2026, 3, 17)
        unit.save()
        plan = Plan(unit.enterprise_id, [new(unit, ended)])
        assert problems(judge(plan, at=AT)) == [["not_enrolled", "unit_closed"]]

    def test_closes_a_unit_from_its_first_day_without_guards(self, unit, doctor):
        unit.closed_from = date(2026, 3, 18)
        unit.save()
        entries = [new(unit, doctor), new(unit, doctor, later(NIGHT, 1))]
        assert problems(judge(Plan(unit.enterprise_id, entries), at=AT)) == [[], ["unit_closed"]]

    def test_holds_a_doctor_to_the_units_of_his_enrolment(self, unit, doctor):
        east = GuardUnitFactory(enterprise=unit.enterprise, name="Est")
        DoctorUnitFactory(doctor=doctor.enrolments.get(), unit=east)
        entries = [new(unit, doctor), new(east, doctor)]
        assert problems(judge(Plan(unit.enterprise_id, entries), at=AT)) == [["unit_not_allowed"], []]

    @pytest.mark.parametrize(
        ("hours", "code"),
        [
            pytest.param((NIGHT[0], NIGHT[0]), "guard_out_of_order", id="of no hour"),
            pytest.param((NIGHT[1], NIGHT[0]), "guard_out_of_order", id="backwards"),
            pytest.param((NIGHT[0], NIGHT[0] + 80 * HOUR), "guard_too_long", id="of 80 hours"),
            pytest.param(
                (datetime(2001, 3, 16, 18, tzinfo=UTC), datetime(2001, 3, 17, 7, tzinfo=UTC)),
                "guard_too_old",
                id="of 2001",
            ),
            pytest.param(
                (datetime(2062, 3, 16, 18, tzinfo=UTC), datetime(2062, 3, 17, 7, tzinfo=UTC)),
                "guard_too_far",
                id="of 2062",
            ),
            pytest.param(
                (datetime(9999, 12, 31, 18, tzinfo=UTC), datetime(9999, 12, 31, 19, tzinfo=UTC)),
                "guard_too_far",
                id="at the end of all days",
            ),
        ],
    )
    def test_refuses_hours_that_make_no_sense(self, unit, doctor, hours, code):
        assert problems(judge(Plan(unit.enterprise_id, [new(unit, doctor, hours)]), at=AT)) == [[code]]

    def test_asks_as_little_for_many_as_for_one(self, unit, doctor, colleague, django_assert_max_num_queries):
        many = [new(unit, each, later(NIGHT, day)) for day in range(60) for each in (doctor, colleague)]
        with django_assert_max_num_queries(6):
            verdict = judge(Plan(unit.enterprise_id, many), at=AT)
        assert not verdict.refused

    def test_asks_nothing_for_nothing(self, unit, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert judge(Plan(unit.enterprise_id, []), at=AT).problems == []


class TestSettle:
    @pytest.fixture
    def to_nobody(self, unit, doctor):
        """A guard of the doctor that cannot go where it should: the colleague is no longer enrolled."""
        ended = CircleDoctorFactory(enterprise=unit.enterprise, ended=True).provider
        guard = GuardFactory(unit=unit, provider=doctor, starts_at=NIGHT[0], ends_at=NIGHT[1])
        return Entry.of(guard, act=GuardAct.CHANGED).moved(provider_id=ended.pk)

    def test_keeps_what_is_refused_in_the_way_of_the_rest(self, unit, doctor, to_nobody):
        kept, found = settle(Plan(unit.enterprise_id, [to_nobody, new(unit, doctor)]), at=AT)
        assert kept.entries == []
        assert [[each.code for each in of_entry] for _entry, of_entry in found] == [
            ["not_enrolled"],
            ["guard_overlap"],
        ]

    def test_asks_again_what_hung_on_a_refused_entry_that_came_later(self, unit, doctor, to_nobody):
        kept, found = settle(Plan(unit.enterprise_id, [new(unit, doctor), to_nobody]), at=AT)
        assert kept.entries == []
        assert len(found) == 2


class TestCarryOut:
    def test_does_all_of_a_plan(self, act, unit, doctor, colleague):
        done = act(new(unit, doctor), new(unit, colleague), batch=(BatchKind.SERIES, "Série"))

        assert {guard.provider for guard in Guard.objects.all()} == {doctor, colleague}
        assert [guard.provider_id for guard in done.guards] == [doctor.pk, colleague.pk]
        assert (done.batch.kind, done.batch.label) == (BatchKind.SERIES, "Série")
        assert GuardChange.objects.filter(batch=done.batch, act=GuardAct.ENTERED, number=1).count() == 2
        [entry] = AuditEntry.objects.all()
        assert (entry.act, entry.details) == ("bhod.batch.series", {"guards": 2})

    def test_does_nothing_of_a_plan_that_the_rules_refuse_in_part(self, act, unit, doctor, colleague):
        with pytest.raises(PlanRefusedError) as refusal:
            act(new(unit, colleague), new(unit, doctor), new(unit, doctor))
        assert refusal_codes(refusal.value) == {"guard_overlap"}
        assert len(refusal.value.refused) == 1
        assert not Guard.objects.exists()
        assert not Message.objects.exists()

    def test_lets_two_doctors_change_places(self, act, unit, doctor, colleague):
        east = GuardUnitFactory(enterprise=unit.enterprise, name="Est")
        one, other = act(new(unit, doctor), new(east, colleague)).guards

        act(
            Entry.of(one, act=GuardAct.SWAPPED).moved(provider_id=colleague.pk),
            Entry.of(other, act=GuardAct.SWAPPED).moved(provider_id=doctor.pk),
        )

        assert Guard.objects.get(unit=unit).provider == colleague
        assert Guard.objects.get(unit=east).provider == doctor

    def test_keeps_what_a_guard_was(self, act, unit, doctor, colleague):
        [guard] = act(new(unit, doctor)).guards
        act(Entry.of(guard, act=GuardAct.CHANGED).moved(provider_id=colleague.pk, ends_at=NIGHT[1] - HOUR))

        guard.refresh_from_db()
        assert guard.version == 2
        first, second = guard.changes.order_by("number")
        assert (first.before_provider, first.before_state) == (None, "")
        assert (second.before_provider, second.before_ends_at) == (doctor, NIGHT[1])
        assert (second.before_unit, second.before_state) == (unit, GuardState.REGISTERED)

    def test_refuses_what_changed_since_it_was_seen(self, act, unit, doctor, colleague, manager):
        [guard] = act(new(unit, doctor)).guards
        seen = Entry.of(guard, act=GuardAct.CHANGED).moved(ends_at=NIGHT[1] - HOUR)
        act(Entry.of(guard, act=GuardAct.CHANGED).moved(provider_id=colleague.pk))

        with pytest.raises(PlanRefusedError) as refusal:
            act(seen)

        assert refusal_codes(refusal.value) == {"changed_meanwhile"}
        assert str(manager) in " ".join(refusal.value.messages)

    def test_is_for_who_manages_the_guards_of_the_circle(self, act, unit, doctor):
        stranger = PersonFactory(world=unit.enterprise.world)
        with pytest.raises(PermissionDenied):
            act(new(unit, doctor), by=stranger)

    def test_refuses_guards_and_units_of_another_circle(self, act, doctor):
        elsewhere = GuardFactory()
        for entry in (
            new(elsewhere.unit, doctor),
            Entry.of(elsewhere, act=GuardAct.CANCELLED, state=GuardState.CANCELLED, reason="non"),
        ):
            with pytest.raises(ValidationError) as refusal:
                act(entry)
            assert refusal_codes(refusal.value) <= {"unit_of_another_circle", "guard_of_another_circle"}
        assert Guard.objects.get().state == GuardState.REGISTERED

    def test_keeps_a_label_that_is_too_long(self, act, unit, doctor):
        act(new(unit, doctor), batch=(BatchKind.IMPORT, "x" * 300))
        assert GuardBatch.objects.get().label == "x" * 200


class TestStates:
    @pytest.fixture
    def performed(self, act, unit, doctor):
        [guard] = act(new(unit, doctor, PAST)).guards
        return guard

    def test_a_draft_becomes_registered(self, act, unit, doctor):
        [guard] = act(new(unit, doctor, state=GuardState.DRAFT)).guards
        assert not guard.is_published

        act(Entry.of(guard, act=GuardAct.PUBLISHED, state=GuardState.REGISTERED))

        guard.refresh_from_db()
        assert (guard.state, guard.is_published) == (GuardState.REGISTERED, True)

    def test_a_guard_is_confirmed_after_its_end(self, performed, manager):
        confirm_guard(guard=performed, by=manager, at=AT)
        assert (performed.state, performed.confirmed_at, performed.confirmed_by) == (
            GuardState.CONFIRMED, AT, manager,
        )  # fmt: skip

    @pytest.mark.parametrize("seconds", [-1, 0])
    def test_and_not_a_second_before(self, performed, manager, seconds):
        at = performed.ends_at + timedelta(seconds=seconds)
        if seconds < 0:
            with pytest.raises(PlanRefusedError) as refusal:
                confirm_guard(guard=performed, by=manager, at=at)
            assert refusal_codes(refusal.value) == {"not_over"}
        else:
            assert confirm_guard(guard=performed, by=manager, at=at).state == GuardState.CONFIRMED

    def test_confirming_asks_the_rules_again(self, performed, manager, doctor):
        """What would not be paid shows before: here somebody shortened the enrolment behind the guard's back."""
        doctor.enrolments.update(valid_until=date(2026, 3, 4))
        with pytest.raises(PlanRefusedError) as refusal:
            confirm_guard(guard=performed, by=manager, at=AT)
        assert refusal_codes(refusal.value) == {"not_enrolled"}

    def test_a_confirmed_guard_that_changes_is_to_be_confirmed_anew(self, performed, manager, unit, doctor):
        confirm_guard(guard=performed, by=manager, at=AT)
        change_guard(
            guard=performed, unit=unit, provider=doctor, starts_at=PAST[0], ends_at=PAST[1] - HOUR, by=manager, at=AT,
        )  # fmt: skip
        assert (performed.state, performed.confirmed_at, performed.confirmed_by) == (
            GuardState.REGISTERED, None, None,
        )  # fmt: skip

    def test_a_draft_that_changes_stays_one(self, act, unit, doctor, manager):
        [guard] = act(new(unit, doctor, state=GuardState.DRAFT)).guards
        change_guard(
            guard=guard, unit=unit, provider=doctor, starts_at=NIGHT[0], ends_at=NIGHT[1] - HOUR, by=manager, at=AT,
        )  # fmt: skip
        assert guard.state == GuardState.DRAFT

    def test_a_confirmation_is_taken_back_with_a_reason(self, performed, manager):
        for codes, reason in (({"not_confirmed"}, "erreur"), ({"reason_required"}, " ")):
            with pytest.raises(ValidationError) as refusal:
                reopen_guard(guard=performed, reason=reason, by=manager, at=AT)
            assert refusal_codes(refusal.value) == codes
        confirm_guard(guard=performed, by=manager, at=AT)

        reopen_guard(guard=performed, reason="erreur d'heure", by=manager, at=AT)

        assert (performed.state, performed.confirmed_at) == (GuardState.REGISTERED, None)
        assert performed.changes.get(act=GuardAct.REOPENED).reason == "erreur d'heure"

    def test_a_cancelled_guard_comes_back_only_by_undoing(self, act, unit, doctor, manager):
        [guard] = act(new(unit, doctor)).guards
        cancel_guard(guard=guard, reason="erreur", by=manager, at=AT)
        with pytest.raises(PlanRefusedError) as refusal:
            act(Entry.of(guard, act=GuardAct.CHANGED, state=GuardState.REGISTERED))
        assert refusal_codes(refusal.value) == {"already_cancelled"}

        act(Entry.of(guard, act=GuardAct.UNDONE, state=GuardState.REGISTERED))

        guard.refresh_from_db()
        assert (guard.state, guard.cancelled_at, guard.cancel_reason) == (GuardState.REGISTERED, None, "")


class TestNotices:
    def test_one_mail_for_each_doctor_whose_guards_changed(self, act, unit, doctor, colleague):
        untouched = CircleDoctorFactory(enterprise=unit.enterprise, provider__person__email="c@example.be")
        act(new(unit, untouched.provider, later(NIGHT, 5)))
        Message.objects.all().delete()

        done = act(new(unit, doctor), new(unit, doctor, later(NIGHT, 1)), new(unit, colleague))

        assert done.told == 2
        assert {m.recipient for m in Message.objects.all()} == {"a@example.be", "b@example.be"}
        body = Message.objects.get(recipient="a@example.be").body
        assert "lun 16/03/2026 19:00 – mar 17/03/2026 08:00, Ouest" in body
        assert "mar 17/03/2026 19:00" in body
        assert "Contestez la garde dans « Mes gardes »" in body

    def test_says_what_was_and_what_is(self, act, unit, doctor):
        [guard] = act(new(unit, doctor)).guards
        act(Entry.of(guard, act=GuardAct.CHANGED).moved(ends_at=NIGHT[1] - HOUR))
        body = Message.objects.order_by("pk").last().body
        assert "avant : lun 16/03/2026 19:00 – mar 17/03/2026 08:00, Ouest" in body
        assert "après : lun 16/03/2026 19:00 – mar 17/03/2026 07:00, Ouest" in body

    def test_tells_the_one_who_gets_a_guard_and_the_one_who_loses_it(self, act, unit, doctor, colleague):
        [guard] = act(new(unit, doctor)).guards
        Message.objects.all().delete()
        plan = Entry.of(guard, act=GuardAct.CHANGED).moved(provider_id=colleague.pk)
        act(plan)
        told = {m.recipient: m.body for m in Message.objects.all()}
        assert "Gardes que vous n'avez plus" in told["a@example.be"]
        assert "Gardes que vous recevez" in told["b@example.be"]

    def test_tells_nobody_of_drafts_and_confirmations(self, act, unit, doctor, manager):
        [draft] = act(new(unit, doctor, state=GuardState.DRAFT)).guards
        cancel_guard(guard=draft, reason="autrement", by=manager, at=AT)
        assert not Message.objects.exists()
        [guard] = act(new(unit, doctor, PAST)).guards
        Message.objects.all().delete()
        confirm_guard(guard=guard, by=manager, at=AT)
        assert not Message.objects.exists()

    def test_does_not_tell_the_author_nor_who_has_no_address(self, unit, act, manager):
        himself = CircleDoctorFactory(enterprise=unit.enterprise, provider__person=manager).provider
        without = CircleDoctorFactory(enterprise=unit.enterprise, provider__person__email="").provider
        entries = [new(unit, himself), new(unit, without)]
        assert doctors_told(Plan(unit.enterprise_id, entries), by=manager) == []
        assert act(*entries).told == 0

    def test_says_beforehand_who_will_be_told(self, act, unit, doctor, colleague, manager):
        [guard] = act(new(unit, doctor)).guards
        same = Entry.of(guard, act=GuardAct.CHANGED)
        handed_over = same.moved(provider_id=colleague.pk)
        confirmed = Entry.of(guard, act=GuardAct.CONFIRMED, state=GuardState.CONFIRMED)

        def told(entry):
            return set(doctors_told(Plan(unit.enterprise_id, [entry]), by=manager))

        assert told(handed_over) == {doctor, colleague}
        assert told(same) == told(confirmed) == set()
        assert told(new(unit, doctor, state=GuardState.DRAFT)) == set()


@pytest.mark.django_db(transaction=True)
def test_two_who_change_one_guard_at_once(unit, manager, doctor, colleague):
    """One of them does it; the other is told that it changed meanwhile."""
    guard = register_guard(
        unit=unit, provider=doctor, starts_at=NIGHT[0], ends_at=NIGHT[1], by=manager, at=AT
    )
    outcomes, barrier = [], Barrier(2)

    def run(ends_at):
        try:
            barrier.wait(timeout=10)
            entry = Entry.of(guard, act=GuardAct.CHANGED).moved(ends_at=ends_at)
            carry_out(plan=Plan(unit.enterprise_id, [entry]), by=manager, at=AT)
            outcomes.append("done")
        except ValidationError as refusal:
            outcomes.extend(sorted(refusal_codes(refusal)))
        finally:
            connection.close()

    threads = [Thread(target=run, args=[NIGHT[1] - hours * HOUR]) for hours in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["changed_meanwhile", "done"]
