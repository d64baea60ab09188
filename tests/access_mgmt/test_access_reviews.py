"""The yearly review: what it is about, who decides, several at once, and what is kept."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from access_mgmt.enums import ChangeKind, Function, ReviewOutcome
from access_mgmt.models import AccessReview, ReviewDecision, RoleAssignment, RoleChange
from access_mgmt.selectors import access_reviews as reviews
from access_mgmt.services.access_reviews import close_review, decide, start_review
from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.refusals import refusal_codes
from tests.access_mgmt.factories import (
    AccessReviewFactory,
    QualityFactory,
    QualityMemberFactory,
    ReviewDecisionFactory,
    RoleAssignmentFactory,
)
from tests.csam.factories import AT, AccessManagerFactory
from tests.threads import at_once

LATER = AT + timedelta(days=1)
BEFORE = AT - timedelta(days=1)


@pytest.fixture
def colleague(manager):
    """The co-local manager of the manager's quality."""
    return QualityMemberFactory(quality=manager.quality, co_local_manager=True)


@pytest.fixture
def review(manager):
    return AccessReviewFactory(quality=manager.quality)


@pytest.fixture
def assignment(member):
    return RoleAssignmentFactory(member=member, requested_at=BEFORE)


def confirm(review, *assignments, by, at=LATER):
    return decide(
        review=review,
        assignments=[each.pk for each in assignments],
        outcome=ReviewOutcome.CONFIRMED,
        by=by.person,
        at=at,
    )


def end(review, *assignments, by, at=LATER):
    return decide(
        review=review,
        assignments=[each.pk for each in assignments],
        outcome=ReviewOutcome.ENDED,
        by=by.person,
        at=at,
    )


def refusals(decided):
    return {assignment: refusal_codes(refusal) for assignment, refusal in decided.refused}


def progress(review, at=LATER):
    review.refresh_from_db()
    found = reviews.review_progress(review, at=at)
    return found.confirmed, found.ended, found.settled, found.left


class TestStart:
    def test_once(self, manager, assignment):
        first = start_review(quality=manager.quality, by=manager.person, at=AT)

        assert start_review(quality=manager.quality, by=manager.person, at=LATER) == first
        entry = AuditEntry.objects.get(act="access_mgmt.review.opened")
        assert entry.details == {"quality": manager.quality_id, "functions": 1}

    def test_of_nothing_is_refused(self, manager, member):
        RoleAssignmentFactory(member=member, ended=True)

        with pytest.raises(ValidationError) as refusal:
            start_review(quality=manager.quality, by=manager.person, at=AT)
        assert refusal_codes(refusal.value) == {"nothing_to_review"}

    def test_of_a_quality_that_is_over_is_refused(self):
        manager = QualityMemberFactory(quality=QualityFactory(over=True), local_manager=True)

        with pytest.raises(ValidationError) as refusal:
            start_review(quality=manager.quality, by=manager.person, at=AT)
        assert refusal_codes(refusal.value) == {"quality_over"}

    def test_is_for_managers_of_the_whole_quality(self, manager, member):
        leader = QualityMemberFactory(quality=manager.quality, subdivision_manager=True)
        for person in (member.person, leader.person):
            with pytest.raises(PermissionDenied):
                start_review(quality=manager.quality, by=person, at=AT)


class TestWhatItIsAbout:
    def test_all_that_stood_when_it_began(self, review, assignment, member):
        to_come = RoleAssignmentFactory(member=member, administrative=True, to_come=True)
        last_day = RoleAssignmentFactory(
            member=member, function=Function.OA_ADMIN, valid_until=date(2026, 3, 10)
        )
        RoleAssignmentFactory(member=member, ended=True)
        RoleAssignmentFactory(member=member, function=Function.CRM_HEAD, revoked=True)
        RoleAssignmentFactory()

        assert set(reviews.reviewed(review)) == {assignment, to_come, last_day}
        assert progress(review, at=AT) == (0, 0, 0, 3)

    def test_not_what_was_given_after_it_began(self, review, assignment, member):
        RoleAssignmentFactory(member=member, administrative=True, requested_at=LATER)

        assert list(reviews.left_to_review(review, at=LATER)) == [assignment]

    def test_what_ended_or_was_changed_meanwhile_is_settled(self, review, assignment, member):
        RoleAssignmentFactory(member=member, function=Function.OA_ADMIN, valid_until=date(2026, 3, 10))
        RoleAssignment.objects.filter(pk=assignment.pk).update(
            revoked_at=LATER, revoked_by=assignment.requested_by
        )

        assert progress(review) == (0, 0, 2, 0)
        assert not reviews.left_to_review(review, at=LATER).exists()


