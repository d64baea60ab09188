from datetime import date

import pytest
from django.core.exceptions import ValidationError

from access_mgmt.enums import Function, MemberKind
from access_mgmt.models import QualityMember
from access_mgmt.services import member_imports
from bhod_portal.core.refusals import refusal_codes
from tests.access_mgmt.factories import AT, QualityFactory, QualityMemberFactory, RoleAssignmentFactory
from tests.access_mgmt.import_files import csv_file, line
from tests.access_mgmt.import_runs import codes, do, dry_run, outcomes
from tests.csam.factories import PersonFactory

MANAGER_OF_CIRCLE = Function.FILEMANAGER_CIRCLE.value
GUARDPOST = Function.GUARDPOST_CIRCLE.value
pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return PersonFactory(first_name="Zoé", last_name="Peeters-D'Hondt", email="zoe@exemple.invalid")


class TestRefusing:
    @pytest.mark.parametrize(
        ("cells", "code"),
        [
            ({"niss": "71031499697"}, "check_digits"),
            ({"niss": "7103"}, "malformed"),
            ({"niss": "71031499696"}, "unknown_person"),
            ({"niss": ""}, "required"),
            ({"last_name": "Autre"}, "name_differs"),
            ({"username": "é"}, "malformed"),
            ({"kind": "chef"}, "invalid_choice"),
            ({"kind": "GL"}, "not_offered"),
            ({"language": "latin"}, "invalid_choice"),
            ({"email": "pas une adresse"}, "invalid"),
            ({"secured_applications": "BHOD|autre"}, "invalid_choice"),
            ({"function": "chef", "valid_from": "01-04-2026"}, "invalid_choice"),
            ({"function": GUARDPOST}, "start_missing"),
            ({"valid_from": "01-04-2026"}, "function_missing"),
            ({"function": GUARDPOST, "valid_from": "31-02-2026"}, "invalid"),
            (
                {"function": GUARDPOST, "valid_from": "02-04-2026", "valid_until": "01-04-2026"},
                "period_out_of_order",
            ),
            ({"function": GUARDPOST, "valid_from": "01-04-1826"}, "out_of_range"),
            ({"function": GUARDPOST, "valid_from": "01-04-1926"}, "far_past"),
            ({"function": GUARDPOST, "valid_from": "01-04-2062"}, "far_future"),
            ({"local_email": "=1+1"}, "formula"),
        ],
    )
    def test_a_line_and_says_why(self, manager, person, cells, code):
        run = dry_run(manager, line(person, **cells))
        assert (outcomes(run), code in codes(run)[0]) == (["refuse"], True)
        assert not any(problem.text == "" for problem in run.plan.results[0].problems)

    def test_names_nobody_whom_the_file_does_not_name(self, manager, person):
        result = dry_run(manager, line(person, last_name="Autre")).plan.results[0]
        assert result.name == "Zoé Autre"
        assert "Peeters" not in str(result.packed())

    def test_a_name_is_read_whatever_its_accents_and_signs(self, manager, person):
        run = dry_run(manager, line(person, last_name="PEETERS D HONDT", first_name="zoe"))
        assert outcomes(run) == ["ajoute"]

    def test_a_person_of_another_world(self, manager):
        assert codes(dry_run(manager, line(PersonFactory(stranger=True)))) == [["unknown_person"]]

    def test_a_person_who_is_stopped(self, manager):
        assert codes(dry_run(manager, line(PersonFactory(is_active=False)))) == [["stopped_person"]]

    def test_oneself(self, manager):
        assert codes(dry_run(manager, line(manager.person, title="M."))) == [["oneself"]]
        assert outcomes(dry_run(manager, line(manager.person))) == ["inchange"]

    def test_oneself_who_is_no_member(self, manager):
        gap = manager.quality.activated_by
        QualityMemberFactory(quality=manager.quality, co_local_manager=True, person=gap)
        run = dry_run(manager, line(gap, function=GUARDPOST, valid_from="01-04-2026"), by=gap)
        assert codes(run) == [["oneself"]]

    def test_somebody_blocked(self, manager):
        member = QualityMemberFactory(quality=manager.quality, blocked=True)
        assert codes(dry_run(manager, line(member.person, title="M."))) == [["member_blocked"]]
        assert outcomes(dry_run(manager, line(member.person))) == ["inchange"]

    def test_another_type_or_user_name(self, manager, member):
        assert codes(dry_run(manager, line(member.person, kind="Co-GL"))) == [["kind_differs"]]
        assert codes(dry_run(manager, line(member.person, username="autre"))) == [["username_kept"]]

    def test_a_user_name_that_is_taken(self, manager, person):
        PersonFactory(username="Pris")
        other = PersonFactory()
        run = dry_run(
            manager,
            line(person, username="pris"),
            line(person, username="libre"),
            line(other, username="LIBRE"),
        )
        assert codes(run) == [["username_taken"], [], ["username_taken"]]

    def test_somebody_without_any_address(self, manager):
        assert codes(dry_run(manager, line(PersonFactory(email="")))) == [["email_missing"]]

    def test_a_line_that_contradicts_another(self, manager, person):
        run = dry_run(manager, line(person, title="M."), line(person, title="Mme"), line(person, title="M."))
        assert codes(run) == [[], ["contradicts"], []]
        assert outcomes(run) == ["ajoute", "refuse", "inchange"]

    def test_the_same_function_twice_over_the_same_days(self, manager, person):
        first = line(person, function=GUARDPOST, valid_from="01-04-2026")
        run = dry_run(manager, first, first | {"valid_from": "01-05-2026"})
        assert codes(run) == [[], ["role_overlap"]]

    def test_an_overlap_with_two_functions_that_stand(self, manager, member):
        RoleAssignmentFactory(member=member, valid_until=date(2026, 3, 31))
        RoleAssignmentFactory(member=member, valid_from=date(2026, 5, 1))
        run = dry_run(manager, line(member.person, function=MANAGER_OF_CIRCLE, valid_from="15-03-2026"))
        assert codes(run) == [["role_overlap"]]

    def test_a_move_of_a_function_that_another_line_keeps(self, manager, member):
        RoleAssignmentFactory(member=member)
        run = dry_run(
            manager,
            line(member.person, function=MANAGER_OF_CIRCLE, valid_from="02-03-2026"),
            line(member.person, function=MANAGER_OF_CIRCLE, valid_from="01-03-2026"),
        )
        assert codes(run) == [["role_overlap"], []]

    def test_a_function_of_circles_in_another_quality(self, person):
        manager = QualityMemberFactory(local_manager=True, quality=QualityFactory(health_care=True))
        run = dry_run(manager, line(person, function=GUARDPOST, valid_from="01-04-2026"))
        assert codes(run) == [["function_not_offered"]]

    def test_a_refused_line_leaves_its_person_to_the_others(self, manager, person):
        run = dry_run(
            manager,
            line(person, function=GUARDPOST, valid_from="31-02-2026"),
            line(person, function=GUARDPOST, valid_from="01-03-2026"),
        )
        do(manager, run)
        assert outcomes(run) == ["refuse", "ajoute"]
        assert QualityMember.objects.get(person=person).kind == MemberKind.USER

    def test_merged_cells_and_cells_beyond_the_heading(self, manager, person):
        content = csv_file(line(person), columns=("niss", "last_name", "first_name"))
        run = dry_run(manager, content=content.replace(b"\r\n", b";x\r\n").replace(b";x", b"", 1))
        assert codes(run) == [["too_many_cells"]]


