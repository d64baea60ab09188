from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied, ValidationError

from access_mgmt.enums import ChangeKind, QualityKind
from access_mgmt.models import EffectiveRole, Quality, QualityMember, RoleAssignment, RoleChange
from access_mgmt.services import propagation, qualities, quality_data
from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.refusals import refusal_codes
from tests.access_mgmt.factories import (
    AT,
    EffectiveRoleFactory,
    QualityFactory,
    QualityMemberFactory,
    RoleAssignmentFactory,
)
from tests.csam.factories import AccessManagerFactory
from tests.threads import at_once

LATER = AT + timedelta(days=1)


@pytest.fixture
def gap():
    return AccessManagerFactory()


@pytest.fixture
def quality(gap):
    return QualityFactory(enterprise=gap.enterprise, activated_by=gap.person)


def test_ends_members_and_functions_through_the_outbox(gap, quality):
    member = QualityMemberFactory(quality=quality)
    asked = RoleAssignmentFactory(member=member)
    EffectiveRoleFactory(assignment=asked)
    past = RoleAssignmentFactory(member=member, administrative=True, ended=True)

    qualities.deactivate_quality(quality=quality, by=gap.person, at=LATER)

    quality.refresh_from_db()
    assert (quality.deactivated_at, quality.deactivated_by) == (LATER, gap.person)
    member.refresh_from_db()
    assert (member.ended_at, member.ended_by) == (LATER, gap.person)
    change = RoleChange.objects.get()
    assert (change.kind, change.withdraws, change.requested_by) == (ChangeKind.REVOKED, asked, gap.person)
    # Until it has propagated the applications see it; what was over stays as it was.
    assert EffectiveRole.objects.known().filter(assignment=asked).exists()
    assert list(RoleAssignment.objects.standing()) == [past]
    propagation.apply_due_changes(real_now=LATER + timedelta(hours=1))
    assert not EffectiveRole.objects.known().exists()


def test_leaves_a_trail_and_mails_every_member_what_he_loses(gap, quality):
    manager = QualityMemberFactory(quality=quality, local_manager=True)
    user = RoleAssignmentFactory(member__quality=quality).member
    QualityMemberFactory(quality=quality, ended=True)

    qualities.deactivate_quality(quality=quality, by=gap.person, at=LATER)

    entry = AuditEntry.objects.get(act="access_mgmt.quality.deactivated")
    assert (entry.subject, entry.done_by) == (f"access_mgmt.quality:{quality.pk}", gap.person)
    assert entry.details == {"kind": quality.kind, "members": 2, "functions": 1}
    mails = {mail.recipient: mail.body for mail in Message.objects.all()}
    assert mails.keys() == {manager.email, user.email}
    assert "INAMI_FILEMANAGER" in mails[user.email]
    assert "INAMI_FILEMANAGER" not in mails[manager.email]
    assert str(gap.person) in mails[manager.email]


def test_may_be_activated_again(gap, quality):
    QualityMemberFactory(quality=quality, local_manager=True)
    qualities.deactivate_quality(quality=quality, by=gap.person, at=LATER)

    again = qualities.activate_quality(
        enterprise=gap.enterprise,
        kind=QualityKind.EHEALTH,
        contact_email="contact@exemple.invalid",
        manager=gap.person,
        username="lambertclaire",
        password_hash=make_password("Simulateur-2026!"),
        email="claire@exemple.invalid",
        by=gap.person,
        at=LATER + timedelta(hours=1),
    )

    assert list(Quality.objects.active()) == [again]
    assert list(QualityMember.objects.active().values_list("quality", "person")) == [
        (again.pk, gap.person_id)
    ]


@pytest.mark.parametrize("code", ["quality_over", "employer"])
def test_refuses_what_can_not_be_deactivated(gap, code):
    traits = {"over": True} if code == "quality_over" else {"employer": True}
    quality = QualityFactory(**traits)
    admin = AccessManagerFactory(enterprise=quality.enterprise).person

    with pytest.raises(ValidationError) as refusal:
        qualities.deactivate_quality(quality=quality, by=admin, at=LATER)

    assert refusal_codes(refusal.value) == {code}


def test_who_is_no_employer_any_longer_may_end_that_quality_too():
    quality = QualityFactory(employer=True, enterprise__onss_number="")
    admin = AccessManagerFactory(enterprise=quality.enterprise).person

    qualities.deactivate_quality(quality=quality, by=admin, at=LATER)

    assert not Quality.objects.active().exists()


def test_refuses_who_does_not_administer_the_entity(quality):
    manager = QualityMemberFactory(quality=quality, local_manager=True)

    with pytest.raises(PermissionDenied):
        qualities.deactivate_quality(quality=quality, by=manager.person, at=LATER)

    assert Quality.objects.active().exists()


@pytest.mark.django_db(transaction=True)
def test_four_clicks_at_once_do_it_once(gap, quality):
    RoleAssignmentFactory(member__quality=quality)

    found = at_once(lambda number: qualities.deactivate_quality(quality=quality, by=gap.person, at=LATER))

    assert sorted(found) == ["done", "quality_over", "quality_over", "quality_over"]
    assert RoleChange.objects.count() == Message.objects.count() == 1


class TestChangeQuality:
    def test_refuses_who_does_not_manage_the_quality(self, quality):
        user = QualityMemberFactory(quality=quality)

        with pytest.raises(PermissionDenied):
            quality_data.change_quality(
                quality=quality, contact_email="a@exemple.invalid", seen="", by=user.person, at=LATER
            )

    def test_refuses_a_quality_that_was_deactivated_meanwhile(self, gap):
        over = QualityFactory(enterprise=gap.enterprise, over=True)

        with pytest.raises(ValidationError) as refusal:
            quality_data.change_quality(
                quality=over, contact_email="a@exemple.invalid", seen="", by=gap.person, at=LATER
            )

        assert refusal_codes(refusal.value) == {"quality_over"}

    @pytest.mark.django_db(transaction=True)
    def test_of_four_at_once_one_wins_and_the_others_are_told(self, gap, quality):
        seen = quality.contact_email

        found = at_once(
            lambda number: quality_data.change_quality(
                quality=quality,
                contact_email=f"contact{number}@exemple.invalid",
                seen=seen,
                by=gap.person,
                at=LATER,
            )
        )

        assert sorted(found) == ["changed_meanwhile"] * 3 + ["done"]
