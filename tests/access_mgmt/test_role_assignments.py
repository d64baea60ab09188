from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from access_mgmt.enums import ChangeKind, Function, QualityKind
from access_mgmt.models import RoleAssignment, RoleChange
from access_mgmt.services import role_assignments
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.periods import Period
from bhod_portal.core.refusals import refusal_codes
from tests.access_mgmt.factories import QualityFactory, QualityMemberFactory
from tests.csam.factories import AT, AccessManagerFactory, PersonFactory
from tests.threads import at_once

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
OPEN = Period(date(2026, 3, 1))


def assign(member, *, by, function=Function.GUARDPOST_CIRCLE, period=OPEN, at=AT):
    return role_assignments.assign_role(member=member, function=function, period=period, by=by, at=at)


def codes(excinfo):
    return refusal_codes(excinfo.value)


class TestAssignRole:
    def test_records_the_change_for_propagation(self, manager, member):
        assignment = assign(member, by=manager.person)

        change = RoleChange.objects.get()
        assert (change.kind, change.grants, change.withdraws) == (ChangeKind.GRANTED, assignment, None)
        assert (change.requested_by, change.requested_at, change.applied_at) == (manager.person, AT, None)
        assert AT < change.due_at < AT + timedelta(minutes=20)

    @pytest.mark.parametrize(
        ("existing", "new"),
        [
            pytest.param(OPEN, Period(date(2030, 1, 1)), id="open end reaches every later day"),
            pytest.param(MARCH, Period(date(2026, 3, 31)), id="last day is included"),
            pytest.param(MARCH, Period(date(2026, 1, 1), date(2026, 3, 1)), id="first day is included"),
            pytest.param(MARCH, MARCH, id="second click"),
        ],
    )
    def test_refuses_a_function_twice_on_one_day(self, manager, member, existing, new):
        assign(member, by=manager.person, period=existing)

        with pytest.raises(ValidationError) as refusal:
            assign(member, by=manager.person, period=new)

        assert codes(refusal) == {"role_overlap"}
        assert RoleChange.objects.count() == 1

    def test_lets_the_same_function_follow_the_day_after(self, manager, member):
        assign(member, by=manager.person, period=MARCH)
        assign(member, by=manager.person, period=Period(date(2026, 4, 1)))

        assert RoleAssignment.objects.standing().count() == 2

    def test_lets_two_functions_overlap(self, manager, member):
        assign(member, by=manager.person, function=Function.GUARDPOST_CIRCLE)
        assign(member, by=manager.person, function=Function.OA_ADMIN)

        assert RoleAssignment.objects.standing().count() == 2

    def test_gives_circle_functions_only_under_ehealth(self):
        manager = QualityMemberFactory(
            local_manager=True, quality=QualityFactory(kind=QualityKind.HEALTH_CARE)
        )
        member = QualityMemberFactory(quality=manager.quality)

        with pytest.raises(ValidationError) as refusal:
            assign(member, by=manager.person, function=Function.FILEMANAGER_CIRCLE)
        assign(member, by=manager.person, function=Function.OA_ADMIN)

        assert codes(refusal) == {"function_not_offered"}

    def test_refuses_a_member_who_was_removed(self, manager, member):
        member.ended_at, member.ended_by = AT, manager.person
        member.save()

        with pytest.raises(ValidationError) as refusal:
            assign(member, by=manager.person)

        assert codes(refusal) == {"member_ended"}


class TestWhoMay:
    def test_a_co_local_manager_may(self, member):
        assign(member, by=QualityMemberFactory(quality=member.quality, co_local_manager=True).person)

    @pytest.mark.parametrize("trait", [{}, {"co_main": True}, {"of_domain": True}, {"dpo": True}], ids=str)
    def test_those_who_administer_the_enterprise_may(self, member, trait):
        assign(member, by=AccessManagerFactory(enterprise=member.quality.enterprise, **trait).person)

    @pytest.mark.parametrize("trait", [{"of_finance": True}, {"ended": True}], ids=str)
    def test_a_manager_of_another_domain_or_of_the_past_may_not(self, member, trait):
        other = AccessManagerFactory(enterprise=member.quality.enterprise, **trait).person

        with pytest.raises(PermissionDenied):
            assign(member, by=other)

    def test_a_plain_user_may_not(self, member):
        with pytest.raises(PermissionDenied):
            assign(member, by=member.person)

    def test_the_manager_of_another_quality_may_not(self, member):
        with pytest.raises(PermissionDenied):
            assign(member, by=QualityMemberFactory(local_manager=True).person)

    def test_a_stranger_may_not_change_or_delete_either(self, manager, member):
        assignment = assign(member, by=manager.person)

        with pytest.raises(PermissionDenied):
            role_assignments.change_period(assignment=assignment, period=MARCH, by=PersonFactory(), at=AT)
        with pytest.raises(PermissionDenied):
            role_assignments.revoke_role(assignment=assignment, by=PersonFactory(), at=AT)


