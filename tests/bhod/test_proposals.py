"""Bulk acts: what their check page shows is what is done, once, and undone as a whole."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from access_mgmt.models import Quality
from bhod.enums import BatchKind, GuardAct, GuardState
from bhod.models import Guard, GuardBatch, GuardChange
from bhod.selectors.plans import Entry, Plan
from bhod.services.batches import undo_batch, undoing_of
from bhod.services.confirmations import cancellation_of, confirmation_of, publication_of
from bhod.services.guards import cancel_guard, change_guard, confirm_guard
from bhod.services.planning import carry_out
from bhod.services.proposals import Proposal, do_as_shown, preview
from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.periods import Period
from bhod_portal.core.refusals import refusal_codes
from tests.access_mgmt.factories import RoleAssignmentFactory
from tests.bhod.factories import (
    AT,
    CircleDoctorFactory,
    GuardBatchFactory,
    GuardFactory,
    GuardUnitFactory,
    manager_of,
)
from tests.csam.factories import PersonFactory
from tests.threads import at_once

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The nights from Monday 2 March 2026 on, before AT (10 March), and from Monday 16 March on, after it.
PAST = (datetime(2026, 3, 2, 18, tzinfo=UTC), datetime(2026, 3, 3, 7, tzinfo=UTC))
AHEAD = (datetime(2026, 3, 16, 18, tzinfo=UTC), datetime(2026, 3, 17, 7, tzinfo=UTC))
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def night(unit, doctor):
    """A night of the doctor, so many days after the first of a row."""

    def make(hours=PAST, days=0, **kwargs):
        values = {"unit": unit, "provider": doctor} | kwargs
        return GuardFactory(starts_at=hours[0] + days * DAY, ends_at=hours[1] + days * DAY, **values)

    return make


@pytest.fixture
def do(manager):
    """Do a proposal as its page shows it; each call is another page."""
    clicks = iter(range(1000))

    def act(proposal, *, by=manager, at=AT):
        shown = preview(proposal=proposal, by=by, at=at).fingerprint
        return do_as_shown(proposal=proposal, shown=shown, click=f"page {next(clicks)}", by=by, at=at)

    return act


@pytest.fixture
def undo(manager):
    def act(batch, *, at=AT):
        batch.refresh_from_db()
        shown = preview(proposal=undoing_of(batch), by=manager, at=at).fingerprint
        return undo_batch(batch=batch, shown=shown, by=manager, at=at)

    return act


def second_manager(unit):
    quality = Quality.objects.get(enterprise=unit.enterprise)
    return RoleAssignmentFactory(member__quality=quality, effective=True).member.person


def codes_of(lines):
    return [[each.code for each in line.problems] for line in lines]


def refused(act, *args, **kwargs):
    with pytest.raises(ValidationError) as refusal:
        act(*args, **kwargs)
    return refusal_codes(refusal.value)


def confirmation(unit, *, only=None):
    return confirmation_of(enterprise_id=unit.enterprise_id, period=MARCH, unit=only, at=AT)


def new(unit, provider, hours=AHEAD, **kwargs):
    return Entry(unit_id=unit.pk, provider_id=provider.pk, starts_at=hours[0], ends_at=hours[1], **kwargs)


def series(unit, *entries):
    return Proposal(BatchKind.SERIES, "série", Plan(unit.enterprise_id, entries))


class TestPreview:
    def test_says_what_is_confirmed_and_what_is_refused_and_why(self, unit, night, manager, colleague):
        good = night()
        draft = night(days=1, draft=True)
        night(AHEAD)
        broken = night(days=2, provider=CircleDoctorFactory(enterprise=unit.enterprise, ended=True).provider)
        night(days=3, cancelled=True)
        night(days=4, confirmed=True)
        GuardFactory()

        shown = preview(proposal=confirmation(unit), by=manager, at=AT)

        assert [line.entry.guard for line in shown.accepted] == [good]
        assert [line.entry.guard for line in shown.refused] == [draft, broken]
        assert codes_of(shown.refused) == [["still_draft"], ["not_enrolled"]]
        assert shown.told == []
        assert shown.eligible.weeknight == 13 * 60

    def test_sums_up_by_doctor_and_category(self, unit, night, manager, doctor, colleague):
        night()
        night(days=1)
        night(days=5, provider=colleague)

        shown = preview(proposal=confirmation(unit), by=manager, at=AT)

        sums = {each.provider: (each.guards, each.eligible.minutes) for each in shown.by_doctor}
        assert sums == {doctor: (2, 26 * 60), colleague: (1, 13 * 60)}
        assert (shown.eligible.weekend, shown.eligible.weeknight) == (13 * 60, 26 * 60)

    def test_keeps_to_one_unit(self, unit, night, manager):
        east = GuardUnitFactory(enterprise=unit.enterprise, name="Est")
        night()
        there = night(days=1, unit=east)
        shown = preview(proposal=confirmation(unit, only=east), by=manager, at=AT)
        assert [line.entry.guard for line in shown.accepted] == [there]
        assert shown.proposal.label == "du 01/03/2026 au 31/03/2026, unité Est"

    def test_counts_no_hours_of_what_is_cancelled(self, unit, night, manager):
        night()
        proposal = cancellation_of(enterprise_id=unit.enterprise_id, period=MARCH, reason="grève")
        assert preview(proposal=proposal, by=manager, at=AT).eligible.minutes == 0

    def test_asks_as_little_for_many_as_for_one(self, unit, night, manager, django_assert_max_num_queries):
        for days in range(8):
            night(days=days)
        with django_assert_max_num_queries(10):
            assert len(preview(proposal=confirmation(unit), by=manager, at=AT).accepted) == 8


class TestDoAsShown:
    def test_confirms_a_period_as_one_act(self, unit, night, do, manager):
        guards = [night(), night(days=1)]
        ahead = night(AHEAD)

        done = do(confirmation(unit))

        assert {(g.state, g.confirmed_by, g.confirmed_at) for g in Guard.objects.filter(pk__in=[g.pk for g in guards])} == {
            (GuardState.CONFIRMED, manager, AT)
        }  # fmt: skip
        ahead.refresh_from_db()
        assert ahead.state == GuardState.REGISTERED
        assert (done.batch.kind, done.batch.label) == (BatchKind.CONFIRM, "du 01/03/2026 au 31/03/2026")
        assert AuditEntry.objects.get(act="bhod.batch.confirm").details == {"guards": 2}
        assert done.told == 0

    def test_happens_once_for_one_page(self, unit, doctor, manager):
        proposal = series(unit, new(unit, doctor))
        shown = preview(proposal=proposal, by=manager, at=AT).fingerprint
        page = {"proposal": proposal, "shown": shown, "click": "page", "by": manager, "at": AT}
        assert do_as_shown(**page)
        assert do_as_shown(**page) is None
        assert GuardBatch.objects.count() == 1

    def test_may_be_done_again_from_another_page(self, unit, night, do, undo):
        night()
        undo(do(confirmation(unit)).batch)
        assert len(do(confirmation(unit)).guards) == 1

    def test_does_nothing_when_the_world_has_changed(self, unit, night, manager):
        proposal = confirmation(unit)
        night()
        shown = preview(proposal=confirmation(unit), by=manager, at=AT).fingerprint
        night(days=1)
        page = {"shown": shown, "click": "page", "by": manager, "at": AT}
        assert refused(do_as_shown, proposal=confirmation(unit), **page) == {"changed_meanwhile"}
        assert refused(do_as_shown, proposal=proposal, **page) == {"changed_meanwhile"}
        assert not Guard.objects.filter(state=GuardState.CONFIRMED).exists()

    def test_a_refusal_leaves_the_page_its_click(self, unit, night, manager):
        night()
        page = {"click": "page", "by": manager, "at": AT}
        assert refused(do_as_shown, proposal=confirmation(unit), shown="other", **page) == {
            "changed_meanwhile"
        }
        shown = preview(proposal=confirmation(unit), by=manager, at=AT).fingerprint
        assert do_as_shown(proposal=confirmation(unit), shown=shown, **page)

    def test_needs_a_page(self, unit, night, manager):
        night()
        shown = preview(proposal=confirmation(unit), by=manager, at=AT).fingerprint
        assert refused(
            do_as_shown, proposal=confirmation(unit), shown=shown, click="", by=manager, at=AT
        ) == {"changed_meanwhile"}

    def test_does_not_do_nothing(self, unit, manager):
        shown = preview(proposal=confirmation(unit), by=manager, at=AT).fingerprint
        assert refused(
            do_as_shown, proposal=confirmation(unit), shown=shown, click="x", by=manager, at=AT
        ) == {"changed_meanwhile"}

    def test_is_for_who_manages_the_guards_of_the_circle(self, unit, night, do):
        night()
        with pytest.raises(PermissionDenied):
            do(confirmation(unit), by=PersonFactory(world=unit.enterprise.world))

    def test_registers_drafts_and_tells_their_doctors(self, unit, night, do, colleague, manager):
        drafts = [night(AHEAD, draft=True), night(AHEAD, days=1, draft=True, provider=colleague)]
        proposal = publication_of(enterprise_id=unit.enterprise_id, period=MARCH)
        assert len(preview(proposal=proposal, by=manager, at=AT).told) == 2

        done = do(proposal)

        assert done.told == Message.objects.count() == 2
        for draft in drafts:
            draft.refresh_from_db()
            assert (draft.state, draft.is_published) == (GuardState.REGISTERED, True)

    def test_cancels_the_guards_of_a_doctor(self, unit, night, do, doctor, colleague):
        mine, other = night(AHEAD), night(AHEAD, days=1, provider=colleague)
        do(
            cancellation_of(
                enterprise_id=unit.enterprise_id, period=MARCH, reason="malade", provider_id=doctor.pk
            )
        )
        mine.refresh_from_db()
        other.refresh_from_db()
        assert (mine.state, mine.cancel_reason) == (GuardState.CANCELLED, "malade")
        assert other.state == GuardState.REGISTERED
        assert GuardBatch.objects.get().label == "du 01/03/2026 au 31/03/2026 : malade"


class TestUndo:
    def test_of_a_confirmation_gives_back_registered_guards(self, unit, night, do, undo, manager):
        guard = night()
        batch = do(confirmation(unit)).batch

        done = undo(batch)

        guard.refresh_from_db()
        batch.refresh_from_db()
        assert (guard.state, guard.confirmed_at, guard.version) == (GuardState.REGISTERED, None, 3)
        assert (batch.undone_at, batch.undone_by) == (AT, manager)
        assert done.told == 0
        assert GuardChange.objects.get(guard=guard, number=3).act == GuardAct.UNDONE
        assert AuditEntry.objects.get(act="bhod.batch.undone").details == {"guards": 1}

    def test_of_a_publication_gives_back_drafts_and_tells_their_doctors(self, unit, night, do, undo):
        guard = night(AHEAD, draft=True)
        batch = do(publication_of(enterprise_id=unit.enterprise_id, period=MARCH)).batch
        Message.objects.all().delete()

        assert undo(batch).told == 1

        guard.refresh_from_db()
        assert (guard.state, guard.is_published) == (GuardState.DRAFT, False)
        assert "Gardes que vous n'avez plus" in Message.objects.get().body

    def test_of_what_was_entered_cancels_it(self, unit, doctor, do, undo, manager):
        [guard] = do(series(unit, new(unit, doctor))).guards
        undo(GuardBatch.objects.get())
        guard.refresh_from_db()
        assert (guard.state, guard.cancelled_by) == (GuardState.CANCELLED, manager)
        assert guard.cancel_reason == "acte groupé annulé"

    def test_of_a_cancellation_brings_guards_back_as_they_were(self, unit, night, do, undo, manager):
        confirmed = night()
        confirm_guard(guard=confirmed, by=manager, at=AT - DAY)
        draft = night(AHEAD, draft=True)
        batch = do(cancellation_of(enterprise_id=unit.enterprise_id, period=MARCH, reason="erreur")).batch
        undo(batch)
        confirmed.refresh_from_db()
        draft.refresh_from_db()
        assert (confirmed.state, confirmed.confirmed_at) == (GuardState.CONFIRMED, AT - DAY)
        assert (draft.state, draft.is_published) == (GuardState.DRAFT, False)

    def test_leaves_alone_what_changed_since(self, unit, night, do, undo, manager, doctor):
        first, second = night(), night(days=1)
        batch = do(confirmation(unit)).batch
        first.refresh_from_db()
        change_guard(
            guard=first, unit=unit, provider=doctor, starts_at=PAST[0], ends_at=PAST[1] - HOUR, by=manager, at=AT,
        )  # fmt: skip

        shown = preview(proposal=undoing_of(batch), by=manager, at=AT)
        assert [line.entry.guard for line in shown.accepted] == [second]
        assert codes_of(shown.refused) == [["changed_since_act"]]
        assert str(manager) in shown.refused[0].problems[0].text

        undo(batch)
        first.refresh_from_db()
        assert first.version == 3

    def test_leaves_alone_what_the_rules_no_longer_let_back(self, unit, night, do, undo, doctor, manager):
        guard = night(AHEAD)
        batch = do(cancellation_of(enterprise_id=unit.enterprise_id, period=MARCH, reason="erreur")).batch
        do(series(unit, new(unit, doctor)))
        proposal = undoing_of(batch)
        shown = preview(proposal=proposal, by=manager, at=AT)
        assert codes_of(shown.refused) == [["guard_overlap"]]
        assert refused(undo, batch) == {"changed_meanwhile"}
        guard.refresh_from_db()
        assert guard.state == GuardState.CANCELLED

    def test_restores_doctor_unit_and_hours(self, unit, night, do, undo, doctor, colleague):
        east = GuardUnitFactory(enterprise=unit.enterprise, name="Est")
        guard = night(AHEAD)
        entry = Entry.of(guard, act=GuardAct.CHANGED).moved(
            unit_id=east.pk, provider_id=colleague.pk, ends_at=AHEAD[1] - HOUR
        )
        batch = do(series(unit, entry)).batch
        undo(batch)
        guard.refresh_from_db()
        assert (guard.unit, guard.provider, guard.ends_at) == (unit, doctor, AHEAD[1])

    def test_happens_once(self, unit, night, do, undo):
        night()
        batch = do(confirmation(unit)).batch
        undo(batch)
        assert refused(undo, batch) == {"already_undone"}

    def test_does_only_what_was_shown(self, unit, night, do, manager):
        night()
        batch = do(confirmation(unit)).batch
        page = {"batch": batch, "shown": "other", "by": manager, "at": AT}
        assert refused(undo_batch, **page) == {"changed_meanwhile"}

    def test_is_for_who_manages_the_guards_of_the_circle(self, unit):
        batch = GuardBatchFactory(enterprise=unit.enterprise)
        stranger = PersonFactory(world=unit.enterprise.world)
        with pytest.raises(PermissionDenied):
            undo_batch(batch=batch, shown="", by=stranger, at=AT)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_clicks_on_one_page(self, unit, doctor, manager):
        proposal = series(unit, new(unit, doctor))
        shown = preview(proposal=proposal, by=manager, at=AT).fingerprint
        page = {"proposal": proposal, "shown": shown, "click": "page", "by": manager, "at": AT}
        assert at_once(lambda _n: do_as_shown(**page), times=2) == ["done", "done"]
        assert GuardBatch.objects.count() == Guard.objects.count() == 1

    def test_two_managers_who_confirm_one_period(self, unit, night):
        night()
        managers = [manager_of(unit.enterprise), second_manager(unit)]
        shown = [preview(proposal=confirmation(unit), by=by, at=AT).fingerprint for by in managers]

        def act(number):
            do_as_shown(
                proposal=confirmation(unit), shown=shown[number], click="x", by=managers[number], at=AT
            )

        assert sorted(at_once(act, times=2)) == ["changed_meanwhile", "done"]
        assert GuardBatch.objects.count() == 1

    def test_two_managers_who_undo_one_act(self, unit, night, manager):
        night()
        proposal = confirmation(unit)
        shown = preview(proposal=proposal, by=manager, at=AT).fingerprint
        batch = do_as_shown(proposal=proposal, shown=shown, click="x", by=manager, at=AT).batch
        shown = preview(proposal=undoing_of(batch), by=manager, at=AT).fingerprint

        def act(_number):
            undo_batch(batch=batch, shown=shown, by=manager, at=AT)

        assert sorted(at_once(act, times=2)) == ["already_undone", "done"]
        assert Guard.objects.get().version == 3

    def test_one_who_undoes_and_one_who_cancels_a_guard_of_the_act(self, unit, night, manager):
        guard = night()
        proposal = confirmation(unit)
        shown = preview(proposal=proposal, by=manager, at=AT).fingerprint
        batch = do_as_shown(proposal=proposal, shown=shown, click="x", by=manager, at=AT).batch
        shown = preview(proposal=undoing_of(batch), by=manager, at=AT).fingerprint
        guard.refresh_from_db()

        def act(number):
            if number:
                undo_batch(batch=batch, shown=shown, by=manager, at=AT)
            else:
                cancel_guard(guard=guard, reason="erreur", by=manager, at=AT)

        assert sorted(at_once(act, times=2)) == ["changed_meanwhile", "done"]


def test_a_plan_of_several_acts_is_told_once(unit, doctor, manager):
    """The trail of an undone act is one line, however many guards it had."""
    entries = [new(unit, doctor, (AHEAD[0] + n * DAY, AHEAD[1] + n * DAY)) for n in range(5)]
    plan = Plan(unit.enterprise_id, entries)
    batch = carry_out(plan=plan, by=manager, at=AT, batch=(BatchKind.SERIES, "série")).batch
    shown = preview(proposal=undoing_of(batch), by=manager, at=AT)
    undo_batch(batch=batch, shown=shown.fingerprint, by=manager, at=AT)
    assert AuditEntry.objects.filter(act="bhod.batch.undone").count() == 1
    assert not AuditEntry.objects.filter(act="bhod.guard.undone").exists()
