"""Places of managers that pass to somebody: named by the entity, or handed over."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from access_mgmt.enums import Afterwards, ChangeKind, MemberKind, MemberLink
from access_mgmt.models import QualityMember, RoleChange
from access_mgmt.services import succession
from access_mgmt.services.succession import Successor
from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.refusals import refusal_codes
from tests.access_mgmt.factories import (
    QualityMemberFactory,
    RoleAssignmentFactory,
    SubdivisionFactory,
)
from tests.csam.factories import AT, AccessManagerFactory, EmploymentFactory, PersonFactory
from tests.threads import at_once


@pytest.fixture
def gap(manager):
    return AccessManagerFactory(enterprise=manager.quality.enterprise).person


@pytest.fixture
def colleague(manager):
    """The co-local manager of the manager's quality."""
    return QualityMemberFactory(quality=manager.quality, co_local_manager=True)


@pytest.fixture
def worker(manager):
    """Somebody of the enterprise who is no member of the quality and has no account."""
    person = PersonFactory(world=manager.quality.enterprise.world)
    EmploymentFactory(person=person, enterprise=manager.quality.enterprise)
    return person


def name(successor, *, by, former, afterwards=Afterwards.USER, quality=None):
    if isinstance(successor, QualityMember):
        successor = Successor(successor.person)
    return succession.name_local_manager(
        quality=quality or former.quality,
        successor=successor,
        former=former,
        afterwards=afterwards,
        by=by,
        at=AT,
    )


def hand_over(place, successor, *, afterwards=Afterwards.USER):
    if isinstance(successor, QualityMember):
        successor = Successor(successor.person)
    return succession.hand_over(
        quality=place.quality, successor=successor, afterwards=afterwards, by=place.person, at=AT
    )


def newcomer(person):
    return Successor(person, email="nouveau@exemple.invalid", username="nouveau1", link=MemberLink.WORKER)


def codes(act):
    with pytest.raises(ValidationError) as refusal:
        act()
    return refusal_codes(refusal.value)


def kinds(quality):
    """What each active member is, by person."""
    active = QualityMember.objects.active().filter(quality=quality)
    return dict(active.values_list("person", "kind"))


