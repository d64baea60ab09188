"""Links to choose a password: whom they reach when an account opens, and when a manager asks for another one."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from access_mgmt import selectors
from access_mgmt.services import new_passwords
from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.refusals import refusal_codes
from csam.enums import DigitalKey, StaffRole
from csam.models import Person
from csam.services.password_links import LINK_LASTS, password_mark
from tests.access_mgmt.factories import AT, QualityFactory, QualityMemberFactory
from tests.access_mgmt.test_members import add
from tests.csam.factories import PASSWORD, AccessManagerFactory, LegalFunctionFactory, PersonFactory
from tests.csam.login import log_in
from tests.threads import at_once

NEW = "Choisi-Moi-2026!"
LINK = re.compile(r"https?://[^/\s]+(/csam/compte/\S+)")


def link_in(message):
    found = LINK.search(message.body)
    return found.group(1) if found else None


def opens(client, link):
    return not client.get(link, follow=True).context["token_fail"]


def choose(client, link):
    page = client.get(link, follow=True)
    return client.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})


class TestAnAccountThatOpens:
    @pytest.fixture
    def person(self):
        return PersonFactory(email="helene@dossier.invalid")

    def test_has_no_password_until_its_person_chooses_one(self, client, manager, person):
        add(manager, person)
        message = Message.objects.get()

        assert (message.recipient, message.person_id) == ("helene@dossier.invalid", person.pk)
        assert "3 jours" in message.body
        assert not selectors.has_account(Person.objects.get(pk=person.pk))
        choose(client, link_in(message))
        client.post(reverse("csam:password_login"), {"username": "marchalhelene", "password": NEW})
        assert client.get(reverse("access_mgmt:home")).status_code == 200

    def test_its_link_serves_once(self, client, manager, person):
        add(manager, person)
        link = link_in(Message.objects.get())
        choose(client, link)

        assert not opens(client, link)

    def test_its_link_runs_out(self, client, manager, person):
        with time_machine.travel(AT, tick=False) as traveller:
            add(manager, person)
            traveller.move_to(AT + LINK_LASTS + timedelta(minutes=1))

            assert not opens(client, link_in(Message.objects.get()))

    def test_its_link_dies_when_another_quality_sends_a_newer_one(self, client, manager, person):
        add(manager, person)
        add(QualityMemberFactory(local_manager=True), person)
        first, second = Message.objects.order_by("pk")

        assert not opens(client, link_in(first))
        assert opens(client, link_in(second))

    def test_its_link_opens_in_its_own_world_only(self, client, manager, person):
        add(manager, person)
        log_in(client, PersonFactory(stranger=True))

        assert not opens(client, link_in(Message.objects.get()))

    def test_who_has_one_keeps_it_and_gets_no_link(self, manager):
        person = PersonFactory(with_codes=True)

        add(manager, person)

        message = Message.objects.get()
        assert (message.recipient, link_in(message)) == ("helene@exemple.invalid", None)
        assert "reste celui que vous avez" in message.body
        assert Person.objects.get(pk=person.pk).check_password(PASSWORD)


class TestTheAddress:
    @pytest.fixture
    def member(self, manager):
        return QualityMemberFactory(
            quality=manager.quality, person=PersonFactory(email=""), email="tape@exemple.invalid"
        )

    def test_is_the_one_of_the_file(self, manager):
        member = QualityMemberFactory(quality=manager.quality, person__email="dossier@exemple.invalid")

        assert selectors.address_for_link(member) == "dossier@exemple.invalid"

    def test_is_the_one_that_was_typed_for_who_has_nothing_to_lose(self, member):
        QualityMemberFactory(quality=member.quality, person=member.person, ended=True)

        assert selectors.address_for_link(member) == "tape@exemple.invalid"

    @pytest.mark.parametrize(
        "held",
        [
            lambda person: QualityMemberFactory(person=person),
            lambda person: QualityMemberFactory(person=person, ended=True),
            lambda person: AccessManagerFactory(person=person),
            lambda person: LegalFunctionFactory(person=person),
            lambda person: Person.objects.filter(pk=person.pk).update(staff_role=StaffRole.values[0]),
        ],
    )
    def test_is_none_for_who_could_lose_more(self, member, held):
        held(member.person)
        member.person.refresh_from_db()

        assert selectors.address_for_link(member) == ""

    def test_is_none_then_the_mail_says_what_to_do(self, manager):
        person = PersonFactory(email="")
        LegalFunctionFactory(person=person)

        add(manager, person)

        message = Message.objects.get()
        assert link_in(message) is None
        assert "Modifier mon mot de passe" in message.body


def renew(member, by, mark=None):
    person = Person.objects.get(pk=member.person_id)
    return new_passwords.renew_password(
        member=member, mark=mark or password_mark(person), by=by.person, at=AT
    )


def codes_of(member, by):
    with pytest.raises(ValidationError) as refusal:
        renew(member, by)
    return refusal_codes(refusal.value)


class TestNewPassword:
    @pytest.fixture
    def member(self, manager):
        return QualityMemberFactory(quality=manager.quality, person=PersonFactory(with_codes=True))

    def test_ends_the_old_one_and_sends_a_link_to_the_person(self, client, manager, member):
        log_in(client, member.person, DigitalKey.PASSWORD)

        assert renew(member, manager)

        message = Message.objects.get()
        assert (message.recipient, message.person_id) == (member.person.email, member.person_id)
        assert str(manager.person) in message.body
        assert client.get(reverse("access_mgmt:home")).status_code == 302
        assert not Person.objects.get(pk=member.person_id).check_password(PASSWORD)
        assert AuditEntry.objects.get(act="access_mgmt.member.password_renewed").details["link"] is True
        choose(client, link_in(message))
        assert Person.objects.get(pk=member.person_id).check_password(NEW)

    def test_says_how_to_do_without_a_link_where_no_address_is_safe(self, manager, member):
        Person.objects.filter(pk=member.person_id).update(email="")
        QualityMemberFactory(person=member.person)

        renew(member, manager)

        message = Message.objects.get()
        assert (message.recipient, link_in(message)) == (member.email, None)
        assert "eID ou itsme" in message.body

    def test_a_second_click_makes_no_second_link(self, manager, member):
        mark = password_mark(member.person)

        assert renew(member, manager, mark)
        assert not renew(member, manager, mark)
        assert Message.objects.count() == 1

    def test_refuses_who_can_not_have_one(self, manager, member):
        assert codes_of(manager, manager) == {"oneself"}
        nameless = QualityMemberFactory(quality=manager.quality, person=PersonFactory())
        assert codes_of(nameless, manager) == {"username_required"}
        blocked = QualityMemberFactory(quality=manager.quality, blocked=True, person__with_codes=True)
        assert codes_of(blocked, manager) == {"member_blocked"}
        gone = QualityMemberFactory(quality=manager.quality, ended=True, person__with_codes=True)
        assert codes_of(gone, manager) == {"member_ended"}

    @pytest.mark.parametrize("above", ["local_manager", "entity"])
    def test_is_refused_to_who_stands_below(self, manager, member, above):
        if above == "entity":
            AccessManagerFactory(person=member.person, enterprise=manager.quality.enterprise)
        else:
            other = QualityFactory(enterprise=manager.quality.enterprise, health_care=True)
            QualityMemberFactory(person=member.person, quality=other, local_manager=True)
        colleague = QualityMemberFactory(quality=manager.quality, co_local_manager=True)

        assert codes_of(member, colleague) == {"manager"}
        assert renew(member, manager)

    @pytest.mark.parametrize("elsewhere", ["local_manager", "entity"])
    def test_is_refused_for_who_manages_an_entity_that_one_does_not(self, manager, member, elsewhere):
        if elsewhere == "entity":
            other = AccessManagerFactory(person=member.person).enterprise
        else:
            other = QualityMemberFactory(person=member.person, local_manager=True).quality.enterprise
        gap = AccessManagerFactory(enterprise=manager.quality.enterprise)

        assert codes_of(member, manager) == codes_of(member, gap) == {"manages_elsewhere"}
        AccessManagerFactory(enterprise=other, person=gap.person, co_main=True)
        assert renew(member, gap)

    def test_is_for_who_manages_the_member(self, manager, member):
        leader = QualityMemberFactory(quality=manager.quality, subdivision_manager=True)
        for other in (leader, QualityMemberFactory(local_manager=True), member):
            with pytest.raises(PermissionDenied):
                renew(QualityMemberFactory(quality=manager.quality, person__with_codes=True), other)
        in_branch = QualityMemberFactory(
            quality=manager.quality, subdivision=leader.subdivision, person__with_codes=True
        )
        assert renew(in_branch, leader)


@pytest.mark.django_db(transaction=True)
def test_two_managers_at_once_make_one_link():
    manager = QualityMemberFactory(local_manager=True)
    member = QualityMemberFactory(quality=manager.quality, person=PersonFactory(with_codes=True))
    mark = password_mark(member.person)

    assert at_once(lambda _number: renew(member, manager, mark)) == ["done"] * 4

    assert Message.objects.count() == 1
