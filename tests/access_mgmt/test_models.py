"""The rules that the database keeps when a service is gone round."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from tests.access_mgmt.factories import (
    AT,
    AccessReviewFactory,
    CertificateFactory,
    EffectiveRoleFactory,
    ExpiryNoticeFactory,
    MessageChannelFactory,
    PropagationDayFactory,
    QualityFactory,
    QualityMemberFactory,
    ResponsibilityFactory,
    ReviewDecisionFactory,
    RoleAssignmentFactory,
    RoleChangeFactory,
    SenderNumberFactory,
    SubdivisionFactory,
)
from tests.csam.factories import PersonFactory, WorldFactory


def quality_twice():
    QualityFactory(enterprise=QualityFactory().enterprise)


def quality_deactivated_by_nobody():
    QualityFactory(deactivated_at=AT)


def member_twice():
    member = QualityMemberFactory()
    QualityMemberFactory(quality=member.quality, person=member.person)


def two_local_managers():
    QualityMemberFactory(quality=QualityMemberFactory(local_manager=True).quality, local_manager=True)


def member_ended_by_nobody():
    QualityMemberFactory(ended_at=AT)


def member_blocked_by_nobody():
    QualityMemberFactory(blocked_at=AT)


def local_manager_in_a_subdivision():
    subdivision = SubdivisionFactory()
    QualityMemberFactory(quality=subdivision.quality, subdivision=subdivision, local_manager=True)


def subdivision_manager_of_none():
    QualityMemberFactory(subdivision_manager=True, subdivision=None)


def subdivision_twice():
    first = SubdivisionFactory(name="Secrétariat")
    SubdivisionFactory(quality=first.quality, name="SECRÉTARIAT")


def subdivision_below_another_than_its_parent():
    SubdivisionFactory(below=SubdivisionFactory(), ancestors=[])


def subdivision_removed_by_nobody():
    SubdivisionFactory(removed_at=AT)


def responsibility_twice():
    first = ResponsibilityFactory()
    ResponsibilityFactory(member=first.member, responsible=first.responsible)


def responsibility_for_oneself():
    member = QualityMemberFactory()
    ResponsibilityFactory(member=member, responsible=member)


def responsibility_ended_by_nobody():
    ResponsibilityFactory(ended_at=AT)


def expiry_told_twice():
    ExpiryNoticeFactory(assignment=ExpiryNoticeFactory().assignment)


def two_open_reviews():
    AccessReviewFactory(quality=AccessReviewFactory().quality)


def review_closed_by_nobody():
    AccessReviewFactory(closed_at=AT)


def decided_twice():
    first = ReviewDecisionFactory()
    ReviewDecisionFactory(review=first.review, assignment=first.assignment)


def overlap():
    first = RoleAssignmentFactory()
    RoleAssignmentFactory(member=first.member, to_come=True)


def reversed_period():
    RoleAssignmentFactory(valid_until=AT.date() - timedelta(days=60))


def revoked_by_nobody():
    RoleAssignmentFactory(revoked_at=AT)


def grant_of_nothing():
    RoleChangeFactory(grants=None, requested_by=PersonFactory())


def due_before_request():
    RoleChangeFactory(due_at=AT - timedelta(seconds=1))


def applied_before_due():
    RoleChangeFactory(applied_at=AT)


def applied_and_held():
    RoleChangeFactory(applied=True, held_until=AT)


def day_counted_twice():
    PropagationDayFactory(world=PropagationDayFactory().world)


def effective_twice():
    EffectiveRoleFactory(assignment=EffectiveRoleFactory().assignment)


def withdrawn_before_applied():
    EffectiveRoleFactory(withdrawn_at=AT - timedelta(seconds=1))


def effective_reversed():
    EffectiveRoleFactory(valid_until=AT.date() - timedelta(days=60))


def number_twice():
    sender = SenderNumberFactory()
    SenderNumberFactory(quality=QualityFactory(enterprise=sender.quality.enterprise, health_care=True))


def number_of_letters():
    SenderNumberFactory(number="90000A")


def channel_twice():
    MessageChannelFactory(sender_number=MessageChannelFactory().sender_number)


def client_id_twice():
    sender = MessageChannelFactory(rest=True).sender_number
    MessageChannelFactory(sender_number=sender, rest=True, application="BHOD")


def rest_without_client_id():
    MessageChannelFactory(rest=True, client_id="")


def channel_ended_by_nobody():
    MessageChannelFactory(ended_at=AT)


def channel_ended_before_it_began():
    MessageChannelFactory(ended=True, ended_at=AT - timedelta(seconds=1))


def certificate_of_nobody():
    CertificateFactory(of_quality=True, quality=None, world=WorldFactory(), registered_by=PersonFactory())


def two_certificates_of_a_person():
    CertificateFactory(person=CertificateFactory().person)


def two_certificates_of_a_quality():
    CertificateFactory(of_quality=True, quality=CertificateFactory(of_quality=True).quality)


def certificate_twice():
    first = CertificateFactory(revoked=True)
    CertificateFactory(person=first.person, fingerprint=first.fingerprint)


def certificate_reversed():
    CertificateFactory(valid_until=AT - timedelta(days=2))


def certificate_revoked_by_nobody():
    CertificateFactory(revoked_at=AT)


@pytest.mark.parametrize(
    ("break_rule", "constraint"),
    [
        (quality_twice, "quality_active_once"),
        (quality_deactivated_by_nobody, "quality_deactivated_by_someone"),
        (member_twice, "quality_member_once"),
        (two_local_managers, "quality_member_one_local_manager"),
        (member_ended_by_nobody, "quality_member_ended_by_someone"),
        (member_blocked_by_nobody, "quality_member_blocked_by_someone"),
        (local_manager_in_a_subdivision, "quality_member_subdivision_fits_kind"),
        (subdivision_manager_of_none, "quality_member_subdivision_fits_kind"),
        (subdivision_twice, "subdivision_name_once_per_parent"),
        (subdivision_below_another_than_its_parent, "subdivision_ancestors_begin_with_parent"),
        (subdivision_removed_by_nobody, "subdivision_removed_by_someone"),
        (responsibility_twice, "responsibility_once"),
        (responsibility_for_oneself, "responsibility_not_for_oneself"),
        (responsibility_ended_by_nobody, "responsibility_ended_by_someone"),
        (expiry_told_twice, "expiry_notice_once"),
        (two_open_reviews, "access_review_one_open"),
        (review_closed_by_nobody, "access_review_closed_by_someone"),
        (decided_twice, "review_decision_once"),
        (overlap, "role_assignment_no_overlap"),
        (reversed_period, "role_assignment_period_in_order"),
        (revoked_by_nobody, "role_assignment_revoked_by_someone"),
        (grant_of_nothing, "role_change_kind_says_what"),
        (due_before_request, "role_change_due_after_request"),
        (applied_before_due, "role_change_applied_when_due"),
        (applied_and_held, "role_change_held_while_pending"),
        (day_counted_twice, "propagation_day_once"),
        (effective_twice, "effective_role_once"),
        (withdrawn_before_applied, "effective_role_withdrawn_after_applied"),
        (effective_reversed, "effective_role_period_in_order"),
        (number_twice, "sender_number_unique_in_world"),
        (number_of_letters, "sender_number_six_digits"),
        (channel_twice, "message_channel_one_per_application"),
        (client_id_twice, "message_channel_client_id_unique_in_world"),
        (rest_without_client_id, "message_channel_client_id_of_rest"),
        (channel_ended_by_nobody, "message_channel_ended_by_someone"),
        (channel_ended_before_it_began, "message_channel_ends_after_it_began"),
        (certificate_of_nobody, "certificate_of_a_person_or_a_quality"),
        (two_certificates_of_a_person, "certificate_one_per_person"),
        (two_certificates_of_a_quality, "certificate_one_per_quality"),
        (certificate_twice, "certificate_once_in_world"),
        (certificate_reversed, "certificate_validity_in_order"),
        (certificate_revoked_by_nobody, "certificate_revoked_by_someone"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_database_refuses(break_rule, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        break_rule()


def test_a_quality_and_a_member_may_come_back():
    QualityFactory(enterprise=QualityFactory(over=True).enterprise)
    former = QualityMemberFactory(ended=True)
    QualityMemberFactory(quality=former.quality, person=former.person)


def test_a_function_may_be_given_again_once_it_was_taken_away():
    revoked = RoleAssignmentFactory(revoked=True)
    RoleAssignmentFactory(member=revoked.member)


def test_things_have_names():
    member = QualityMemberFactory(local_manager=True)
    assert str(member) == f"gl {member.person_id} @ {member.quality_id}"
    assert str(member.quality) == "eHealth Soins de Santé"
    change = RoleChangeFactory()
    assert str(change) == f"GRANTED {change.pk}"
    assert str(PropagationDayFactory()) == "2026-03-10: 3"
    assert str(EffectiveRoleFactory()) == str(change.grants)
    channel = MessageChannelFactory()
    subdivision = SubdivisionFactory(name="Secrétariat")
    assert str(subdivision) == "Secrétariat"
    answers = ResponsibilityFactory()
    assert str(answers) == f"{answers.responsible_id} → {answers.member_id}"
    notice, decision = ExpiryNoticeFactory(), ReviewDecisionFactory()
    assert str(notice) == f"{notice.assignment_id}: 30"
    assert str(decision) == f"{decision.review_id}: {decision.assignment_id} CONFIRMED"
    assert str(decision.review) == f"{decision.review.quality_id} @ {AT:%Y-%m-%d}"
    assert (str(channel), str(channel.sender_number)) == (f"FTP {channel.pk}", "900001")
    certificate = CertificateFactory()
    assert str(certificate) == certificate.fingerprint
