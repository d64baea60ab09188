from datetime import date, timedelta

import pytest

from access_mgmt import selectors
from access_mgmt.enums import Function
from access_mgmt.models import EffectiveRole, RoleChange
from access_mgmt.services import propagation, role_assignments
from bhod_portal.core import clock
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.periods import Period
from tests.access_mgmt.factories import RoleChangeFactory
from tests.csam.factories import AT, PersonFactory

PROMISE = timedelta(minutes=20)
TODAY = date(2026, 3, 10)
OPEN = Period(date(2026, 3, 1))


@pytest.fixture
def world(manager):
    return manager.person.world


def assign(member, manager, *, period=OPEN, at=AT):
    return role_assignments.assign_role(
        member=member, function=Function.GUARDPOST_CIRCLE, period=period, by=manager.person, at=at
    )


def sweep(after=timedelta(0)):
    return propagation.apply_due_changes(real_now=AT + after)


def seen(member, on=TODAY):
    return selectors.effective_functions(
        person=member.person, enterprise_id=member.quality.enterprise_id, on=on
    )


class TestDelay:
    def test_nothing_is_seen_at_first_and_all_within_the_promise(self, manager, member):
        assign(member, manager)

        assert sweep() == 0
        assert seen(member) == frozenset()
        assert sweep(PROMISE) == 1
        assert seen(member) == {Function.GUARDPOST_CIRCLE}

    def test_each_change_draws_its_own_delay_within_the_promise(self, world):
        dues = {propagation.due_instant(world, AT) for _ in range(200)}

        assert len(dues) > 1
        assert min(dues) > AT
        assert max(dues) < AT + PROMISE

    @pytest.mark.parametrize(
        ("mode", "early", "late"),
        [
            pytest.param(PropagationMode.IMMEDIATE, None, timedelta(0), id="immediate"),
            pytest.param(PropagationMode.SLOW, timedelta(minutes=59), timedelta(minutes=60), id="slow"),
        ],
    )
    def test_a_world_may_be_faster_or_slower(self, world, manager, member, mode, early, late):
        world.mode = mode
        world.save()
        assign(member, manager)

        assert early is None or sweep(early) == 0
        assert sweep(late) == 1

    def test_a_stuck_world_waits_until_it_is_set_free(self, world, manager, member):
        world.mode = PropagationMode.STUCK
        world.save()
        assign(member, manager)

        assert sweep(timedelta(days=30)) == 0
        world.mode = PropagationMode.NORMAL
        world.save()
        assert sweep(timedelta(days=30)) == 1

    def test_follows_the_world_s_clock(self, world, manager, member):
        assign(member, manager)

        clock.advance(world, by=PROMISE)

        assert sweep() == 1
        assert RoleChange.objects.get().applied_at == AT + PROMISE

    def test_follows_a_clock_that_stands_still(self, world, manager, member):
        world.frozen_at = AT
        world.save()
        assign(member, manager)

        assert sweep(timedelta(days=1)) == 0
        clock.advance(world, by=PROMISE)
        assert sweep() == 1

    def test_another_world_s_clock_moves_nothing_here(self, manager, member):
        assign(member, manager)
        elsewhere = PersonFactory(stranger=True).world

        clock.advance(elsewhere, by=timedelta(days=1))

        assert sweep() == 0


