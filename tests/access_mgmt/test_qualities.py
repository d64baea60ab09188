from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError

from access_mgmt.enums import MemberKind, MemberLink, QualityKind
from access_mgmt.models import Quality, QualityMember
from access_mgmt.services import accounts, qualities
from access_mgmt.tasks import open_employer_qualities
from bhod_portal.core.models import AuditEntry, Message, World
from bhod_portal.core.refusals import refusal_codes
from csam.enums import StaffRole, Title
from csam.models import AccessManager, Person
from tests.access_mgmt.factories import AT, QualityFactory, QualityMemberFactory
from tests.csam.factories import (
    AccessManagerFactory,
    EmploymentFactory,
    EnterpriseFactory,
    LegalFunctionFactory,
    PersonFactory,
)
from tests.threads import at_once


@pytest.fixture
def gap():
    """The GAP of a registered enterprise, who represents it."""
    gap = AccessManagerFactory(employed=False)
    LegalFunctionFactory(person=gap.person, enterprise=gap.enterprise)
    return gap


def activate(gap, **changes):
    data = {
        "enterprise": gap.enterprise,
        "kind": QualityKind.EHEALTH,
        "contact_email": "contact@exemple.invalid",
        "manager": gap.person,
        "username": "lambertclaire",
        "password_hash": make_password("Simulateur-2026!"),
        "email": "claire@exemple.invalid",
        "by": gap.person,
        "at": AT,
    }
    return qualities.activate_quality(**(data | changes))


def codes_of(gap, **changes):
    with pytest.raises(ValidationError) as refusal:
        activate(gap, **changes)
    return refusal_codes(refusal.value)


