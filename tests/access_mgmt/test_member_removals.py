"""Members end, with their functions, and who manages is never gone altogether."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from access_mgmt.enums import ChangeKind
from access_mgmt.models import QualityMember, RoleAssignment, RoleChange
from access_mgmt.services.member_removals import remove_members
from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.refusals import refusal_codes
from tests.access_mgmt.factories import QualityMemberFactory, RoleAssignmentFactory
from tests.csam.factories import AT, AccessManagerFactory, PersonFactory
from tests.threads import at_once


def remove(*members, by, quality=None):
    return remove_members(
        quality=quality or members[0].quality, members=[member.pk for member in members], by=by, at=AT
    )


def codes(*members, by):
    with pytest.raises(ValidationError) as refusal:
        remove(*members, by=by)
    return refusal_codes(refusal.value)


def active(quality):
    return set(QualityMember.objects.active().filter(quality=quality))


@pytest.fixture
def colleague(manager):
    """The co-local manager of the manager's quality."""
    return QualityMemberFactory(quality=manager.quality, co_local_manager=True)


@pytest.fixture
def gap(manager):
    return AccessManagerFactory(enterprise=manager.quality.enterprise).person


class TestWhatEnds:
    def test_the_member_and_his_functions_through_the_outbox(self, manager, member):
        open_one = RoleAssignmentFactory(member=member, effective=True)
        to_come = RoleAssignmentFactory(member=member, to_come=True, administrative=True)
        over = RoleAssignmentFactory(member=member, ended=True)
        others = RoleAssignmentFactory(member=manager)

        assert remove(member, by=manager.person) == [member]

        member.refresh_from_db()
        assert (member.ended_at, member.ended_by) == (AT, manager.person)
        changes = RoleChange.objects.filter(kind=ChangeKind.REVOKED, applied_at=None)
        assert {change.withdraws for change in changes} == {open_one, to_come}
        assert set(RoleAssignment.objects.standing()) == {over, others}
        # Until the change has propagated.
        assert open_one.effective_roles.get().withdrawn_at is None

    def test_is_told_and_kept_in_the_trail(self, manager, member, colleague):
        assignment = RoleAssignmentFactory(member=member)

        remove(member, colleague, by=manager.person)

        assert set(Message.objects.values_list("recipient", flat=True)) == {member.email, colleague.email}
        entry = AuditEntry.objects.get(
            act="access_mgmt.member.removed", subject=f"access_mgmt.qualitymember:{member.pk}"
        )
        assert entry.details == {"person": member.person_id, "assignments": [assignment.pk]}

    def test_once_and_no_one_of_another_quality(self, manager, member):
        elsewhere = QualityMemberFactory()
        remove(member, by=manager.person)

        assert remove(member, elsewhere, by=manager.person) == []

        assert Message.objects.count() == 1
        assert elsewhere in active(elsewhere.quality)

    def test_leaves_room_to_come_back(self, manager, member):
        remove(member, by=manager.person)

        again = QualityMemberFactory(quality=manager.quality, person=member.person)

        assert active(manager.quality) == {manager, again}


class TestWhoMay:
    def test_a_manager_of_the_quality(self, manager, member, colleague):
        remove(member, by=colleague.person)
        remove(colleague, by=manager.person)

        assert active(manager.quality) == {manager}

    @pytest.mark.parametrize("kind", [{}, {"co_main": True}, {"dpo": True}, {"of_domain": True}])
    def test_those_in_charge_of_the_entity_the_local_manager_too(self, manager, colleague, kind):
        head = AccessManagerFactory(enterprise=manager.quality.enterprise, **kind)

        remove(manager, by=head.person)

        assert active(manager.quality) == {colleague}

    def test_a_co_local_manager_not_the_local_manager(self, manager, colleague):
        assert codes(manager, by=colleague.person) == {"local_manager"}

    def test_nobody_himself(self, manager, member, colleague):
        assert codes(member, colleague, by=colleague.person) == {"oneself"}
        assert len(active(manager.quality)) == 3

    def test_nobody_the_last_who_manages(self, manager, member, colleague, gap):
        assert codes(manager, colleague, member, by=gap) == {"last_manager"}
        remove(colleague, member, by=gap)
        assert codes(manager, by=gap) == {"last_manager"}

    def test_one_in_charge_of_the_entity_who_manages_too_stays(self, manager, colleague):
        AccessManagerFactory(enterprise=manager.quality.enterprise, person=manager.person)

        # He can't go, so the other may.
        assert codes(manager, colleague, by=manager.person) == {"oneself"}

    @pytest.mark.parametrize("who", ["user", "stranger", "of_finance"])
    def test_no_one_else(self, manager, member, who):
        enterprise = manager.quality.enterprise
        person = {
            "user": lambda: QualityMemberFactory(quality=manager.quality).person,
            "stranger": PersonFactory,
            "of_finance": lambda: AccessManagerFactory(enterprise=enterprise, of_finance=True).person,
        }[who]()

        with pytest.raises(PermissionDenied):
            remove(member, by=person)

    def test_no_one_of_a_quality_that_is_over(self, member, gap):
        quality = member.quality
        quality.deactivated_at, quality.deactivated_by = AT, gap
        quality.save()

        assert codes(member, by=gap) == {"quality_over"}


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_four_clicks_remove_once(self, manager, member):
        RoleAssignmentFactory(member=member)

        assert at_once(lambda _number: remove(member, by=manager.person)) == ["done"] * 4

        assert RoleChange.objects.count() == 1
        assert Message.objects.count() == 1

    def test_four_managers_who_remove_each_other_leave_one(self, manager):
        quality = manager.quality
        team = QualityMemberFactory.create_batch(4, quality=quality, co_local_manager=True)

        def act(number):
            try:
                remove(*[each for each in team if each != team[number]], by=team[number].person)
            except PermissionDenied as denied:
                # The lock was waited for: he manages no more.
                raise ValidationError("", code="denied") from denied

        assert sorted(at_once(act)) == ["denied", "denied", "denied", "done"]

        assert len(active(quality)) == 2
