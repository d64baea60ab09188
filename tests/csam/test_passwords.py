"""Passwords that are given for thirty days, and those that one chooses."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from bhod_portal.core.models import AuditEntry
from csam.passwords import PortalPasswordValidator
from csam.services import passwords
from tests.csam.factories import AT, PASSWORD, PersonFactory


@pytest.fixture
def john():
    return PersonFactory(username="johnsmith", niss="")


@pytest.fixture
def agent():
    return PersonFactory(username="agent-csam", niss="")


class TestGiveTemporaryPassword:
    def test_the_password_keeps_the_rule_and_holds_thirty_days(self, john, agent):
        password = passwords.give_temporary_password(person=john, by=agent, at=AT)

        PortalPasswordValidator().validate(password)
        john.refresh_from_db()
        assert john.check_password(password)
        assert john.temporary_password_until == AT + timedelta(days=30)

    def test_no_two_are_alike(self, john, agent):
        given = {passwords.give_temporary_password(person=john, by=agent, at=AT) for _ in range(20)}

        assert len(given) == 20
        for password in given:
            PortalPasswordValidator().validate(password)

    def test_the_trail_says_who_gave_it_and_not_what(self, john, agent):
        password = passwords.give_temporary_password(person=john, by=agent, at=AT)

        entry = AuditEntry.objects.get(act="csam.password.given")
        assert (entry.done_by_id, entry.done_at, entry.subject) == (agent.pk, AT, f"csam.person:{john.pk}")
        assert password not in str(entry.details)

    def test_nobody_gives_one_in_another_world(self, john):
        with pytest.raises(PermissionDenied):
            passwords.give_temporary_password(person=john, by=PersonFactory(stranger=True), at=AT)

    def test_someone_without_user_name_could_not_use_it(self, agent):
        with pytest.raises(ValidationError) as refusal:
            passwords.give_temporary_password(person=PersonFactory(), by=agent, at=AT)
        assert refusal.value.code == "username_required"


def test_choosing_ones_own_ends_the_term(john, agent):
    passwords.give_temporary_password(person=john, by=agent, at=AT)

    passwords.choose_password(person=john, password=PASSWORD, at=AT)

    john.refresh_from_db()
    assert john.temporary_password_until is None
    assert john.check_password(PASSWORD)
    assert AuditEntry.objects.get(act="csam.password.chosen").done_by_id == john.pk


@pytest.mark.parametrize(
    ("late", "expired"),
    [
        pytest.param(timedelta(0), True, id="at the instant"),
        pytest.param(timedelta(seconds=-1), False, id="a second before"),
    ],
)
def test_the_term_ends_at_its_instant(john, agent, late, expired):
    passwords.give_temporary_password(person=john, by=agent, at=AT)
    at = AT + timedelta(days=30) + late

    assert passwords.has_expired(person=john, at=at) is expired
    if expired:
        with pytest.raises(ValidationError) as refusal:
            passwords.check_not_expired(person=john, at=at)
        assert refusal.value.code == "temporary_password_expired"
    else:
        passwords.check_not_expired(person=john, at=at)


def test_a_password_of_ones_own_has_no_term(john):
    assert not passwords.has_expired(person=john, at=AT)


def test_refuses_the_password_that_one_has(agent, john):
    password = passwords.give_temporary_password(person=john, by=agent, at=AT)

    with pytest.raises(ValidationError) as refusal:
        passwords.check_is_new(person=john, password=password)
    assert refusal.value.code == "same_password"
    passwords.check_is_new(person=john, password=PASSWORD)