class TestTheWholeFile:
    @pytest.mark.parametrize(
        ("columns", "named"),
        [
            (("niss", "last_name"), "Prénom"),
            (("niss", "last_name", "first_name", "function"), "Date de début"),
        ],
    )
    def test_is_refused_without_a_mandatory_column(self, manager, person, columns, named):
        with pytest.raises(ValidationError) as refusal:
            dry_run(manager, content=csv_file(line(person), columns=columns))
        assert refusal_codes(refusal.value) == {"heading"}
        assert named in refusal.value.messages[0]

    @pytest.mark.parametrize(
        ("content", "code"),
        [(csv_file(), "no_lines"), ("NISS;Nom;Prénom;nom\n1;2;3;4\n".encode(), "heading"), (b"", "empty")],
    )
    def test_is_refused_when_nothing_can_be_made_of_it(self, manager, content, code):
        with pytest.raises(ValidationError) as refusal:
            member_imports.try_file(
                quality=manager.quality, content=content, size=len(content), by=manager.person, at=AT
            )
        assert refusal_codes(refusal.value) == {code}

    def test_says_what_it_does_not_read(self, manager, person):
        content = f"Couleur;NISS;Nom;PRENOM\nbleu;{person.niss};{person.last_name};Zoé\n".encode(
            "windows-1252"
        )
        run = dry_run(manager, content=content)
        assert outcomes(run) == ["ajoute"]
        assert len(run.remarks) == 2
        assert "Couleur" in run.remarks[1]
