from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from access_mgmt import selectors
from access_mgmt.enums import ChangeKind, MemberStatus
from access_mgmt.models import QualityMember, RoleAssignment, RoleChange
from access_mgmt.services import blocking, member_removals, role_assignments
from access_mgmt.services.propagation import apply_due_changes
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.periods import Period
from bhod_portal.core.refusals import refusal_codes
from csam.enums import Language, ManagerKind
from csam.models import Person
from csam.services import succession
from tests.access_mgmt.factories import (
    AT,
    QualityFactory,
    QualityMemberFactory,
    RoleAssignmentFactory,
    SubdivisionFactory,
)
from tests.access_mgmt.test_members import add
from tests.csam.factories import AccessManagerFactory, EnterpriseFactory, PersonFactory
from tests.threads import at_once

LATER = AT + timedelta(days=1)


def block(member, by, at=AT):
    return blocking.block_member(member=member, by=by.person, at=at)


def unblock(member, by, at=LATER):
    return blocking.unblock_member(member=member, by=by.person, at=at)


def refused(act, *args):
    with pytest.raises(ValidationError) as refusal:
        act(*args)
    return refusal_codes(refusal.value)


def codes_blocked(member):
    return Person.objects.get(pk=member.person_id).codes_blocked_at is not None


@pytest.fixture
def colleague(manager):
    return QualityMemberFactory(quality=manager.quality, co_local_manager=True)


@pytest.fixture
def gap(manager):
    return AccessManagerFactory(enterprise=manager.quality.enterprise)


class TestBlocking:
    def test_keeps_the_place_and_withdraws_the_functions_through_the_outbox(self, manager, member):
        held = RoleAssignmentFactory(member=member, effective=True)
        over = RoleAssignmentFactory(member=member, ended=True)

        assert block(member, manager)

        member.refresh_from_db()
        assert (member.status, member.blocked_by) == (MemberStatus.BLOCKED, manager.person)
        assert member.ended_at is None
        change = RoleChange.objects.get(applied_at=None)
        assert (change.kind, change.withdraws) == (ChangeKind.REVOKED, held)
        assert over in RoleAssignment.objects.standing()
        assert held.effective_roles.get().withdrawn_at is None

    def test_tells_the_person_in_his_language_and_keeps_it_in_the_trail(self, manager, member):
        QualityMember.objects.filter(pk=member.pk).update(language=Language.GERMAN)
        held = RoleAssignmentFactory(member=member)

        block(member, manager)

        message = Message.objects.get()
        assert (message.person_id, message.recipient) == (member.person_id, member.email)
        assert held.get_function_display() in message.body
        assert str(manager.person) in message.body
        entry = AuditEntry.objects.get(act="access_mgmt.member.blocked")
        assert entry.details == {"person": member.person_id, "assignments": [held.pk]}

    def test_a_second_click_changes_and_mails_nothing(self, manager, member):
        block(member, manager)

        assert not block(member, manager, LATER)
        assert Message.objects.count() == 1
        assert QualityMember.objects.get(pk=member.pk).blocked_at == AT

    def test_gives_him_no_function_meanwhile(self, manager, member):
        block(member, manager)

        with pytest.raises(ValidationError) as refusal:
            role_assignments.assign_role(
                member=member,
                function=RoleAssignmentFactory.build().function,
                period=Period(date(2026, 3, 1), None),
                by=manager.person,
                at=AT,
            )
        assert refusal_codes(refusal.value) == {"member_blocked"}

    def test_is_refused_where_it_would_leave_nobody_or_is_not_his_to_do(
        self, manager, member, colleague, gap
    ):
        assert refused(block, manager, manager) == {"oneself"}
        assert refused(block, manager, colleague) == {"local_manager"}
        assert block(manager, gap)
        assert refused(block, colleague, gap) == {"last_manager"}

    def test_is_for_managers_of_the_quality_or_the_branch(self, manager, member):
        for stranger in (member, QualityMemberFactory(local_manager=True)):
            with pytest.raises(PermissionDenied):
                block(QualityMemberFactory(quality=manager.quality), stranger)
        leader = QualityMemberFactory(quality=manager.quality, subdivision_manager=True)
        with pytest.raises(PermissionDenied):
            block(manager, leader)
        with pytest.raises(PermissionDenied):
            block(member, leader)
        assert block(QualityMemberFactory(quality=manager.quality, subdivision=leader.subdivision), leader)
        assert refused(block, leader, leader) == {"oneself"}

    def test_is_refused_for_who_is_gone(self, manager):
        former = QualityMemberFactory(quality=manager.quality, ended=True)

        assert refused(block, former, manager) == {"member_ended"}