class TestChangePeriod:
    def test_ends_one_assignment_and_makes_another_in_one_change(self, manager, member):
        old = assign(member, by=manager.person, period=OPEN)

        new = role_assignments.change_period(assignment=old, period=MARCH, by=manager.person, at=AT)

        change = RoleChange.objects.get(kind=ChangeKind.EDITED)
        assert (change.withdraws, change.grants) == (old, new)
        assert list(RoleAssignment.objects.standing()) == [new]

    def test_never_comes_before_the_grant_it_changes(self, manager, member):
        old = assign(member, by=manager.person)
        granted = RoleChange.objects.get()
        manager.person.world.mode = PropagationMode.IMMEDIATE
        manager.person.world.save()

        role_assignments.change_period(assignment=old, period=MARCH, by=manager.person, at=AT)

        assert RoleChange.objects.get(kind=ChangeKind.EDITED).due_at >= granted.due_at

    def test_with_the_same_dates_changes_nothing(self, manager, member):
        old = assign(member, by=manager.person, period=MARCH)

        assert role_assignments.change_period(assignment=old, period=MARCH, by=manager.person, at=AT) == old
        assert RoleChange.objects.count() == 1

    def test_refuses_what_another_manager_already_changed(self, manager, member):
        old = assign(member, by=manager.person)
        role_assignments.change_period(assignment=old, period=MARCH, by=manager.person, at=AT)

        with pytest.raises(ValidationError) as refusal:
            role_assignments.change_period(assignment=old, period=OPEN, by=manager.person, at=AT)

        assert codes(refusal) == {"assignment_over"}

    def test_refuses_dates_that_meet_another_row_and_keeps_the_old_ones(self, manager, member):
        assign(member, by=manager.person, period=MARCH)
        april = assign(member, by=manager.person, period=Period(date(2026, 4, 1)))

        with pytest.raises(ValidationError) as refusal:
            role_assignments.change_period(
                assignment=april, period=Period(date(2026, 3, 31)), by=manager.person, at=AT
            )

        assert codes(refusal) == {"role_overlap"}
        april.refresh_from_db()
        assert april.revoked_at is None


class TestRevokeRole:
    def test_asks_for_the_withdrawal(self, manager, member):
        assignment = assign(member, by=manager.person)

        role_assignments.revoke_role(assignment=assignment, by=manager.person, at=AT)

        assignment.refresh_from_db()
        assert (assignment.revoked_at, assignment.revoked_by) == (AT, manager.person)
        assert RoleChange.objects.get(kind=ChangeKind.REVOKED).withdraws == assignment

    def test_a_second_click_is_told_that_it_is_done(self, manager, member):
        assignment = assign(member, by=manager.person)
        role_assignments.revoke_role(assignment=assignment, by=manager.person, at=AT)

        with pytest.raises(ValidationError) as refusal:
            role_assignments.revoke_role(assignment=assignment, by=manager.person, at=AT)

        assert codes(refusal) == {"assignment_over"}
        assert RoleChange.objects.filter(kind=ChangeKind.REVOKED).count() == 1

    def test_frees_the_days_for_another_assignment(self, manager, member):
        role_assignments.revoke_role(assignment=assign(member, by=manager.person), by=manager.person, at=AT)

        assert assign(member, by=manager.person).revoked_at is None


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_four_managers_give_one_function_once(self):
        manager = QualityMemberFactory(local_manager=True)
        member = QualityMemberFactory(quality=manager.quality)

        found = at_once(lambda number: assign(member, by=manager.person))

        assert sorted(found) == ["done"] + ["role_overlap"] * 3
        assert RoleAssignment.objects.count() == RoleChange.objects.count() == 1

    def test_four_clicks_take_a_function_away_once(self):
        manager = QualityMemberFactory(local_manager=True)
        assignment = assign(QualityMemberFactory(quality=manager.quality), by=manager.person)

        found = at_once(
            lambda number: role_assignments.revoke_role(assignment=assignment, by=manager.person, at=AT)
        )

        assert sorted(found) == ["assignment_over"] * 3 + ["done"]
