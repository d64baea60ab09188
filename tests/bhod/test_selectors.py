from datetime import date

from bhod.selectors.access import Loss, lost_role
from tests.access_mgmt.factories import EffectiveRoleFactory
from tests.csam.factories import EnterpriseFactory


def test_a_role_that_has_just_come_is_no_loss():
    """It may come between the two questions: does he have one, and why not."""
    role = EffectiveRoleFactory()
    lost = lost_role(person=role.person, enterprise_id=role.enterprise_id, on=date(2026, 3, 10))
    assert lost.loss == Loss.NEVER_HELD


def test_a_role_elsewhere_says_nothing():
    role = EffectiveRoleFactory(withdrawn=True)
    lost = lost_role(person=role.person, enterprise_id=EnterpriseFactory().pk, on=date(2026, 3, 10))
    assert lost.loss == Loss.NEVER_HELD