class TestUnblocking:
    def test_gives_nothing_back_that_was_deleted_before_while_the_clock_stood(self, manager, member):
        role_assignments.revoke_role(
            assignment=RoleAssignmentFactory(member=member), by=manager.person, at=AT
        )
        held = RoleAssignmentFactory(member=member, administrative=True)
        block(member, manager)

        assert unblock(member, manager, AT)

        assert [each.function for each in RoleAssignment.objects.standing().filter(member=member)] == [
            held.function
        ]

    def test_gives_the_functions_again_with_their_dates(self, manager, member):
        held = RoleAssignmentFactory(member=member, effective=True, valid_until=date(2026, 12, 31))
        deleted = RoleAssignmentFactory(member=member, administrative=True)
        role_assignments.revoke_role(assignment=deleted, by=manager.person, at=AT - timedelta(days=1))
        block(member, manager)

        assert unblock(member, manager)

        member.refresh_from_db()
        assert (member.status, member.blocked_by) == (MemberStatus.ACTIVE, None)
        [again] = RoleAssignment.objects.standing().filter(member=member)
        assert (again.function, again.valid_from, again.valid_until) == (
            held.function,
            held.valid_from,
            held.valid_until,
        )
        assert (again.requested_at, again.requested_by) == (LATER, manager.person)
        assert RoleChange.objects.get(grants=again).kind == ChangeKind.GRANTED
        assert held.get_function_display() in Message.objects.order_by("pk").last().body
        assert AuditEntry.objects.get(act="access_mgmt.member.unblocked").details["assignments"] == [held.pk]

    def test_they_work_again_for_the_applications(self, manager, member):
        world = member.person.world
        world.mode = PropagationMode.IMMEDIATE
        world.save()
        RoleAssignmentFactory(member=member, effective=True)
        manager.person.world = world
        enterprise = manager.quality.enterprise
        block(member, manager)
        apply_due_changes(real_now=LATER)
        assert not selectors.effective_functions(
            person=member.person, enterprise_id=enterprise.pk, on=AT.date()
        )

        unblock(member, manager, AT)
        apply_due_changes(real_now=LATER)

        assert selectors.effective_functions(person=member.person, enterprise_id=enterprise.pk, on=AT.date())

    def test_leaves_over_what_ran_out_meanwhile(self, manager, member):
        RoleAssignmentFactory(member=member, valid_until=AT.date())
        block(member, manager)

        unblock(member, manager, AT + timedelta(days=2))

        assert not RoleAssignment.objects.standing().exists()
        assert "Aucune fonction" in Message.objects.order_by("pk").last().body

    def test_gives_each_once_when_the_clock_stands_still(self, manager, member):
        RoleAssignmentFactory(member=member)
        for _round in range(3):
            block(member, manager)
            unblock(member, manager, AT)

        assert RoleAssignment.objects.standing().count() == 1

    def test_a_second_click_changes_and_mails_nothing(self, manager, member):
        block(member, manager)
        unblock(member, manager)

        assert not unblock(member, manager)
        assert Message.objects.count() == 2

    def test_is_not_for_oneself_nor_against_who_may_block(self, manager, colleague, gap):
        block(manager, gap)

        assert refused(unblock, manager, colleague) == {"local_manager"}
        with pytest.raises(PermissionDenied):
            unblock(manager, manager)
        both = AccessManagerFactory(
            enterprise=manager.quality.enterprise, person=manager.person, co_main=True
        )
        assert refused(unblock, manager, both) == {"oneself"}
        assert unblock(manager, gap)


