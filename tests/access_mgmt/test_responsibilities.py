"""Who answers for whom: both of one quality, never in a circle, whatever two managers do at once."""

from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from access_mgmt import selectors
from access_mgmt.models import Responsibility
from access_mgmt.services.member_removals import remove_members
from access_mgmt.services.responsibilities import MOST_LEVELS, end_responsibility, make_responsible
from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.refusals import refusal_codes
from tests.access_mgmt.factories import (
    AT,
    QualityMemberFactory,
    ResponsibilityFactory,
    SubdivisionFactory,
)
from tests.csam.factories import AccessManagerFactory, PersonFactory
from tests.threads import at_once


def make(responsible, member, *, by):
    return make_responsible(responsible=responsible, member=member, by=by, at=AT)


def codes(responsible, member, *, by):
    with pytest.raises(ValidationError) as refusal:
        make(responsible, member, by=by)
    return refusal_codes(refusal.value)


@pytest.fixture
def doctor(manager):
    return QualityMemberFactory(quality=manager.quality)


class TestADoctorAnswersForHisSecretary:
    def test_both_are_told_in_their_language_and_the_trail_keeps_it(self, manager, doctor, member):
        doctor.language = "nl"
        doctor.save()

        made = make(doctor, member, by=manager.person)

        assert (made.responsible, made.member, made.given_by) == (doctor, member, manager.person)
        messages = {message.recipient: message for message in Message.objects.all()}
        assert messages.keys() == {doctor.email, member.email}
        assert str(member.person) in messages[doctor.email].body
        assert str(doctor.person) in messages[member.email].subject
        entry = AuditEntry.objects.get(act="access_mgmt.responsibility.given")
        assert entry.details == {"responsible": doctor.person_id, "member": member.person_id}

    def test_several_may_answer_for_one(self, manager, doctor, member):
        make(doctor, member, by=manager.person)
        make(manager, member, by=manager.person)

        assert selectors.answered_by(member).count() == 2

    def test_in_two_branches_of_one_tree(self, manager, doctor, member):
        make(manager, doctor, by=manager.person)
        make(doctor, member, by=manager.person)
        # From further up as well: that is no circle.
        make(manager, member, by=manager.person)

        assert Responsibility.objects.count() == 3

    def test_again_after_an_end(self, manager, doctor, member):
        end_responsibility(responsibility=make(doctor, member, by=manager.person), by=manager.person, at=AT)

        make(doctor, member, by=manager.person)

        assert Responsibility.objects.standing().count() == 1


class TestRefused:
    def test_for_oneself(self, manager, member):
        assert codes(member, member, by=manager.person) == {"for_oneself"}

    def test_twice(self, manager, doctor, member):
        make(doctor, member, by=manager.person)

        assert codes(doctor, member, by=manager.person) == {"already_responsible"}
        assert Message.objects.count() == 2

    @pytest.mark.parametrize("people", [2, 3, 5])
    def test_in_a_circle(self, manager, people):
        chain = QualityMemberFactory.create_batch(people, quality=manager.quality)
        for above, below in pairwise(chain):
            make(above, below, by=manager.person)

        assert codes(chain[-1], chain[0], by=manager.person) == {"cycle"}

    def test_deeper_than_a_page_shows(self, manager):
        chain = QualityMemberFactory.create_batch(MOST_LEVELS + 1, quality=manager.quality)
        for above, below in pairwise(chain[:-1]):
            make(above, below, by=manager.person)

        assert codes(chain[-2], chain[-1], by=manager.person) == {"too_deep"}
        assert codes(chain[-1], chain[0], by=manager.person) == {"too_deep"}

    @pytest.mark.parametrize("state", ["blocked", "ended"])
    @pytest.mark.parametrize("side", [0, 1])
    def test_who_may_not_act_any_more(self, manager, member, state, side):
        gone = QualityMemberFactory(quality=manager.quality, **{state: True})
        pair = [gone, member] if side else [member, gone]

        assert codes(*pair, by=manager.person) == {"not_member"}

    def test_two_qualities(self, manager, member):
        gap = AccessManagerFactory(enterprise=manager.quality.enterprise).person
        elsewhere = QualityMemberFactory(
            quality__enterprise=manager.quality.enterprise, quality__health_care=True
        )

        assert codes(elsewhere, member, by=gap) == {"not_member"}

    def test_a_quality_that_is_over(self, manager, doctor, member):
        quality = manager.quality
        quality.deactivated_at, quality.deactivated_by = AT, manager.person
        quality.save()

        assert codes(doctor, member, by=manager.person) == {"quality_over"}


