from datetime import date, timedelta

import pytest
from django.db import OperationalError, connection

from access_mgmt import selectors
from access_mgmt.enums import Function
from access_mgmt.models import EffectiveRole, PropagationDay, RoleChange
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


def refuse(change):
    """Let the database refuse what a change grants, as a fault of its own would, until `accept`."""
    with connection.cursor() as cursor:
        cursor.execute("""
            CREATE FUNCTION refuse_role() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'no room for this one' USING ERRCODE = 'check_violation'; END $$
        """)
        cursor.execute(
            "CREATE TRIGGER refuse_role BEFORE INSERT ON access_mgmt_effectiverole FOR EACH ROW"
            f" WHEN (NEW.assignment_id = {change.grants_id}) EXECUTE FUNCTION refuse_role()"
        )


def accept():
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER refuse_role ON access_mgmt_effectiverole")


class TestAChangeThatTheDatabaseRefuses:
    @pytest.fixture
    def changes(self):
        return [RoleChangeFactory(requested_at=AT - PROMISE) for _ in range(7)]

    @pytest.fixture(params=[0, 3, 6], ids=["first", "in the middle", "last"])
    def poisonous(self, request, changes):
        refuse(changes[request.param])
        return changes[request.param]

    @pytest.mark.parametrize("batch", [2, 3, 100])
    def test_is_set_aside_with_the_reason_and_the_rest_goes_on(self, poisonous, monkeypatch, batch):
        monkeypatch.setattr(propagation, "BATCH", batch)

        assert sweep() == 6

        poisonous.refresh_from_db()
        assert poisonous.applied_at is None
        assert poisonous.held_until == AT + timedelta(seconds=10)
        assert (poisonous.attempts, poisonous.failure) == (1, "no room for this one")
        assert list(RoleChange.objects.pending()) == list(RoleChange.objects.held()) == [poisonous]

    def test_is_tried_again_later_and_later(self, poisonous):
        held = []
        for after in (0, 10, 30, 70):
            sweep(timedelta(seconds=after))
            poisonous.refresh_from_db()
            held.append((poisonous.held_until - AT).total_seconds())

        assert held == [10, 30, 70, 150]

    def test_is_not_tried_before_its_time(self, poisonous):
        sweep()
        sweep(timedelta(seconds=9))

        poisonous.refresh_from_db()
        assert poisonous.attempts == 1

    def test_waits_an_hour_at_most(self, poisonous):
        RoleChange.objects.filter(pk=poisonous.pk).update(attempts=300)

        sweep()

        poisonous.refresh_from_db()
        assert poisonous.held_until == AT + timedelta(hours=1)

    def test_is_applied_once_the_fault_is_mended(self, poisonous):
        sweep()
        accept()

        assert sweep(timedelta(seconds=10)) == 1
        poisonous.refresh_from_db()
        assert (poisonous.applied_at, poisonous.held_until) == (AT + timedelta(seconds=10), None)
        assert EffectiveRole.objects.filter(assignment=poisonous.grants).count() == 1

    def test_keeps_back_what_withdraws_it(self, poisonous):
        later = RoleChangeFactory(
            revoking=True,
            withdraws=poisonous.grants,
            requested_at=AT - PROMISE,
            requested_by=poisonous.requested_by,
        )

        assert sweep() == 6
        later.refresh_from_db()
        assert (later.applied_at, later.held_until) == (None, None)


@pytest.fixture
def impatient_server():
    """It cancels each statement that grants more than two functions, as statement_timeout does with long ones."""
    with connection.cursor() as cursor:
        cursor.execute("""
            CREATE FUNCTION cancel_large() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF (SELECT count(*) FROM granted) > 2 THEN
                    RAISE EXCEPTION 'canceling statement' USING ERRCODE = 'query_canceled';
                END IF;
                RETURN NULL;
            END $$
        """)
        cursor.execute(
            "CREATE TRIGGER cancel_large AFTER INSERT ON access_mgmt_effectiverole"
            " REFERENCING NEW TABLE AS granted FOR EACH STATEMENT EXECUTE FUNCTION cancel_large()"
        )


@pytest.mark.usefixtures("impatient_server")
def test_a_batch_that_takes_too_long_is_tried_smaller():
    for _ in range(7):
        RoleChangeFactory(requested_at=AT - PROMISE)

    assert sweep() == 7
    assert not RoleChange.objects.pending().exists()
    assert not RoleChange.objects.filter(attempts__gt=0).exists()


def test_a_server_that_is_gone_is_no_fault_of_a_change(monkeypatch):
    change = RoleChangeFactory(requested_at=AT - PROMISE)

    def gone(*_args, **_kwargs):
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(propagation, "_apply_batch", gone)
    with pytest.raises(OperationalError):
        sweep()
    change.refresh_from_db()
    assert (change.attempts, change.held_until) == (0, None)


class TestCount:
    def test_adds_up_by_world_and_day_how_long_changes_waited(self):
        for waited in (5, 10, 11, 1200, 1201):
            RoleChangeFactory(requested_at=AT - timedelta(seconds=waited), due_at=AT)
        elsewhere = RoleChangeFactory(
            due_at=AT, requested_at=AT - timedelta(seconds=40), requested_by=PersonFactory(stranger=True)
        )

        assert sweep() == 6

        here, there = PropagationDay.objects.order_by("-applied")
        assert (here.day, here.applied, here.lag_total) == (AT.date(), 5, 2427)
        assert dict(zip(propagation.LAG_BOUNDS, here.lags, strict=True)) == {
            10: 2, 30: 3, 60: 3, 120: 3, 300: 3, 600: 3, 900: 3, 1200: 4, 1800: 5, 3600: 5,
        }  # fmt: skip
        assert (there.world, there.applied, there.lag_total) == (elsewhere.requested_by.world, 1, 40)

    def test_goes_on_during_the_day_and_begins_anew_the_next(self):
        for day in (0, 0, 1):
            RoleChangeFactory(
                requested_at=AT + timedelta(days=day, minutes=-20), due_at=AT + timedelta(days=day)
            )
            sweep(timedelta(days=day))

        assert list(PropagationDay.objects.order_by("day").values_list("applied", "lag_total")) == [
            (2, 2400),
            (1, 1200),
        ]
        assert PropagationDay.objects.earliest("day").lags[-3:] == [2, 2, 2]

    def test_counts_nothing_when_nothing_is_due(self):
        RoleChangeFactory()

        assert sweep() == 0
        assert not PropagationDay.objects.exists()


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