class TestCodes:
    @pytest.fixture
    def member(self, manager):
        return QualityMemberFactory(quality=manager.quality, person=PersonFactory(with_codes=True))

    def test_are_blocked_with_the_only_place_and_come_back_with_it(self, manager, member):
        block(member, manager)
        assert codes_blocked(member)
        assert "mot de passe sont bloqués" in Message.objects.get().body

        unblock(member, manager)
        assert not codes_blocked(member)

    @pytest.mark.parametrize("needed_by", ["another place", "an entity"])
    def test_are_left_to_who_needs_them(self, manager, member, needed_by):
        if needed_by == "an entity":
            AccessManagerFactory(person=member.person)
        else:
            QualityMemberFactory(person=member.person)

        block(member, manager)

        assert not codes_blocked(member)
        assert "mot de passe sont bloqués" not in Message.objects.get().body

    @pytest.mark.parametrize("place", [{"blocked": True}, {"ended": True}, {"quality__over": True}])
    def test_are_not_kept_by_a_place_that_is_none(self, manager, member, place):
        QualityMemberFactory(person=member.person, **place)

        block(member, manager)

        assert codes_blocked(member)

    def test_come_back_for_who_is_added_elsewhere(self, manager, member):
        block(member, manager)
        elsewhere = QualityMemberFactory(local_manager=True)

        add(elsewhere, member.person, at=LATER)

        assert not codes_blocked(member)

    def test_come_back_when_a_blocked_member_is_removed_and_stay_when_he_is_added_again(
        self, manager, member
    ):
        block(member, manager)
        member_removals.remove_members(
            quality=manager.quality, members=[member.pk], by=manager.person, at=LATER
        )
        assert not codes_blocked(member)

        again = add(manager, member.person, at=LATER)

        assert again.blocked_at is None
        assert not codes_blocked(member)

    def test_stay_blocked_while_another_quality_blocks_him(self, manager, member):
        other = QualityMemberFactory(
            person=member.person, quality=QualityMemberFactory(local_manager=True).quality
        )
        block(member, manager)
        block(other, other.quality.members.get(kind="gl"))
        assert codes_blocked(member)

        member_removals.remove_members(
            quality=manager.quality, members=[member.pk], by=manager.person, at=LATER
        )

        assert codes_blocked(member)


class TestWhoDependsOnHim:
    def test_names_the_branch_that_nobody_else_manages(self, manager):
        top = SubdivisionFactory(quality=manager.quality)
        leader = QualityMemberFactory(
            quality=manager.quality, subdivision_manager=True, subdivision=SubdivisionFactory(below=top)
        )
        assert selectors.branch_only_of(leader) == leader.subdivision
        assert selectors.branch_only_of(manager) is None

        QualityMemberFactory(quality=manager.quality, subdivision_manager=True, subdivision=top)

        assert selectors.branch_only_of(leader) is None


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_four_clicks_block_once(self):
        manager = QualityMemberFactory(local_manager=True)
        member = QualityMemberFactory(quality=manager.quality)
        RoleAssignmentFactory(member=member)

        assert at_once(lambda _number: block(member, manager)) == ["done"] * 4

        assert (Message.objects.count(), RoleChange.objects.count()) == (1, 1)

    def test_two_managers_do_not_block_each_other(self):
        quality = QualityFactory()
        managers = [QualityMemberFactory(quality=quality, co_local_manager=True) for _number in range(2)]

        def each_the_other(number):
            try:
                block(managers[1 - number], managers[number])
            except PermissionDenied as refusal:
                raise ValidationError("", code="denied") from refusal

        assert sorted(at_once(each_the_other, times=2)) == ["denied", "done"]

    def test_two_qualities_that_block_one_person_block_his_codes(self):
        person = PersonFactory(with_codes=True)
        members = [QualityMemberFactory(person=person) for _number in range(2)]
        managers = [QualityMemberFactory(quality=member.quality, local_manager=True) for member in members]

        assert at_once(lambda number: block(members[number], managers[number]), times=2) == ["done"] * 2

        assert codes_blocked(members[0])


@pytest.mark.parametrize("kind", [ManagerKind.MAIN, ManagerKind.CO_MAIN, ManagerKind.DPO])
def test_who_is_trusted_with_an_enterprise_has_his_codes_again(manager, kind):
    person = QualityMemberFactory(quality=manager.quality, person__with_codes=True).person
    blocking.block_member(member=person.memberships.get(), by=manager.person, at=AT)
    assert Person.objects.get(pk=person.pk).codes_blocked_at

    succession.take_office(
        enterprise=EnterpriseFactory(registered=True),
        person=person,
        kind=kind,
        email="lui@exemple.invalid",
        phone="+32 470 00 00 03",
        by=manager.person,
        at=AT,
    )

    assert Person.objects.get(pk=person.pk).codes_blocked_at is None
    assert AuditEntry.objects.filter(act="csam.codes.unblocked").count() == 1