class TestWhoMay:
    def test_a_subdivision_manager_within_his_branch(self, manager):
        led = QualityMemberFactory(quality=manager.quality, subdivision_manager=True)
        below = SubdivisionFactory(below=led.subdivision)
        doctor, member = QualityMemberFactory.create_batch(2, quality=manager.quality, subdivision=below)

        made = make(doctor, member, by=led.person)
        make(led, doctor, by=led.person)
        end_responsibility(responsibility=made, by=led.person, at=AT)

        assert Responsibility.objects.standing().count() == 1

    @pytest.mark.parametrize("side", [0, 1])
    def test_not_across_its_border(self, manager, member, side):
        led = QualityMemberFactory(quality=manager.quality, subdivision_manager=True)
        own = QualityMemberFactory(quality=manager.quality, subdivision=led.subdivision)
        pair = [own, member] if side else [member, own]

        with pytest.raises(PermissionDenied):
            make(*pair, by=led.person)
        with pytest.raises(PermissionDenied):
            end_responsibility(responsibility=make(*pair, by=manager.person), by=led.person, at=AT)

    @pytest.mark.parametrize("who", ["user", "stranger", "blocked"])
    def test_no_one_else(self, manager, doctor, member, who):
        person = {
            "user": lambda: doctor.person,
            "stranger": PersonFactory,
            "blocked": lambda: (
                QualityMemberFactory(quality=manager.quality, co_local_manager=True, blocked=True).person
            ),
        }[who]()

        with pytest.raises(PermissionDenied):
            make(doctor, member, by=person)


class TestEnds:
    def test_with_a_word_to_both_and_a_line_of_the_history(self, manager, doctor, member):
        given = ResponsibilityFactory(responsible=doctor, member=member)

        end_responsibility(responsibility=given, by=manager.person, at=AT)

        given.refresh_from_db()
        assert (given.ended_at, given.ended_by) == (AT, manager.person)
        assert set(Message.objects.values_list("recipient", flat=True)) == {doctor.email, member.email}
        assert AuditEntry.objects.filter(act="access_mgmt.responsibility.ended").count() == 1
        history = selectors.ended_responsibilities(manager.quality, seen_by=manager.person, on=AT.date())
        assert list(history) == [given]

    def test_once(self, manager, doctor, member):
        given = ResponsibilityFactory(responsible=doctor, member=member)
        end_responsibility(responsibility=given, by=manager.person, at=AT)

        with pytest.raises(ValidationError) as refusal:
            end_responsibility(responsibility=given, by=manager.person, at=AT)

        assert refusal_codes(refusal.value) == {"responsibility_over"}

    def test_with_a_member_who_is_removed(self, manager, doctor, member):
        given = make(doctor, member, by=manager.person)

        remove_members(quality=manager.quality, members=[doctor.pk], by=manager.person, at=AT)

        given.refresh_from_db()
        assert given.ended_by == manager.person


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_halves_of_a_circle_make_one_half(self, manager, doctor, member):
        pairs = [(doctor, member), (member, doctor)]

        found = at_once(lambda number: make(*pairs[number], by=manager.person), times=2)

        assert sorted(found) == ["cycle", "done"]
        assert Responsibility.objects.count() == 1

    def test_four_clicks_make_one(self, manager, doctor, member):
        found = at_once(lambda _number: make(doctor, member, by=manager.person))

        assert sorted(found) == ["already_responsible"] * 3 + ["done"]
        assert Message.objects.count() == 2
