"""The rule that someone always manages, for each act that may break it; test_member_removals.py has more of removals."""

import pytest

from access_mgmt.services.delegation import Act, refusal_for, refusals_for
from tests.access_mgmt.factories import QualityMemberFactory
from tests.csam.factories import AT, AccessManagerFactory

ON = AT.date()


@pytest.fixture
def gap(manager):
    return AccessManagerFactory(enterprise=manager.quality.enterprise).person


@pytest.fixture
def colleague(manager):
    """The co-local manager of the manager's quality."""
    return QualityMemberFactory(quality=manager.quality, co_local_manager=True)


def refusal(member, act, *, by):
    return refusal_for(member=member, act=act, by=by, on=ON)


@pytest.mark.parametrize("act", Act)
class TestEachAct:
    def test_is_free_on_a_user(self, manager, member, act):
        assert refusal(member, act, by=manager.person) is None

    def test_is_free_on_a_manager_among_others(self, manager, colleague, gap, act):
        assert refusal(colleague, act, by=manager.person) is None
        assert refusal(manager, act, by=gap) is None

    def test_nobody_does_to_himself(self, manager, colleague, act):
        found = refusal(colleague, act, by=colleague.person)

        assert found.code == "oneself"
        # Who can help is named.
        assert str(manager.person) in found.message

    def test_only_who_administers_the_entity_does_to_the_local_manager(self, manager, colleague, gap, act):
        found = refusal(manager, act, by=colleague.person)

        assert found.code == "local_manager"
        assert str(gap) in found.message

    def test_the_last_who_manages_stays(self, manager, gap, act):
        assert refusal(manager, act, by=gap).code == "last_manager"

    def test_who_is_blocked_manages_no_longer(self, manager, gap, act):
        blocked = QualityMemberFactory(quality=manager.quality, co_local_manager=True, blocked=True)

        assert refusal(manager, act, by=gap).code == "last_manager"
        assert refusal(blocked, act, by=gap) is None

    def test_a_subdivision_manager_is_not_the_last_who_manages(self, manager, gap, act):
        leader = QualityMemberFactory(quality=manager.quality, subdivision_manager=True)

        assert refusal(leader, act, by=gap) is None
        assert refusal(manager, act, by=gap).code == "last_manager"


class TestWhoCanHelp:
    def test_is_the_entity_where_no_colleague_is(self, manager, gap):
        assert str(gap) in refusal(manager, Act.REMOVE, by=manager.person).message

    def test_may_be_nobody(self, manager, colleague):
        assert "CSAM" in refusal(manager, Act.REMOVE, by=colleague.person).message

    def test_the_only_manager_of_an_entity_without_gap_is_led_to_a_successor(self, manager):
        assert refusal(manager, Act.REMOVE, by=manager.person).code == "oneself"
        assert "remplaçant" in refusal(manager, Act.REMOVE, by=manager.person).message

    def test_a_user_without_rights_is_not_led_to_one(self, manager, member):
        assert "remplaçant" not in refusal(member, Act.REMOVE, by=member.person).message


def test_many_are_asked_in_few_statements(manager, colleague, gap, django_assert_num_queries):
    users = QualityMemberFactory.create_batch(5, quality=manager.quality)

    with django_assert_num_queries(2):
        found = refusals_for(
            quality=manager.quality, members=[manager, colleague, *users], act=Act.REMOVE, by=gap, on=ON
        )

    assert {pk: each.code for pk, each in found.items()} == {
        manager.pk: "last_manager",
        colleague.pk: "last_manager",
    }
