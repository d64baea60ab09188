from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from access_mgmt import selectors
from access_mgmt.enums import ChangeKind, Function, MemberKind
from access_mgmt.models import QualityMember, RoleAssignment, RoleChange
from access_mgmt.services import member_imports, members, role_assignments
from bhod_portal.core.file_lines import read_day
from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.periods import Period
from bhod_portal.core.refusals import refusal_codes
from csam.models import Person
from tests.access_mgmt.factories import AT, QualityMemberFactory, RoleAssignmentFactory
from tests.access_mgmt.import_files import line, xlsx_file
from tests.access_mgmt.import_runs import changes, do, dry_run, outcomes
from tests.csam.factories import EmploymentFactory, LegalFunctionFactory, PersonFactory
from tests.threads import at_once

MANAGER_OF_CIRCLE = Function.FILEMANAGER_CIRCLE.value
GUARDPOST = Function.GUARDPOST_CIRCLE.value
pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return PersonFactory(first_name="Zoé", last_name="Peeters-D'Hondt", email="zoe@exemple.invalid")


class TestAdding:
    def test_shows_what_would_be_added_and_writes_nothing(self, manager, person):
        run = dry_run(manager, line(person, function=MANAGER_OF_CIRCLE, valid_from="01-04-2026"))

        assert outcomes(run) == ["ajoute"]
        assert run.plan.results[0].name == "Zoé Peeters-D'Hondt"
        assert changes(run.plan.results[0]) == [
            ("Nom d'utilisateur", "", "peetersdhondtzoe"),
            ("Type", "", "Utilisateur"),
            ("Titre", "", "Mme"),
            ("Choix linguistique", "", "Français"),
            ("Adresse e-mail utilisateur", "", "zoe@exemple.invalid"),
            ("Lien avec l'entreprise", "", "membre ou associé"),
            (MANAGER_OF_CIRCLE, "", "depuis le 01/04/2026, sans fin"),
        ]
        assert not QualityMember.objects.filter(person=person).exists()

    def test_adds_with_all_that_the_file_says(self, manager, person):
        run = dry_run(
            manager,
            line(
                person,
                username="zoe.peeters",
                kind="Co-GL",
                title="Madame",
                language="néerlandais",
                email="z@exemple.invalid",
                local_email="local@exemple.invalid",
                link="administrateur ou gérant",
                secured_applications="Honoraires de disponibilité (INAMI)|CHAPTER_IV",
                function=GUARDPOST,
                valid_from="1-4-2026",
                valid_until="30/06/2026",
            ),
        )
        do(manager, run)

        member = QualityMember.objects.get(person=person)
        assert (member.kind, member.title, member.language, member.link) == ("co-gl", "MME", "nl", "BOARD")
        assert (member.email, member.local_email) == ("z@exemple.invalid", "local@exemple.invalid")
        assert member.secured_applications == ["BHOD", "CHAPTER_IV"]
        assert (member.added_at, member.added_by) == (AT, manager.person)
        assert Person.objects.get(pk=person.pk).username == "zoe.peeters"
        assignment = RoleAssignment.objects.get(member=member)
        assert (assignment.valid_from, assignment.valid_until) == (date(2026, 4, 1), date(2026, 6, 30))
        change = RoleChange.objects.get(grants=assignment)
        assert (change.kind, change.requested_by) == (ChangeKind.GRANTED, manager.person)
        assert AT < change.due_at <= AT + timedelta(minutes=20)

    def test_the_same_file_again_changes_nothing(self, manager, person):
        lines = [
            line(person, function=MANAGER_OF_CIRCLE, valid_from="01-04-2026"),
            line(person, function=GUARDPOST, valid_from="01-04-2026", valid_until="30-04-2026"),
        ]
        first = dry_run(manager, *lines)
        do(manager, first)
        before = (RoleChange.objects.count(), Message.objects.count(), AuditEntry.objects.count())

        again = dry_run(manager, *lines)
        do(manager, again)

        assert (outcomes(first), outcomes(again)) == (["ajoute", "ajoute"], ["inchange", "inchange"])
        # The look-up, and nothing else.
        assert (RoleChange.objects.count(), Message.objects.count(), AuditEntry.objects.count() - 1) == before

    def test_reads_a_workbook_with_real_dates_and_numbers(self, manager):
        person = PersonFactory(niss="05010112356")
        content = xlsx_file(line(person, niss=5010112356, function=GUARDPOST, valid_from=date(2026, 4, 1)))

        run = dry_run(manager, content=content)

        assert outcomes(run) == ["ajoute"]
        assert run.plan.grants == [(person.pk, Function.GUARDPOST_CIRCLE, Period(date(2026, 4, 1)))]

    def test_numbers_proposed_names_that_are_taken(self, manager):
        PersonFactory(username="DUBOISANNE")
        twins = [PersonFactory(first_name="Anne", last_name="Dubois") for _ in range(2)]
        do(manager, dry_run(manager, *map(line, twins)))
        names = Person.objects.filter(pk__in=[twin.pk for twin in twins]).values_list("username", flat=True)
        assert sorted(names) == ["duboisanne2", "duboisanne3"]

    def test_keeps_the_account_that_somebody_has(self, manager):
        person = PersonFactory(with_codes=True)
        run = dry_run(manager, line(person, username=person.username.upper()))
        do(manager, run)
        fresh = Person.objects.get(pk=person.pk)
        assert (fresh.username, fresh.password) == (person.username, person.password)

    def test_proposes_the_link_that_the_onss_knows(self, manager, person):
        EmploymentFactory(person=person, enterprise=manager.quality.enterprise)
        do(manager, dry_run(manager, line(person)))
        assert QualityMember.objects.get(person=person).link == "WORKER"

    def test_tells_each_person(self, manager, person):
        do(manager, dry_run(manager, line(person, function=GUARDPOST, valid_from="01-04-2026")))
        message = Message.objects.get(person=person)
        assert "01/04/2026" in message.body
        assert "peetersdhondtzoe" in message.body
        assert (message.recipient, "/mot-de-passe/" in message.body) == ("zoe@exemple.invalid", True)

    def test_sends_a_link_only_to_an_address_that_is_surely_his(self, manager):
        boss = LegalFunctionFactory(person__email="").person
        do(manager, dry_run(manager, line(boss, email="tiers@exemple.invalid")))
        message = Message.objects.get(person=boss)
        assert (message.recipient, "http" in message.body) == ("tiers@exemple.invalid", False)

    def test_leaves_passwords_alone(self, manager):
        person = PersonFactory(with_codes=True)
        do(manager, dry_run(manager, line(person)))
        assert Person.objects.get(pk=person.pk).password == person.password
        assert "Votre mot de passe reste celui que vous avez" in Message.objects.get(person=person).body

    def test_is_kept_in_the_trail(self, manager, person):
        do(manager, dry_run(manager, line(person), line(PersonFactory.build(niss="71031499696"))))
        acts = {entry.act: entry.details for entry in AuditEntry.objects.all()}
        assert acts["access_mgmt.member.looked_up"] == {"count": 2}
        assert acts["access_mgmt.member.imported"] == {
            "ajoute": 1,
            "modifie": 0,
            "inchange": 0,
            "refuse": 1,
        }
        assert acts["access_mgmt.member.added"] == {"kind": "utilisateur", "person": person.pk}