class TestNameLocalManager:
    @pytest.mark.parametrize("afterwards", [Afterwards.CO_LOCAL_MANAGER, Afterwards.USER])
    def test_a_member_takes_the_place_and_the_former_one_another(self, manager, member, gap, afterwards):
        RoleAssignmentFactory(member=manager)

        assert name(member, by=gap, former=manager, afterwards=afterwards) == member

        assert kinds(manager.quality) == {
            member.person_id: MemberKind.LOCAL_MANAGER,
            manager.person_id: afterwards.value,
        }
        # His functions stay.
        assert not RoleChange.objects.exists()
        assert set(Message.objects.values_list("recipient", flat=True)) == {member.email, manager.email}
        entry = AuditEntry.objects.get(act="access_mgmt.local_manager.named")
        assert entry.details == {
            "quality": manager.quality_id,
            "person": member.person_id,
            "former": manager.person_id,
            "afterwards": afterwards.value,
        }

    def test_the_former_one_may_go_with_his_functions(self, manager, colleague, gap):
        assignment = RoleAssignmentFactory(member=manager, effective=True)

        name(colleague, by=gap, former=manager, afterwards=Afterwards.GONE)

        assert kinds(manager.quality) == {colleague.person_id: MemberKind.LOCAL_MANAGER}
        change = RoleChange.objects.get()
        assert (change.kind, change.withdraws) == (ChangeKind.REVOKED, assignment)
        mail = Message.objects.get(recipient=manager.email)
        assert "INAMI_FILEMANAGER_GENERALPRACTITIONERCIRCLE" in mail.body

    def test_where_there_is_none(self, colleague, gap, manager):
        QualityMember.objects.filter(pk=manager.pk).update(ended_at=AT, ended_by=gap)

        name(colleague, by=gap, former=None, quality=colleague.quality)

        assert kinds(colleague.quality) == {colleague.person_id: MemberKind.LOCAL_MANAGER}
        assert Message.objects.get().recipient == colleague.email

    def test_somebody_new_of_the_enterprise(self, manager, gap, worker):
        member = name(newcomer(worker), by=gap, former=manager)

        worker.refresh_from_db()
        assert worker.username == "nouveau1"
        assert (member.link, member.email) == (MemberLink.WORKER, "nouveau@exemple.invalid")
        assert (member.added_by, member.added_at) == (gap, AT)

    def test_a_new_account_gets_a_link_to_choose_a_password(self, manager, gap, worker):
        name(newcomer(worker), by=gap, former=manager)

        mail = Message.objects.get(person=worker)
        assert mail.recipient == worker.email
        assert "/mot-de-passe/" in mail.body

    @pytest.mark.parametrize("himself", [False, True])
    def test_no_link_where_there_is_an_account_or_it_is_oneself(self, manager, gap, himself):
        person = gap if himself else PersonFactory(world=gap.world, with_codes=True)
        EmploymentFactory(person=person, enterprise=manager.quality.enterprise)

        name(newcomer(person), by=gap, former=manager)

        assert "/mot-de-passe/" not in Message.objects.get(person=person).body

    def test_oneself_without_a_tie_to_the_enterprise(self, manager, gap):
        name(Successor(gap, email="moi@exemple.invalid", username="moi1"), by=gap, former=manager)

        assert kinds(manager.quality)[gap.pk] == MemberKind.LOCAL_MANAGER

    def test_who_managed_a_branch_belongs_to_no_part_any_longer(self, manager, gap):
        leader = QualityMemberFactory(quality=manager.quality, subdivision_manager=True)

        name(leader, by=gap, former=manager)

        leader.refresh_from_db()
        assert (leader.kind, leader.subdivision) == (MemberKind.LOCAL_MANAGER, None)

    def test_the_same_one_again_changes_nothing(self, manager, gap):
        assert name(manager, by=gap, former=manager) == manager

        assert not Message.objects.exists()
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize("kind", [{"co_main": True}, {"dpo": True}, {"of_domain": True}])
    def test_is_the_right_of_all_who_administer(self, manager, member, kind):
        head = AccessManagerFactory(enterprise=manager.quality.enterprise, **kind).person

        name(member, by=head, former=manager)

        assert kinds(manager.quality)[member.person_id] == MemberKind.LOCAL_MANAGER

    @pytest.mark.parametrize("who", ["manager", "colleague", "member", "of_finance"])
    def test_is_the_right_of_no_one_else(self, manager, member, colleague, who):
        person = {
            "manager": lambda: manager.person,
            "colleague": lambda: colleague.person,
            "member": lambda: member.person,
            "of_finance": lambda: (
                AccessManagerFactory(enterprise=manager.quality.enterprise, of_finance=True).person
            ),
        }[who]()

        with pytest.raises(PermissionDenied):
            name(colleague, by=person, former=manager)

    def test_refuses_a_quality_that_is_over(self, manager, member, gap):
        quality = manager.quality
        quality.deactivated_at, quality.deactivated_by = AT, gap
        quality.save()

        assert codes(lambda: name(member, by=gap, former=manager)) == {"quality_over"}

    def test_refuses_when_somebody_else_is_local_manager_meanwhile(self, manager, member, colleague, gap):
        name(colleague, by=gap, former=manager)

        assert codes(lambda: name(member, by=gap, former=manager)) == {"changed_meanwhile"}
        QualityMember.objects.filter(pk=colleague.pk).update(kind=MemberKind.USER)
        assert codes(lambda: name(member, by=gap, former=manager)) == {"changed_meanwhile"}

    def test_refuses_who_is_blocked_or_not_tied_or_gone(self, manager, gap):
        blocked = QualityMemberFactory(quality=manager.quality, blocked=True)
        gone = QualityMemberFactory(quality=manager.quality, ended=True)
        stranger = PersonFactory(world=manager.quality.enterprise.world)

        assert codes(lambda: name(blocked, by=gap, former=manager)) == {"member_blocked"}
        assert codes(lambda: name(gone, by=gap, former=manager)) == {"not_member"}
        assert codes(lambda: name(newcomer(stranger), by=gap, former=manager)) == {"manager_not_linked"}
        assert kinds(manager.quality)[manager.person_id] == MemberKind.LOCAL_MANAGER