class TestActivateQuality:
    def test_names_the_local_manager_with_an_account_of_his_own(self, gap):
        quality = activate(gap)

        member = QualityMember.objects.get()
        assert (quality.kind, quality.activated_at, quality.activated_by) == (
            QualityKind.EHEALTH,
            AT,
            gap.person,
        )
        assert (member.quality, member.person, member.kind) == (
            quality,
            gap.person,
            MemberKind.LOCAL_MANAGER,
        )
        assert (member.link, member.email) == (MemberLink.BOARD, "claire@exemple.invalid")
        person = Person.objects.get(pk=gap.person_id)
        assert person.username == "lambertclaire"
        assert person.check_password("Simulateur-2026!")

    def test_leaves_a_trail_and_mails_the_local_manager_without_his_password(self, gap):
        quality = activate(gap)

        entry = AuditEntry.objects.get(act="access_mgmt.quality.activated")
        assert (entry.subject, entry.done_by, entry.done_at) == (
            f"access_mgmt.quality:{quality.pk}",
            gap.person,
            AT,
        )
        message = Message.objects.get()
        assert (message.recipient, message.sent_at) == ("claire@exemple.invalid", AT)
        assert "lambertclaire" in message.body
        assert "mot de passe" not in message.body
        assert gap.person.niss not in message.body

    def test_nobody_who_is_stopped_at_the_register_may(self, gap):
        stopped = EmploymentFactory(enterprise=gap.enterprise, person__is_active=False).person

        assert codes_of(gap, manager=stopped) == {"stopped_person"}

    def test_an_employee_may_be_the_local_manager(self, gap):
        worker = EmploymentFactory(enterprise=gap.enterprise).person

        activate(gap, manager=worker)

        assert QualityMember.objects.get().link == MemberLink.WORKER

    def test_tells_someone_else_where_his_password_comes_from(self, gap):
        activate(gap, manager=EmploymentFactory(enterprise=gap.enterprise).person)

        assert f"choisi par {gap.person}" in Message.objects.get().body

    def test_keeps_the_account_that_a_person_has(self, gap):
        worker = EmploymentFactory(enterprise=gap.enterprise, person__with_codes=True).person

        activate(gap, manager=worker, username="autre", password_hash="")

        assert Person.objects.get(pk=worker.pk).username == worker.username
        assert Person.objects.get(pk=worker.pk).password == worker.password

    def test_keeps_a_user_name_that_had_no_password_yet(self, gap):
        worker = EmploymentFactory(enterprise=gap.enterprise, person__username="ancien").person

        activate(gap, manager=worker)

        person = Person.objects.get(pk=worker.pk)
        assert person.username == "ancien"
        assert person.check_password("Simulateur-2026!")

    @pytest.mark.parametrize("elsewhere", ["place", "former place", "entity", "legal function", "simulator"])
    def test_never_chooses_the_password_of_an_account_that_opens_more(self, gap, elsewhere):
        worker = EmploymentFactory(enterprise=gap.enterprise, person__email="elle@dossier.invalid").person
        match elsewhere:
            case "place":
                QualityMemberFactory(person=worker)
            case "former place":
                QualityMemberFactory(person=worker, ended=True)
            case "entity":
                AccessManagerFactory(person=worker)
            case "legal function":
                LegalFunctionFactory(person=worker)
            case _:
                Person.objects.filter(pk=worker.pk).update(staff_role=StaffRole.CSAM)
                worker.refresh_from_db()

        activate(gap, manager=worker)

        assert not Person.objects.get(pk=worker.pk).has_usable_password()
        message = Message.objects.get()
        assert message.recipient == "elle@dossier.invalid"
        assert "/csam/compte/" in message.body

    def test_a_dpo_without_a_tie_may_name_himself(self, gap):
        dpo = AccessManagerFactory(enterprise=gap.enterprise, dpo=True, employed=False).person

        activate(gap, manager=dpo, by=dpo)

        assert QualityMember.objects.get().link == MemberLink.MEMBER

    @pytest.mark.parametrize(("niss", "title"), [("71031499696", Title.MRS), ("88110299101", Title.MR)])
    def test_reads_the_title_in_the_niss_where_the_register_has_none(self, gap, niss, title):
        worker = EmploymentFactory(enterprise=gap.enterprise, person__niss=niss, person__title="").person

        activate(gap, manager=worker)

        assert QualityMember.objects.get().title == title

    def test_refuses_an_enterprise_that_is_not_registered(self, gap):
        gap.enterprise.registered_at = gap.enterprise.registered_by = None
        gap.enterprise.save()

        assert codes_of(gap) == {"not_registered"}

    def test_refuses_an_enterprise_that_stopped(self, gap):
        gap.enterprise.stopped_on = date(2026, 3, 9)
        gap.enterprise.save()

        assert codes_of(gap) == {"enterprise_stopped"}

    def test_refuses_the_quality_that_opens_by_itself(self, gap):
        assert codes_of(gap, kind=QualityKind.EMPLOYER) == {"not_offered"}

    def test_refuses_a_second_click(self, gap):
        activate(gap)

        assert codes_of(gap) == {"already_active"}
        assert Quality.objects.count() == Message.objects.count() == 1

    def test_activates_again_what_was_deactivated(self, gap):
        QualityFactory(enterprise=gap.enterprise, over=True)

        activate(gap)

        assert Quality.objects.active().count() == 1

    def test_refuses_a_manager_without_a_tie_to_the_enterprise(self, gap):
        former = EmploymentFactory(enterprise=gap.enterprise, over=True).person

        assert codes_of(gap, manager=former) == {"manager_not_linked"}
        assert not Quality.objects.exists()

    @pytest.mark.parametrize("taken", ["lambertclaire", "LambertClaire"])
    def test_refuses_a_user_name_that_is_taken(self, gap, taken):
        PersonFactory(username=taken)

        assert codes_of(gap) == {"username_taken"}
        assert not Quality.objects.exists()

    def test_lets_two_worlds_use_a_user_name(self, gap):
        PersonFactory(username="lambertclaire", stranger=True)

        assert activate(gap)

    def test_asks_for_a_user_name_and_a_password(self, gap):
        assert codes_of(gap, username="") == {"username_required"}
        assert codes_of(gap, password_hash="") == {"password_required"}

    @pytest.mark.parametrize("trait", ["co_main", "dpo", "of_domain"])
    def test_lets_the_other_managers_of_the_entity_do_it(self, gap, trait):
        manager = AccessManagerFactory(enterprise=gap.enterprise, **{trait: True}).person

        assert activate(gap, by=manager)

    def test_refuses_whoever_else(self, gap):
        enterprise = gap.enterprise
        others = [
            PersonFactory(),
            AccessManagerFactory(enterprise=enterprise, of_finance=True).person,
            AccessManagerFactory(enterprise=enterprise, co_main=True, ended=True).person,
            LegalFunctionFactory(enterprise=enterprise).person,
            QualityMemberFactory(
                quality=QualityFactory(enterprise=enterprise, health_care=True), local_manager=True
            ).person,
        ]
        for person in others:
            with pytest.raises(PermissionDenied):
                activate(gap, by=person)