class TestChanging:
    def test_changes_only_what_the_file_says(self, manager, member):
        run = dry_run(manager, line(member.person, email="neuf@exemple.invalid", title="M."))
        do(manager, run)

        fresh = QualityMember.objects.get(pk=member.pk)
        assert outcomes(run) == ["modifie"]
        assert changes(run.plan.results[0]) == [
            ("Titre", "Mme", "M."),
            ("Adresse e-mail utilisateur", member.email, "neuf@exemple.invalid"),
        ]
        assert (fresh.email, fresh.title, fresh.language) == ("neuf@exemple.invalid", "M", "fr")
        assert AuditEntry.objects.get(act=selectors.MEMBER_CHANGED).details == {"changed": ["email", "title"]}
        told = Message.objects.filter(person=member.person).values_list("recipient", flat=True)
        assert sorted(told) == sorted([member.email, "neuf@exemple.invalid"])

    def test_gives_a_function_to_somebody_who_is_there(self, manager, member):
        run = dry_run(manager, line(member.person, function=GUARDPOST, valid_from="01-04-2026"))
        do(manager, run)
        assert outcomes(run) == ["modifie"]
        assert RoleAssignment.objects.get(member=member).function == GUARDPOST

    def test_moves_the_dates_of_a_function_in_one_change(self, manager, member):
        old = RoleAssignmentFactory(member=member)
        run = dry_run(
            manager,
            line(
                member.person, function=MANAGER_OF_CIRCLE, valid_from="01-03-2026", valid_until="31-12-2026"
            ),
        )
        do(manager, run)

        assert changes(run.plan.results[0]) == [
            (MANAGER_OF_CIRCLE, "depuis le 01/03/2026, sans fin", "du 01/03/2026 au 31/12/2026")
        ]
        old.refresh_from_db()
        new = RoleAssignment.objects.standing().get(member=member)
        assert (old.revoked_at, old.revoked_by) == (AT, manager.person)
        change = RoleChange.objects.get()
        assert (change.kind, change.withdraws, change.grants) == (ChangeKind.EDITED, old, new)

    def test_withdraws_nothing_before_it_is_given(self, manager, member):
        role_assignments.assign_role(
            member=member,
            function=Function.GUARDPOST_CIRCLE,
            period=Period(date(2026, 4, 1)),
            by=manager.person,
            at=AT + timedelta(hours=1),
        )
        first = RoleChange.objects.get()
        do(manager, dry_run(manager, line(member.person, function=GUARDPOST, valid_from="02-04-2026")))
        assert RoleChange.objects.get(kind=ChangeKind.EDITED).due_at >= first.due_at

    def test_splits_a_function_over_two_lines(self, manager, member):
        RoleAssignmentFactory(member=member, valid_until=date(2026, 12, 31))
        lines = [
            line(
                member.person, function=MANAGER_OF_CIRCLE, valid_from="01-03-2026", valid_until="30-06-2026"
            ),
            line(
                member.person, function=MANAGER_OF_CIRCLE, valid_from="01-07-2026", valid_until="31-12-2026"
            ),
        ]
        do(manager, dry_run(manager, *lines))
        assert outcomes(dry_run(manager, *lines)) == ["inchange", "inchange"]
        assert RoleAssignment.objects.standing().filter(member=member).count() == 2