class TestWithdrawal:
    def test_a_removed_role_works_until_its_change_is_applied(self, manager, member):
        assignment = assign(member, manager)
        sweep(PROMISE)
        role_assignments.revoke_role(assignment=assignment, by=manager.person, at=AT + PROMISE)

        assert seen(member) == {Function.GUARDPOST_CIRCLE}
        sweep(2 * PROMISE)
        assert seen(member) == frozenset()

    def test_what_was_seen_stays_on_record(self, manager, member):
        assignment = assign(member, manager)
        sweep(PROMISE)
        role_assignments.revoke_role(assignment=assignment, by=manager.person, at=AT + PROMISE)
        sweep(2 * PROMISE)

        role = EffectiveRole.objects.get()
        assert (role.applied_at, role.withdrawn_at) == (AT + PROMISE, AT + 2 * PROMISE)

    def test_a_role_taken_back_at_once_is_given_and_withdrawn_in_order(self, manager, member):
        assignment = assign(member, manager)
        role_assignments.revoke_role(assignment=assignment, by=manager.person, at=AT)

        assert sweep(PROMISE) == 2
        assert seen(member) == frozenset()

    def test_an_edit_leaves_no_gap(self, manager, member):
        old = assign(member, manager)
        sweep(PROMISE)
        role_assignments.change_period(
            assignment=old, period=Period(TODAY, TODAY), by=manager.person, at=AT + PROMISE
        )

        sweep(2 * PROMISE)

        assert seen(member) == {Function.GUARDPOST_CIRCLE}
        assert seen(member, on=TODAY + timedelta(days=1)) == frozenset()

    def test_a_chain_of_edits_ends_with_the_last(self, manager, member):
        assignment = assign(member, manager)
        for day in (5, 6, 7):
            assignment = role_assignments.change_period(
                assignment=assignment, period=Period(date(2026, 3, day)), by=manager.person, at=AT
            )

        assert sweep(PROMISE) == 4
        assert [role.assignment for role in EffectiveRole.objects.known()] == [assignment]


class TestSweep:
    def test_a_second_sweep_finds_nothing(self, manager, member):
        assign(member, manager)

        assert (sweep(PROMISE), sweep(PROMISE)) == (1, 0)
        assert EffectiveRole.objects.count() == 1

    def test_goes_on_batch_by_batch(self, manager, member, monkeypatch):
        monkeypatch.setattr(propagation, "BATCH", 2)
        for month in range(1, 8):
            assign(member, manager, period=Period(date(2026, month, 1), date(2026, month, 2)))

        assert sweep(PROMISE) == 7

    @pytest.mark.parametrize(
        ("day", "holds"),
        [
            pytest.param(date(2026, 2, 28), False, id="eve"),
            pytest.param(date(2026, 3, 1), True, id="first day"),
            pytest.param(date(2026, 3, 31), True, id="last day is included"),
            pytest.param(date(2026, 4, 1), False, id="day after"),
        ],
    )
    def test_dates_need_no_job(self, manager, member, day, holds):
        assign(member, manager, period=Period(date(2026, 3, 1), date(2026, 3, 31)))
        sweep(PROMISE)

        assert (seen(member, on=day) != frozenset()) is holds


class TestSelectors:
    def test_the_role_check_is_one_query(self, manager, member, django_assert_num_queries):
        assign(member, manager)
        sweep(PROMISE)

        with django_assert_num_queries(1):
            seen(member)

    def test_lists_organisations_by_effective_function(self, manager, member):
        assign(member, manager)

        def organisations():
            return list(
                selectors.enterprises_with_effective_functions(
                    person=member.person, prefix="INAMI_", on=TODAY
                )
            )

        assert organisations() == []
        sweep(PROMISE)
        assert organisations() == [member.quality.enterprise]

    def test_lists_what_waits_in_one_world(self, world, manager, member):
        assign(member, manager)

        assert [change.grants.member for change in selectors.pending_changes(world)] == [member]
        assert not selectors.pending_changes(PersonFactory(stranger=True).world)
        sweep(PROMISE)
        assert not selectors.pending_changes(world)


def test_a_clock_that_is_behind_stops_nobody(member, manager):
    """Two machines, the second one five seconds behind: what it withdraws was given « later »."""
    assignment = assign(member, manager, at=AT - 2 * PROMISE)
    assert sweep() == 1
    EffectiveRole.objects.update(applied_at=AT + timedelta(seconds=5))
    role_assignments.revoke_role(assignment=assignment, by=manager.person, at=AT - PROMISE)
    neighbour = RoleChangeFactory(due_at=AT)

    assert sweep() == 2

    role = EffectiveRole.objects.get(assignment=assignment)
    assert role.withdrawn_at == role.applied_at
    neighbour.refresh_from_db()
    assert neighbour.applied_at == AT