class TestFindLocalManager:
    def find(self, gap, niss, by=None):
        return qualities.find_local_manager(enterprise=gap.enterprise, niss=niss, by=by or gap.person, at=AT)

    def test_finds_a_worker_and_keeps_who_looked(self, gap):
        worker = EmploymentFactory(enterprise=gap.enterprise).person

        assert self.find(gap, worker.niss) == worker
        entry = AuditEntry.objects.get(act="access_mgmt.local_manager.looked_up")
        assert entry.details == {"person": worker.pk}

    def test_refuses_the_unknown_and_the_unrelated(self, gap):
        for person, code in (
            (PersonFactory(), "manager_not_linked"),
            (PersonFactory(stranger=True), "unknown_person"),
        ):
            with pytest.raises(ValidationError) as refusal:
                self.find(gap, person.niss)
            assert refusal_codes(refusal.value) == {code}

    def test_refuses_whoever_does_not_manage_the_entity(self, gap):
        with pytest.raises(PermissionDenied):
            self.find(gap, gap.person.niss, by=PersonFactory())


class TestOpenEmployerQualities:
    REAL = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)

    def employer(self, **traits):
        return AccessManagerFactory(enterprise=EnterpriseFactory(registered=True, employer=True, **traits))

    def open(self):
        return qualities.open_employer_qualities(real_now=self.REAL)

    def test_gives_an_employer_its_quality_with_the_gap_as_local_manager(self):
        gap = self.employer()
        World.objects.update(clock_offset=timedelta(days=2))

        assert self.open() == 1

        member = QualityMember.objects.get()
        assert (member.quality.enterprise, member.quality.kind) == (gap.enterprise, QualityKind.EMPLOYER)
        assert (member.person, member.kind, member.email) == (
            gap.person,
            MemberKind.LOCAL_MANAGER,
            gap.email,
        )
        assert member.quality.activated_at == self.REAL + timedelta(days=2)

    def test_does_it_once(self):
        self.employer()

        assert [self.open(), self.open()] == [1, 0]

    def test_leaves_the_others_alone(self):
        AccessManagerFactory()  # no employer
        EnterpriseFactory(registered=True, employer=True)  # no GAP
        self.employer(stopped_on=date(2026, 1, 1))
        QualityFactory(employer=True, over=True, enterprise=self.employer().enterprise)
        gap = self.employer()
        gap.enterprise.registered_at = gap.enterprise.registered_by = None
        gap.enterprise.save()

        assert self.open() == 0

    def test_one_employer_with_bad_data_holds_no_other_up(self, caplog):
        bad, good = self.employer(), self.employer()
        AccessManager.objects.filter(pk=bad.pk).update(email="claire")

        assert self.open() == 1

        assert Quality.objects.get().enterprise == good.enterprise
        assert f"enterprise {bad.enterprise_id}: ValidationError" in caplog.text
        assert "claire" not in caplog.text

    def test_leaves_what_was_done_meanwhile(self):
        gap = self.employer()
        QualityFactory(employer=True, enterprise=gap.enterprise)

        assert not qualities._open_for_employer(gap.enterprise.pk, real_now=self.REAL)

    def test_is_done_by_the_task(self):
        self.employer()

        open_employer_qualities()

        assert Quality.objects.count() == 1


class TestOpenAccount:
    def test_does_not_hide_another_fault_of_the_database(self, monkeypatch):
        def fail(*args, **kwargs):
            raise IntegrityError("person_niss_unique_in_world")

        person = PersonFactory()
        monkeypatch.setattr(Person, "save", fail)

        with pytest.raises(IntegrityError):
            accounts.open_account(person=person, username="libre")


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_four_managers_activate_one_quality_once(self):
        gap = AccessManagerFactory()
        managers = [gap.person] + [
            AccessManagerFactory(enterprise=gap.enterprise, co_main=True).person for _ in range(3)
        ]

        found = at_once(lambda number: activate(gap, by=managers[number], manager=managers[number]))

        assert sorted(found) == ["already_active"] * 3 + ["done"]

    def test_two_persons_never_get_one_user_name(self):
        people = [PersonFactory() for _ in range(4)]

        found = at_once(lambda number: accounts.open_account(person=people[number], username="lambertclaire"))

        assert sorted(found) == ["done"] + ["username_taken"] * 3