class TestConfirming:
    def test_does_nothing_else_than_what_was_shown(self, manager, person):
        run = dry_run(manager, line(person))
        members.add_member(
            quality=manager.quality,
            kind=MemberKind.USER,
            person=person,
            link="MEMBER",
            title="MME",
            language="fr",
            email="zoe@exemple.invalid",
            local_email="",
            secured_applications=[],
            username="zoe",
            by=manager.person,
            at=AT,
        )
        with pytest.raises(ValidationError) as refusal:
            do(manager, run)
        assert refusal_codes(refusal.value) == {"changed_meanwhile"}

    def test_is_all_or_nothing(self, manager, person, monkeypatch):
        run = dry_run(manager, line(person))

        def fail(**_):
            raise ValidationError("", code="username_taken")

        monkeypatch.setattr(member_imports, "give_all", fail)
        with pytest.raises(ValidationError) as refusal:
            do(manager, run)
        assert refusal_codes(refusal.value) == {"changed_meanwhile"}
        assert Person.objects.get(pk=person.pk).username == ""
        assert not QualityMember.objects.filter(person=person).exists()

    def test_is_for_managers_of_the_whole_quality(self, manager, member):
        branch = QualityMemberFactory(quality=manager.quality, subdivision_manager=True)
        for somebody in (member.person, branch.person):
            with pytest.raises(PermissionDenied):
                dry_run(manager, line(member.person), by=somebody)
            with pytest.raises(PermissionDenied):
                do(manager, dry_run(manager, line(member.person)), by=somebody)

    def test_a_quality_that_is_over(self, manager, person):
        run = dry_run(manager, line(person))
        manager.quality.deactivated_at, manager.quality.deactivated_by = AT, manager.person
        manager.quality.save()
        with pytest.raises(ValidationError) as refusal:
            do(manager, run)
        assert refusal_codes(refusal.value) == {"quality_over"}

    @pytest.mark.django_db(transaction=True)
    def test_two_managers_at_once_add_once(self, manager, person):
        run = dry_run(manager, line(person, function=GUARDPOST, valid_from="01-04-2026"))

        found = at_once(lambda _number: do(manager, run), times=2)

        assert sorted(found) == ["changed_meanwhile", "done"]
        assert RoleAssignment.objects.filter(member__person=person).count() == 1

    def test_takes_no_more_queries_for_more_lines(self, manager, django_assert_max_num_queries):
        people = [PersonFactory(last_name=f"Nom{number}") for number in range(40)]
        run = dry_run(manager, *(line(each, function=GUARDPOST, valid_from="01-04-2026") for each in people))
        with django_assert_max_num_queries(45):
            do(manager, run)
        assert QualityMember.objects.filter(person__in=people).count() == 40


def test_a_wrong_day_is_refused_anew_each_time():
    def refusal():
        with pytest.raises(ValidationError) as refused:
            read_day("31-02-2026")
        return refused.value

    assert refusal().messages == refusal().messages
    # One and the same would keep alive whatever it was raised through, of all files ever sent.
    assert refusal() is not refusal()
