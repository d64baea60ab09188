"""Why the applications grant none of some functions."""

from datetime import date, timedelta

import pytest

from access_mgmt.enums import CIRCLE_FUNCTIONS, Function
from access_mgmt.selectors import Loss, lost_function
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
