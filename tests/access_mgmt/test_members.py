import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from access_mgmt import selectors
from access_mgmt.enums import MemberKind, MemberLink, SecuredApplication
from access_mgmt.models import QualityMember
from access_mgmt.services import members
from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.refusals import refusal_codes
from csam.enums import Language, Title
from csam.models import Person
from tests.access_mgmt.factories import AT, QualityFactory, QualityMemberFactory
from tests.csam.factories import AccessManagerFactory, PersonFactory
from tests.threads import at_once


def add(manager, person, **changes):
    data = {
        "quality": manager.quality,
        "kind": MemberKind.USER,
        "person": person,
        "link": MemberLink.MEMBER,
        "title": Title.MRS,
        "language": Language.FRENCH,
        "email": "helene@exemple.invalid",
        "local_email": "",
        "secured_applications": [SecuredApplication.BHOD],
        "username": "marchalhelene",
        "by": manager.person,
        "at": AT,
    }
    return members.add_member(**(data | changes))


def codes_of(manager, person, **changes):
    with pytest.raises(ValidationError) as refusal:
        add(manager, person, **changes)
    return refusal_codes(refusal.value)


class TestAddMember:
    @pytest.mark.parametrize("kind", [MemberKind.USER, MemberKind.CO_LOCAL_MANAGER])
    def test_adds_a_person_with_a_user_name(self, manager, kind):
        person = PersonFactory()

        member = add(manager, person, kind=kind)

        assert (member.person, member.kind, member.secured_applications) == (person, kind, ["BHOD"])
        assert (member.added_at, member.added_by) == (AT, manager.person)
        assert Person.objects.get(pk=person.pk).username == "marchalhelene"
        assert AuditEntry.objects.get(act="access_mgmt.member.added").subject.endswith(f":{member.pk}")

    def test_mails_the_person_in_his_language(self, manager):
        add(
            manager,
            PersonFactory(email="", with_codes=True, username="marchalhelene"),
            language=Language.GERMAN,
        )

        message = Message.objects.get()
        assert message.recipient == "helene@exemple.invalid"
        assert manager.quality.enterprise.name in message.subject
        assert "marchalhelene" in message.body

    def test_keeps_the_user_name_that_a_person_has(self, manager):
        person = PersonFactory(with_codes=True)

        add(manager, person)

        assert Person.objects.get(pk=person.pk).username == person.username

    def test_adds_again_who_had_left(self, manager):
        former = QualityMemberFactory(quality=manager.quality, ended=True)

        assert add(manager, former.person)

    def test_refuses_who_is_there_already(self, manager):
        person = PersonFactory()
        add(manager, person)

        assert codes_of(manager, person) == {"already_member"}

    def test_refuses_oneself(self, manager):
        gap = AccessManagerFactory(enterprise=manager.quality.enterprise).person

        assert codes_of(manager, gap, by=gap) == {"oneself"}

    def test_refuses_someone_of_another_world(self, manager):
        assert codes_of(manager, PersonFactory(stranger=True)) == {"unknown_person"}

    def test_refuses_a_second_local_manager(self, manager):
        assert codes_of(manager, PersonFactory(), kind=MemberKind.LOCAL_MANAGER) == {"not_offered"}

    def test_refuses_a_user_name_that_is_taken(self, manager):
        PersonFactory(username="MarchalHelene")

        assert codes_of(manager, PersonFactory()) == {"username_taken"}
        assert QualityMember.objects.count() == 1

    def test_refuses_a_quality_that_is_over(self, manager):
        gap = AccessManagerFactory().person
        quality = QualityFactory(over=True, enterprise=gap.access_managers.get().enterprise)

        assert codes_of(manager, PersonFactory(), quality=quality, by=gap) == {"quality_over"}

    def test_refuses_whoever_does_not_manage_the_quality(self, manager):
        user = QualityMemberFactory(quality=manager.quality).person
        elsewhere = QualityMemberFactory(local_manager=True).person
        for person in (user, elsewhere, PersonFactory()):
            with pytest.raises(PermissionDenied):
                add(manager, PersonFactory(), by=person)


class TestFindCandidate:
    def find(self, manager, niss):
        return members.find_candidate(
            quality=manager.quality, kind=MemberKind.USER, niss=niss, by=manager.person, at=AT
        )

    def test_finds_by_niss_and_keeps_who_looked_for_whom(self, manager):
        person = PersonFactory()

        assert self.find(manager, person.niss) == person
        entry = AuditEntry.objects.get(act="access_mgmt.member.looked_up")
        assert (entry.done_by, entry.details) == (manager.person, {"person": person.pk})

    def test_keeps_a_look_up_that_found_nobody(self, manager):
        with pytest.raises(ValidationError) as refusal:
            self.find(manager, "71031499696")

        assert refusal_codes(refusal.value) == {"unknown_person"}
        assert AuditEntry.objects.get().details == {"person": None}


class TestProposedUsername:
    @pytest.mark.parametrize(
        ("taken", "proposed"),
        [
            ([], "delefevremarieeve"),
            (["DeLefevreMarieEve"], "delefevremarieeve2"),
            (["delefevremarieeve", "delefevremarieeve2"], "delefevremarieeve3"),
            (["delefevremarieeve2"], "delefevremarieeve"),
        ],
    )
    def test_is_the_name_and_the_first_name_as_long_as_nobody_has_it(self, taken, proposed):
        for username in taken:
            PersonFactory(username=username)
        person = PersonFactory(first_name="Marie-Ève", last_name="de Lefèvre")

        assert selectors.proposed_username(person) == proposed

    def test_ignores_other_worlds(self):
        PersonFactory(username="baudouxceline", stranger=True)

        assert selectors.proposed_username(PersonFactory(last_name="Baudoux")) == "baudouxceline"


def test_who_is_stopped_at_the_register_is_added_nowhere(manager):
    assert codes_of(manager, PersonFactory(is_active=False)) == {"stopped_person"}


@pytest.mark.django_db(transaction=True)
def test_four_managers_add_a_person_at_once_and_one_does():
    manager = QualityMemberFactory(local_manager=True)
    person = PersonFactory()

    found = at_once(lambda number: add(manager, person))

    assert sorted(found) == ["already_member"] * 3 + ["done"]