class TestDecisions:
    def test_a_confirmed_function_stays_as_it_is(self, review, assignment, manager):
        assert confirm(review, assignment, by=manager).done == [assignment]

        decision = ReviewDecision.objects.get()
        assert (decision.outcome, decision.decided_by, decision.decided_at) == (
            ReviewOutcome.CONFIRMED,
            manager.person,
            LATER,
        )
        assert RoleAssignment.objects.standing().get() == assignment
        assert not RoleChange.objects.exists()
        assert progress(review) == (1, 0, 0, 0)

    def test_an_ended_one_ends_through_the_outbox_and_its_person_is_told(
        self, review, assignment, manager, member
    ):
        other = RoleAssignmentFactory(member=member, administrative=True)

        assert end(review, assignment, other, by=manager).done == [assignment, other]

        changes = RoleChange.objects.filter(kind=ChangeKind.REVOKED, requested_by=manager.person)
        assert {change.withdraws for change in changes} == {assignment, other}
        message = Message.objects.get()
        assert message.recipient == member.email
        assert message.body.count("\n- ") == 2
        entry = AuditEntry.objects.get(act="access_mgmt.review.decided")
        assert entry.details == {
            "quality": manager.quality_id,
            "outcome": ReviewOutcome.ENDED,
            "assignments": [assignment.pk, other.pk],
        }
        assert progress(review) == (0, 2, 0, 0)

    def test_in_a_world_whose_clock_stands_still_it_stays_in_the_record(self, review, assignment, manager):
        end(review, assignment, by=manager, at=AT)

        assert progress(review, at=AT) == (0, 1, 0, 0)

    def test_a_second_click_does_it_once(self, review, assignment, manager):
        end(review, assignment, by=manager)

        assert end(review, assignment, by=manager).done == [assignment]
        assert (ReviewDecision.objects.count(), Message.objects.count()) == (1, 1)

    def test_a_second_decision_is_refused_and_the_rest_is_done(self, review, assignment, manager, colleague):
        other = RoleAssignmentFactory(member=assignment.member, administrative=True)
        confirm(review, assignment, by=colleague)

        decided = end(review, assignment, other, by=manager)

        assert decided.done == [other]
        assert refusals(decided) == {assignment: {"already_decided"}}
        [(_, refusal)] = decided.refused
        assert str(colleague.person) in refusal.messages[0]
        assert refusals(end(review, assignment, by=colleague)) == {assignment: {"already_decided"}}
        assert progress(review) == (1, 1, 0, 0)

    def test_what_ended_meanwhile_is_refused(self, review, assignment, manager):
        RoleAssignment.objects.filter(pk=assignment.pk).update(
            revoked_at=LATER, revoked_by=assignment.requested_by
        )

        assert refusals(confirm(review, assignment, by=manager)) == {assignment: {"assignment_over"}}

    def test_who_is_blocked_keeps_his_until_he_is_back(self, review, manager):
        blocked = QualityMemberFactory(quality=manager.quality, blocked=True)
        his = RoleAssignmentFactory(member=blocked)

        assert refusals(end(review, his, by=manager)) == {his: {"member_blocked"}}
        assert confirm(review, his, by=manager).done == [his]

    def test_of_another_quality_are_none_of_this_review(self, review, manager):
        decided = end(review, RoleAssignmentFactory(), by=manager)

        assert (decided.done, decided.refused) == ([], [])

    def test_are_over_when_the_review_is_closed(self, manager, assignment):
        closed = AccessReviewFactory(quality=manager.quality, closed=True)

        with pytest.raises(ValidationError) as refusal:
            confirm(closed, assignment, by=manager)
        assert refusal_codes(refusal.value) == {"review_closed"}

    def test_are_for_managers(self, review, assignment, member):
        with pytest.raises(PermissionDenied):
            confirm(review, assignment, by=member)