class TestHandOver:
    def test_the_local_manager_makes_a_co_local_manager_and_the_entity_is_told(self, manager, member, gap):
        co_gap = AccessManagerFactory(enterprise=manager.quality.enterprise, co_main=True)
        AccessManagerFactory(enterprise=manager.quality.enterprise, dpo=True)

        assert hand_over(manager, member) == member

        assert kinds(manager.quality) == {
            member.person_id: MemberKind.CO_LOCAL_MANAGER,
            manager.person_id: MemberKind.USER,
        }
        told = {mail.person_id: mail for mail in Message.objects.all()}
        assert told.keys() == {member.person_id, manager.person_id, gap.pk, co_gap.person_id}
        assert f"/qualites/{manager.quality_id}/gestionnaire-local/" in told[gap.pk].body

    def test_who_leaves_loses_his_functions(self, manager, colleague):
        RoleAssignmentFactory(member=colleague, effective=True)

        hand_over(colleague, manager, afterwards=Afterwards.GONE)

        # Who managed already goes on as he was.
        assert kinds(manager.quality) == {manager.person_id: MemberKind.LOCAL_MANAGER}
        assert RoleChange.objects.get().requested_by == colleague.person
        entry = AuditEntry.objects.get(act="access_mgmt.member.handed_over")
        assert entry.details == {"successor": manager.pk, "afterwards": "parti"}

    def test_to_somebody_new(self, manager, worker):
        member = hand_over(manager, newcomer(worker))

        assert (member.kind, member.person) == (MemberKind.CO_LOCAL_MANAGER, worker)
        assert kinds(manager.quality)[manager.person_id] == MemberKind.USER

    def test_the_gap_who_was_local_manager_is_not_told_what_he_did(self, manager, member):
        AccessManagerFactory(enterprise=manager.quality.enterprise, person=manager.person)

        hand_over(manager, member)

        assert Message.objects.filter(person=manager.person).count() == 1

    def test_a_user_of_a_subdivision_belongs_to_none_any_longer(self, manager):
        part = SubdivisionFactory(quality=manager.quality)
        user = QualityMemberFactory(quality=manager.quality, subdivision=part)

        hand_over(manager, user)

        user.refresh_from_db()
        assert (user.kind, user.subdivision) == (MemberKind.CO_LOCAL_MANAGER, None)

    def test_a_second_click_is_told_so(self, manager, member):
        hand_over(manager, member)

        assert codes(lambda: hand_over(manager, member)) == {"no_place"}
        assert Message.objects.count() == 2

    @pytest.mark.parametrize("who", ["user", "blocked", "stranger"])
    def test_only_who_manages_has_a_place_to_give(self, manager, member, who):
        traits = {"user": {}, "blocked": {"co_local_manager": True, "blocked": True}, "stranger": {}}[who]
        place = QualityMemberFactory(**({} if who == "stranger" else {"quality": manager.quality}), **traits)
        if who == "stranger":
            place.quality = manager.quality

        assert codes(lambda: hand_over(place, member)) == {"no_place"}

    def test_refuses_what_would_hand_nothing_over(self, manager, member):
        blocked = QualityMemberFactory(quality=manager.quality, blocked=True)
        gone = QualityMemberFactory(quality=manager.quality, ended=True)

        assert codes(lambda: hand_over(manager, manager)) == {"oneself"}
        assert codes(lambda: hand_over(manager, blocked)) == {"member_blocked"}
        assert codes(lambda: hand_over(manager, gone)) == {"not_member"}
        assert codes(lambda: hand_over(manager, member, afterwards=Afterwards.CO_LOCAL_MANAGER)) == {
            "not_offered"
        }
        assert kinds(manager.quality)[manager.person_id] == MemberKind.LOCAL_MANAGER

    def test_refuses_a_quality_that_is_over(self, manager, member):
        quality = manager.quality
        quality.deactivated_at, quality.deactivated_by = AT, manager.person
        quality.save()

        assert codes(lambda: hand_over(manager, member)) == {"quality_over"}


class TestHandOverABranch:
    @pytest.fixture
    def leader(self, manager):
        return QualityMemberFactory(quality=manager.quality, subdivision_manager=True)

    @pytest.mark.parametrize("deeper", [False, True])
    def test_to_a_member_of_it(self, leader, deeper):
        part = SubdivisionFactory(below=leader.subdivision) if deeper else leader.subdivision
        user = QualityMemberFactory(quality=leader.quality, subdivision=part)

        hand_over(leader, user)

        user.refresh_from_db()
        leader.refresh_from_db()
        assert (user.kind, user.subdivision) == (MemberKind.SUBDIVISION_MANAGER, leader.subdivision)
        assert (leader.kind, leader.ended_at) == (MemberKind.USER, None)

    def test_to_no_one_outside_of_it(self, leader, manager, member, worker):
        elsewhere = QualityMemberFactory(
            quality=leader.quality, subdivision=SubdivisionFactory(quality=leader.quality)
        )

        for other in (manager, member, elsewhere, newcomer(worker)):
            assert codes(lambda other=other: hand_over(leader, other)) == {"outside_branch"}


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_managers_who_replace_each_other_leave_one(self, manager, colleague):
        pair = [(manager, colleague), (colleague, manager)]

        found = at_once(lambda number: hand_over(*pair[number]), times=2)

        assert sorted(found) == ["done", "done"]
        # The second one gave back what the first one had just given.
        assert sorted(kinds(manager.quality).values()) == [MemberKind.CO_LOCAL_MANAGER, MemberKind.USER]

    def test_two_who_leave_altogether_leave_one_too(self, manager, colleague):
        pair = [(manager, colleague), (colleague, manager)]

        found = at_once(lambda number: hand_over(*pair[number], afterwards=Afterwards.GONE), times=2)

        assert sorted(found) == ["done", "not_member"]
        [left] = QualityMember.objects.managers().filter(quality=manager.quality)
        assert left.pk in (manager.pk, colleague.pk)

    def test_the_entity_names_while_the_local_manager_hands_over(self, manager, member, colleague, gap):
        def act(number):
            if number == 0:
                hand_over(manager, colleague)
            else:
                name(member, by=gap, former=manager)

        found = sorted(at_once(act, times=2))

        # Who comes second sees what the first one did.
        assert found in (["changed_meanwhile", "done"], ["done", "no_place"], ["done", "done"])
        managers = QualityMember.objects.managers().filter(quality=manager.quality)
        assert managers.count() >= 1
        assert managers.filter(kind=MemberKind.LOCAL_MANAGER).count() <= 1

    def test_four_clicks_name_once(self, manager, member, gap):
        assert at_once(lambda _number: name(member, by=gap, former=manager)) == ["done"] * 4

        assert AuditEntry.objects.count() == 1
        assert Message.objects.count() == 2
