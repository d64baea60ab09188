"""The data of a member, changed by who manages him, and one's own by oneself."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from access_mgmt import selectors
from access_mgmt.enums import MemberKind
from access_mgmt.models import QualityMember
from access_mgmt.services.member_data import change_member
from access_mgmt.services.own_data import change_own_data
from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.refusals import refusal_codes
from csam.services.personal_data import change_personal_data, personal_values
from tests.access_mgmt.factories import QualityMemberFactory
from tests.csam.factories import AT, PersonFactory
from tests.threads import at_once

NEW = "nouveau@exemple.invalid"


def change(member, *, by, seen=None, **changes):
    values = selectors.member_values(member)
    return change_member(member=member, seen=seen or values, by=by, at=AT, **values | changes)


@pytest.mark.parametrize("over", ["member", "quality"])
def test_nothing_changes_of_what_is_over(manager, member, over):
    if over == "member":
        member.ended_at, member.ended_by = AT, manager.person
        member.save()
    else:
        member.quality.deactivated_at, member.quality.deactivated_by = AT, manager.person
        member.quality.save()

    with pytest.raises(ValidationError) as refusal:
        change(member, by=manager.person, email=NEW)

    assert refusal_codes(refusal.value) == {f"{over}_over"}


def test_a_stranger_changes_nobody(member):
    with pytest.raises(PermissionDenied):
        change(member, by=QualityMemberFactory(local_manager=True).person, email=NEW)


@pytest.mark.parametrize("kind", [MemberKind.LOCAL_MANAGER, MemberKind.SUBDIVISION_MANAGER])
def test_names_no_other_kind(manager, member, kind):
    with pytest.raises(ValidationError) as refusal:
        change(member, by=manager.person, kind=kind)

    assert refusal_codes(refusal.value) == {"not_offered"}


def test_a_new_kind_and_address_are_told_once_each(manager, member):
    old = member.email

    change(member, by=manager.person, kind=MemberKind.CO_LOCAL_MANAGER, email=NEW)

    assert sorted(Message.objects.values_list("recipient", flat=True)) == sorted([old, NEW])


@pytest.mark.parametrize("who", ["another", "staff"])
def test_nobody_changes_the_data_of_another_or_of_an_agent(who):
    person = PersonFactory(niss="", username="agent") if who == "staff" else PersonFactory()
    by = person if who == "staff" else PersonFactory()
    values = personal_values(person)

    with pytest.raises(PermissionDenied):
        change_personal_data(person=person, seen=values, by=by, at=AT, **values | {"title": "M"})
    with pytest.raises(PermissionDenied):
        change_own_data(
            person=person,
            seen=selectors.own_values(person, []),
            by=by,
            at=AT,
            **values | {"title": "M", "local_email": ""},
        )
    assert not AuditEntry.objects.exists()


def test_who_had_no_address_has_no_old_one_to_tell():
    person = PersonFactory(email="")
    values = personal_values(person) | {"title": "M"}

    change_personal_data(
        person=person, seen=personal_values(person), by=person, at=AT, **values | {"email": NEW}
    )

    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_co_local_managers_do_not_make_users_of_one_another(self):
        first = QualityMemberFactory(co_local_manager=True)
        second = QualityMemberFactory(quality=first.quality, co_local_manager=True)
        pairs = [(first, second), (second, first)]

        def demote(number):
            member, other = pairs[number % 2]
            try:
                change(member, by=other.person, kind=MemberKind.USER)
            except PermissionDenied as denied:
                # The lock was waited for: he manages no more.
                raise ValidationError("", code="denied") from denied

        found = at_once(demote, times=2)

        assert sorted(found) == ["denied", "done"]
        assert QualityMember.objects.managers().filter(quality=first.quality).count() == 1

    def test_of_four_who_write_something_else_one_does(self, manager, member):
        seen = selectors.member_values(member)

        found = at_once(
            lambda number: change(member, by=manager.person, seen=seen, email=f"a{number}@exemple.invalid")
        )

        assert sorted(found) == ["changed_meanwhile"] * 3 + ["done"]
        assert AuditEntry.objects.filter(act="access_mgmt.member.changed").count() == 1
