"""What applications see now, what they saw at an instant, and what they knew then of another day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from access_mgmt import selectors
from access_mgmt.enums import Function
from access_mgmt.models import EffectiveRole, RoleAssignment
from bhod_portal.core.clock import BRUSSELS
from csam.models import Person
from tests.access_mgmt.factories import AT, EffectiveRoleFactory, RoleAssignmentFactory
from tests.csam.factories import PersonFactory

HELD = frozenset({Function.FILEMANAGER_CIRCLE.value})
NOTHING: frozenset[str] = frozenset()
TICK = timedelta(microseconds=1)


def brussels(text, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS, fold=fold)


def seen(role, at, on=None):
    return selectors.effective_functions_at(
        person=role.person, enterprise_id=role.enterprise_id, at=at, on=on
    )


def known(at):
    return EffectiveRole.objects.known_at(at).exists()


class TestTheIntervalOfKnowledge:
    def test_begins_when_a_role_is_applied(self):
        role = EffectiveRoleFactory()

        assert [seen(role, AT - TICK), seen(role, AT), seen(role, AT + timedelta(days=400))] == [
            NOTHING,
            HELD,
            HELD,
        ]

    def test_ends_before_the_instant_of_the_withdrawal(self):
        role = EffectiveRoleFactory(withdrawn=True)

        assert [seen(role, role.withdrawn_at - TICK), seen(role, role.withdrawn_at)] == [HELD, NOTHING]

    def test_of_a_role_withdrawn_as_it_was_applied_holds_no_instant(self):
        EffectiveRoleFactory(withdrawn_at=AT)

        assert [known(AT - TICK), known(AT), known(AT + TICK)] == [False] * 3

    def test_passes_from_one_role_to_its_successor_without_gap_or_overlap(self):
        first = EffectiveRoleFactory(withdrawn=True)
        EffectiveRoleFactory(
            assignment=RoleAssignmentFactory(member=first.assignment.member, revoked=True),
            applied_at=first.withdrawn_at,
        )

        for instant in (first.withdrawn_at - TICK, first.withdrawn_at, first.withdrawn_at + TICK):
            assert EffectiveRole.objects.known_at(instant).count() == 1


class TestTheDatesOfValidity:
    @pytest.mark.parametrize(
        ("instant", "held"),
        [
            ("2026-03-31 23:59:59.999999", False),
            ("2026-04-01 00:00", True),
            ("2026-04-30 23:59:59.999999", True),
            ("2026-05-01 00:00", False),
        ],
    )
    def test_are_days_in_brussels_both_included(self, instant, held):
        role = EffectiveRoleFactory(
            assignment__valid_from=date(2026, 4, 1), assignment__valid_until=date(2026, 4, 30)
        )

        assert seen(role, brussels(instant)) == (HELD if held else NOTHING)

    @pytest.mark.parametrize(
        ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
    )
    def test_last_as_long_as_the_day_does_when_the_clocks_change(self, day, hours):
        role = EffectiveRoleFactory(assignment__valid_from=day, assignment__valid_until=day)
        start = datetime.combine(day, datetime.min.time(), BRUSSELS).astimezone(UTC)
        end = start + timedelta(hours=hours)

        assert [seen(role, at) for at in (start - TICK, start, end - TICK, end)] == [
            NOTHING,
            HELD,
            HELD,
            NOTHING,
        ]

    def test_tell_the_two_passages_of_an_hour_apart(self):
        between = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
        role = EffectiveRoleFactory(applied_at=between)

        assert seen(role, brussels("2026-10-25 02:30")) == NOTHING
        assert seen(role, brussels("2026-10-25 02:30", fold=1)) == HELD


def test_what_was_known_of_another_day():
    role = EffectiveRoleFactory(assignment__valid_from=date(2026, 9, 1), withdrawn=True)
    september = date(2026, 9, 10)

    assert seen(role, AT) == NOTHING
    assert seen(role, AT, on=september) == HELD
    assert seen(role, role.withdrawn_at, on=september) == NOTHING


def test_tells_persons_and_enterprises_apart():
    role, other = EffectiveRoleFactory(), EffectiveRoleFactory()

    assert (
        selectors.effective_functions_at(person=role.person, enterprise_id=other.enterprise_id, at=AT)
        == NOTHING
    )


def test_now_is_the_last_of_the_instants():
    role, gone = EffectiveRoleFactory(), EffectiveRoleFactory(withdrawn=True)
    later = AT + timedelta(days=2)

    for each in (role, gone):
        now = selectors.effective_functions(
            person=each.person, enterprise_id=each.enterprise_id, on=later.date()
        )
        assert now == seen(each, later)


def fill(role):
    """A role of each of a thousand others, and some that this person no longer has: a few rows are read as they lie."""
    member = RoleAssignmentFactory().member
    days = [date(2027, 1, 1) + timedelta(days=number) for number in range(1000)]
    others = Person.objects.bulk_create(PersonFactory.build(world=role.person.world, niss="") for _ in days)
    assignments = RoleAssignment.objects.bulk_create(
        RoleAssignmentFactory.build(
            member=member, administrative=True, valid_from=day, valid_until=day, requested_by=member.added_by
        )
        for day in days
    )
    rows = [(assignment, person, None) for assignment, person in zip(assignments, others, strict=True)]
    rows += [(role.assignment, role.person, AT)] * 50
    EffectiveRole.objects.bulk_create(
        EffectiveRoleFactory.build(
            assignment=assignment,
            person=person,
            enterprise=role.enterprise,
            valid_from=assignment.valid_from,
            valid_until=assignment.valid_until,
            withdrawn_at=withdrawn_at,
        )
        for assignment, person, withdrawn_at in rows
    )


@pytest.mark.django_db(transaction=True)
def test_the_role_check_is_one_query_that_reads_its_index_only(django_assert_num_queries):
    with connection.cursor() as cursor:
        # What is not yet on disk counts as not yet seen by all, and would be looked up in the table.
        cursor.execute("SET synchronous_commit = on")
    role = EffectiveRoleFactory()
    fill(role)
    asked = {"person": role.person, "enterprise_id": role.enterprise_id, "on": date(2026, 3, 10)}
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE access_mgmt_effectiverole")
        with django_assert_num_queries(1) as queries:
            assert selectors.effective_functions(**asked) == HELD
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF) {queries[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("RESET synchronous_commit")

    assert "Index Only Scan using effective_role_check" in plan
    assert "Heap Fetches: 0" in plan
