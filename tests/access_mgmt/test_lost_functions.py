"""Why the applications grant none of some functions."""

from datetime import date, timedelta

import pytest

from access_mgmt.enums import CIRCLE_FUNCTIONS, Function
from access_mgmt.selectors import Loss, lost_function, lost_organisations
from access_mgmt.services import blocking, propagation, role_assignments
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.periods import Period
from tests.access_mgmt.factories import AT, EffectiveRoleFactory
from tests.csam.factories import EnterpriseFactory

DAY = date(2026, 3, 10)


def lost_by(role, **which):
    return lost_function(
        person=role.person,
        enterprise_id=role.enterprise_id,
        on=DAY,
        **(which or {"functions": CIRCLE_FUNCTIONS}),
    )


def test_a_role_that_has_just_come_is_no_loss():
    """It may come between the two questions: does he have one, and why not."""
    assert lost_by(EffectiveRoleFactory()).loss == Loss.NEVER_HELD


def test_a_role_elsewhere_says_nothing():
    role = EffectiveRoleFactory(withdrawn=True)
    lost = lost_function(person=role.person, enterprise_id=EnterpriseFactory().pk, on=DAY)
    assert lost.loss == Loss.NEVER_HELD


def test_other_functions_say_nothing():
    role = EffectiveRoleFactory(withdrawn=True, assignment__function=Function.OA_ADMIN)

    assert lost_by(role).loss == Loss.NEVER_HELD
    assert lost_by(role, prefix="INAMI_").loss == Loss.NEVER_HELD
    assert lost_by(role, prefix="OA_").loss == Loss.WITHDRAWN


@pytest.mark.parametrize("block", [False, True])
def test_who_took_it_away_and_how(manager, member, block):
    world = manager.person.world
    world.mode = PropagationMode.IMMEDIATE
    world.save()
    given = role_assignments.assign_role(
        member=member,
        function=Function.GUARDPOST_CIRCLE,
        period=Period(date(2026, 3, 1)),
        by=manager.person,
        at=AT,
    )
    propagation.apply_due_changes(real_now=AT)
    later = AT + timedelta(hours=1)
    if block:
        blocking.block_member(member=member, by=manager.person, at=later)
    else:
        role_assignments.revoke_role(assignment=given, by=manager.person, at=later)
    propagation.apply_due_changes(real_now=later)

    lost = lost_function(
        person=member.person, enterprise_id=manager.quality.enterprise_id, on=DAY, prefix="INAMI_"
    )

    assert lost.loss == (Loss.BLOCKED if block else Loss.WITHDRAWN)
    assert (lost.function, lost.withdrawn_at, lost.withdrawn_by) == (
        Function.GUARDPOST_CIRCLE,
        later,
        manager.person,
    )


def organisations_lost_by(person, on=DAY):
    return [
        (enterprise.name, lost.loss)
        for enterprise, lost in lost_organisations(person=person, prefix="INAMI_", on=on)
    ]


def role_in(name, person, **values):
    """A function of a person in an organisation of its own."""
    where = {"assignment__member__person": person, "assignment__member__quality__enterprise__name": name}
    return EffectiveRoleFactory(**where | {"assignment__function": Function.GUARDPOST_CIRCLE} | values)


class TestLostOrganisations:
    def test_names_each_organisation_with_what_became_of_the_function(self, member):
        person = member.person
        ended = role_in("B", person, assignment__valid_until=DAY - timedelta(days=1))
        withdrawn = role_in("A", person, withdrawn_at=AT)
        role_in("C", person, assignment__valid_from=DAY + timedelta(days=30))
        role_in("Elsewhere", EffectiveRoleFactory().person, withdrawn_at=AT)

        found = lost_organisations(person=person, prefix="INAMI_", on=DAY)

        assert [(enterprise.name, lost.loss) for enterprise, lost in found] == [
            ("A", Loss.WITHDRAWN),
            ("B", Loss.ENDED),
            ("C", Loss.TO_COME),
        ]
        assert [lost for _enterprise, lost in found[:2]] == [
            lost_function(person=person, enterprise_id=role.enterprise_id, on=DAY, prefix="INAMI_")
            for role in (withdrawn, ended)
        ]

    def test_one_effective_function_is_enough_to_be_there(self, member):
        gone = role_in("A", member.person, withdrawn_at=AT)
        EffectiveRoleFactory(
            assignment__member=gone.assignment.member, assignment__function=Function.FILEMANAGER_CIRCLE
        )

        assert organisations_lost_by(member.person) == []

    def test_other_functions_neither_are_lost_nor_stand_for_one(self, member):
        gone = role_in("A", member.person, withdrawn_at=AT)
        EffectiveRoleFactory(
            assignment__member=gone.assignment.member, assignment__function=Function.OA_ADMIN
        )
        role_in("B", member.person, assignment__function=Function.OA_ADMIN, withdrawn_at=AT)

        assert organisations_lost_by(member.person) == [("A", Loss.WITHDRAWN)]

    @pytest.mark.parametrize(("days", "count"), [(-31, 0), (-30, 1), (30, 1), (31, 0)])
    def test_what_is_far_away_explains_nothing(self, member, days, count):
        day = DAY + timedelta(days=days)
        dates = {"valid_from": day} if days > 0 else {"valid_from": date(2020, 1, 1), "valid_until": day}
        role_in("A", member.person, **{f"assignment__{name}": value for name, value in dates.items()})

        assert len(organisations_lost_by(member.person)) == count

    def test_a_last_day_is_a_day(self, member):
        role_in("A", member.person, assignment__valid_until=DAY)

        assert organisations_lost_by(member.person) == []
        assert organisations_lost_by(member.person, DAY + timedelta(days=1)) == [("A", Loss.ENDED)]

    def test_asks_as_much_for_ten_organisations_as_for_one(self, member, max_reads):
        for number in range(10):
            role_in(f"{number}", member.person, withdrawn_at=AT)

        with max_reads(2):
            assert len(organisations_lost_by(member.person)) == 10