class TestOnesOwn:
    def test_is_decided_by_another_manager(self, review, manager, colleague):
        own = RoleAssignmentFactory(member=manager)

        assert refusals(confirm(review, own, by=manager)) == {own: {"own_function"}}
        assert refusals(end(review, own, by=manager)) == {own: {"own_function"}}
        assert confirm(review, own, by=colleague).done == [own]

    def test_is_decided_by_oneself_when_nobody_else_may(self, review, manager):
        QualityMemberFactory(quality=manager.quality, co_local_manager=True, blocked=True)
        own = RoleAssignmentFactory(member=manager)

        assert confirm(review, own, by=manager).done == [own]

    def test_of_the_gap_is_the_managers(self, review, manager):
        gap = AccessManagerFactory(enterprise=manager.quality.enterprise)
        own = RoleAssignmentFactory(member=QualityMemberFactory(quality=manager.quality, person=gap.person))

        assert refusals(confirm(review, own, by=gap)) == {own: {"own_function"}}


class TestClosing:
    def test_when_all_is_decided(self, review, assignment, manager):
        confirm(review, assignment, by=manager)

        assert close_review(review=review, early=False, by=manager.person, at=LATER)
        assert not close_review(review=review, early=False, by=manager.person, at=LATER)

        review.refresh_from_db()
        assert (review.closed_at, review.closed_by) == (LATER, manager.person)
        assert AuditEntry.objects.get(act="access_mgmt.review.closed").details == {
            "quality": manager.quality_id,
            "confirmed": 1,
            "ended": 0,
            "settled": 0,
            "left": 0,
        }

    def test_early_only_on_purpose(self, review, assignment, manager):
        with pytest.raises(ValidationError) as refusal:
            close_review(review=review, early=False, by=manager.person, at=LATER)
        assert refusal_codes(refusal.value) == {"undecided"}

        assert close_review(review=review, early=True, by=manager.person, at=LATER)
        # What ends afterwards changes nothing in the record.
        after = LATER + timedelta(days=1)
        RoleAssignment.objects.filter(pk=assignment.pk).update(
            revoked_at=after, revoked_by=assignment.requested_by
        )
        assert progress(review, at=after) == (0, 0, 0, 1)


class TestDue:
    @pytest.mark.parametrize(
        ("day", "due"),
        [
            pytest.param(date(2027, 3, 10), False, id="a year old"),
            pytest.param(date(2027, 3, 11), True, id="older than a year"),
        ],
    )
    def test_a_year_after_the_quality_began_or_the_last_one_ended(self, manager, assignment, day, due):
        quality = manager.quality
        assert reviews.is_review_due(quality, on=day) is due

        quality.activated_at = AT - timedelta(days=3000)
        quality.save()
        AccessReviewFactory(quality=quality, closed=True)
        assert reviews.is_review_due(quality, on=day) is due

    def test_not_while_one_is_going_on_nor_for_nothing(self, manager, review):
        other = QualityFactory()
        RoleAssignmentFactory(member=QualityMemberFactory(quality=manager.quality))

        assert not reviews.is_review_due(manager.quality, on=date(2030, 1, 1))
        assert not reviews.is_review_due(other, on=date(2030, 1, 1))


def test_the_list_counts_what_was_decided(review, assignment):
    ReviewDecisionFactory(review=review, assignment=assignment)

    [listed] = reviews.reviews_of(review.quality)

    assert (listed.confirmed, listed.ended) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_two_managers_at_once_decide_each_function_once(review, assignment, manager, colleague):
    found = []

    def act(number):
        who, how = ((manager, confirm), (colleague, end))[number]
        found.append(how(review, assignment, by=who))

    assert at_once(act, times=2) == ["done", "done"]

    assert sorted(len(each.done) for each in found) == [0, 1]
    assert [refusals(each) for each in found if each.refused] == [{assignment: {"already_decided"}}]
    outcome = ReviewDecision.objects.get().outcome
    assert RoleAssignment.objects.standing().exists() is (outcome == ReviewOutcome.CONFIRMED)


@pytest.mark.django_db(transaction=True)
def test_two_managers_at_once_begin_one(manager, colleague, assignment):
    people = [manager.person, colleague.person]

    at_once(lambda number: start_review(quality=manager.quality, by=people[number], at=AT), times=2)

    assert AccessReview.objects.count() == 1
