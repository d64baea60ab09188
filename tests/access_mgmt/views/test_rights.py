"""The table of rights of design.md « Gestion des accès », every cell: the pages of each right and its acts.

yes      the pages open, and the acts are done
no       the pages open, and the act is not there for him
403, 404 the pages and the acts are refused with it: 404 for what one may not know, 403 that explains
"""

from copy import deepcopy

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from access_mgmt import selectors
from access_mgmt.enums import Function
from access_mgmt.models import (
    AccessReview,
    QualityMember,
    RoleAssignment,
    SenderNumber,
)
from bhod_portal.core.models import AuditEntry, Draft, Message
from tests.access_mgmt.factories import (
    QualityFactory,
    QualityMemberFactory,
    SubdivisionFactory,
)
from tests.access_mgmt.import_files import csv_file, line
from tests.access_mgmt.rights import Right, Scene, somebody, standing
from tests.csam.factories import AccessManagerFactory, LegalFunctionFactory
from tests.csam.login import log_in
from tests.kept_rows import forget_all_rows
from tests.pages import shows

TABLE = """
                             gap co_gap dpo ga_of_the_domain  ga_of_another  local_manager co_local_manager  subdivision_manager of_another_branch user  legal_representative manager_of_another_quality former_manager blocked stranger from_another_world
see_the_entity               yes yes    yes yes               403            403           403               403                 403               403   403                  403                        403            403     404      404
activate_and_deactivate      yes yes    yes yes               403            403           403               403                 403               403   403                  403                        403            403     404      404
name_the_local_manager       yes yes    yes yes               403            403           403               403                 403               403   403                  404                        403            403     404      404
see_the_quality              yes yes    yes yes               403            yes           yes               yes                 yes               403   403                  404                        403            403     404      404
modify_its_data              yes yes    yes yes               403            yes           yes               403                 403               403   403                  404                        403            403     404      404
name_co_local_managers       yes yes    yes yes               403            yes           yes               no                  no                403   403                  404                        403            403     404      404
hand_over_the_quality        no  no     no  no                403            yes           yes               no                  no                403   403                  404                        403            403     404      404
add_users                    yes yes    yes yes               403            yes           yes               yes                 yes               403   403                  404                        403            403     404      404
list_users                   yes yes    yes yes               403            yes           yes               yes                 yes               403   403                  404                        403            403     404      404
import_users                 yes yes    yes yes               403            yes           yes               403                 403               403   403                  404                        403            403     404      404
confirm_an_import            yes yes    yes yes               403            yes           yes               403                 403               403   403                  404                        403            403     404      404
remove_a_user                yes yes    yes yes               403            yes           yes               yes                 no                403   403                  404                        403            403     404      404
change_a_user                yes yes    yes yes               403            yes           yes               yes                 404               404   403                  404                        403            403     404      404
unblock_a_user               yes yes    yes yes               403            yes           yes               yes                 404               404   403                  404                        403            403     404      404
change_a_users_data          yes yes    yes yes               403            yes           yes               yes                 404               404   403                  404                        403            403     404      404
see_subdivisions             yes yes    yes yes               403            yes           yes               yes                 yes               403   403                  404                        403            403     404      404
create_a_subdivision         yes yes    yes yes               403            yes           yes               yes                 no                403   403                  404                        403            403     404      404
change_a_subdivision         yes yes    yes yes               403            yes           yes               yes                 404               404   403                  404                        403            403     404      404
place_users                  yes yes    yes yes               403            yes           yes               yes                 404               403   403                  404                        403            403     404      404
name_subdivision_managers    yes yes    yes yes               403            yes           yes               yes                 404               404   403                  404                        403            403     404      404
see_functions                yes yes    yes yes               403            yes           yes               yes                 yes               403   403                  404                        403            403     404      404
follow_propagation           yes yes    yes yes               403            yes           yes               yes                 yes               403   403                  yes                        403            403     404      404
give_functions               yes yes    yes yes               403            yes           yes               yes                 404               404   403                  404                        403            403     404      404
take_functions               yes yes    yes yes               403            yes           yes               yes                 404               404   403                  404                        403            403     404      404
tell_of_a_function           yes yes    yes yes               403            yes           yes               yes                 404               404   403                  404                        403            403     404      404
review_functions             yes yes    yes yes               403            yes           yes               403                 403               403   403                  404                        403            403     404      404
decide_in_a_review           yes yes    yes yes               403            yes           yes               403                 403               403   403                  404                        403            403     404      404
see_the_hierarchy            yes yes    yes yes               403            yes           yes               yes                 yes               403   403                  404                        403            403     404      404
change_the_hierarchy         yes yes    yes yes               403            yes           yes               yes                 404               404   403                  404                        403            403     404      404
structured_messages          yes yes    yes yes               403            yes           yes               403                 403               403   403                  404                        403            403     404      404
own_data                     yes yes    yes yes               yes            yes           yes               yes                 yes               yes   yes                  yes                        yes            yes     yes      yes
"""
HEADER, *BODY = (line.split() for line in TABLE.strip().splitlines())
CELLS = [(right, who, cell) for right, *cells in BODY for who, cell in zip(HEADER, cells, strict=True)]


GIVEN = {"function": Function.GUARDPOST_CIRCLE.value, "valid_from": "16-9-2026", "valid_until": ""}
RIGHTS = {
    "see_the_entity": Right(("quality_list", "role_history_export")),
    "activate_and_deactivate": Right(
        ("quality_activate", "quality_deactivate"),
        (("quality_deactivate", lambda scene: {}),),
        lambda scene: standing(scene.quality).deactivated_at,
    ),
    "name_the_local_manager": Right(
        ("local_manager_name",),
        (
            ("local_manager_name", lambda scene: {"successor": scene.successor.pk, "afterwards": "parti"}),
            ("local_manager_name_check", lambda scene: {}),
        ),
        lambda scene: standing(scene.successor).kind == "gl",
    ),
    "see_the_quality": Right(("quality_detail",)),
    "modify_its_data": Right(
        (),
        (
            (
                "quality_edit",
                lambda scene: {"contact_email": "neuf@exemple.invalid", "seen": scene.quality.contact_email},
            ),
        ),
        lambda scene: standing(scene.quality).contact_email == "neuf@exemple.invalid",
    ),
    "name_co_local_managers": Right(
        (),
        (("member_identify", lambda scene: {"kind": "co-gl", "niss": scene.newcomer.niss}),),
        lambda scene: Draft.objects.exists(),
    ),
    "hand_over_the_quality": Right(
        (),
        (
            ("successor_name", lambda scene: {"successor": scene.successor.pk, "afterwards": "parti"}),
            ("successor_name_check", lambda scene: {}),
        ),
        lambda scene: AuditEntry.objects.filter(act=selectors.HANDED_OVER).exists(),
    ),
    "add_users": Right(
        (),
        (("member_identify", lambda scene: {"kind": "utilisateur", "niss": scene.newcomer.niss}),),
        lambda scene: Draft.objects.exists(),
    ),
    "list_users": Right(("member_list", "member_export")),
    "import_users": Right(("member_import", "member_import_template")),
    "confirm_an_import": Right(
        (),
        (
            (
                "member_import",
                lambda scene: {"file": SimpleUploadedFile("a.csv", csv_file(line(scene.newcomer)))},
            ),
            (
                "member_import_check",
                lambda scene: {"fingerprint": scene.context("member_import_check", "fingerprint") or ""},
            ),
        ),
        lambda scene: QualityMember.objects.filter(person=scene.newcomer).exists(),
        then=("member_import_done",),
    ),
    "remove_a_user": Right(
        (),
        (("member_delete", lambda scene: {"membre": scene.member.pk}),),
        lambda scene: standing(scene.member).ended_at,
    ),
    "change_a_user": Right(
        ("member_edit", "member_block", "member_new_password"),
        (("member_block", lambda scene: {}),),
        lambda scene: standing(scene.member).blocked_at,
    ),
    "unblock_a_user": Right(
        ("member_unblock",),
        (("member_unblock", lambda scene: {}),),
        lambda scene: standing(scene.member).blocked_at is None,
        before=Scene.block,
    ),
    "change_a_users_data": Right(
        (),
        (("member_edit", lambda scene: scene.form("member_edit", email="neuf@exemple.invalid")),),
        lambda scene: standing(scene.member).email == "neuf@exemple.invalid",
    ),
    "see_subdivisions": Right(("subdivision_list",)),
    "create_a_subdivision": Right(
        (),
        (("subdivision_list", lambda scene: {"name": "Accueil", "parent": scene.place.pk}),),
        lambda scene: scene.quality.subdivisions.filter(name="Accueil").exists(),
    ),
    "change_a_subdivision": Right(
        (
            "subdivision_detail",
            "subdivision_add",
            "subdivision_rename",
            "subdivision_move",
            "subdivision_delete",
        ),
        (("subdivision_rename", lambda scene: {"name": "Accueil"}),),
        lambda scene: standing(scene.place).name == "Accueil",
    ),
    "place_users": Right(
        (),
        (("subdivision_place", lambda scene: {"membre": scene.member.pk, "vers": scene.top.pk}),),
        lambda scene: standing(scene.member).subdivision == scene.top,
    ),
    "name_subdivision_managers": Right(
        ("subdivision_manager_name",),
        (("subdivision_manager_name", lambda scene: {}),),
        lambda scene: standing(scene.member).kind == "gs",
    ),
    "see_functions": Right(("role_overview", "access_watch", "who_had_access")),
    "follow_propagation": Right(("propagation_queue",)),
    "give_functions": Right(
        ("role_list", "role_history", "role_email", "role_edit"),
        (("role_list", lambda scene: GIVEN),),
        lambda scene: RoleAssignment.objects.filter(member=scene.member).count() == 2,
    ),
    "take_functions": Right(
        ("role_delete",),
        (("role_delete", lambda scene: {}),),
        lambda scene: standing(scene.assignment).revoked_at,
    ),
    "tell_of_a_function": Right(
        ("role_email",),
        (
            ("role_email", lambda scene: {"subject": "Votre fonction", "body": "Bonjour"}),
            ("role_email_check", lambda scene: {}),
        ),
        lambda scene: Message.objects.filter(subject="Votre fonction").exists(),
    ),
    "review_functions": Right(
        ("review_list",),
        (("review_list", lambda scene: {}),),
        lambda scene: AccessReview.objects.exists(),
    ),
    "decide_in_a_review": Right(
        ("review_detail", "review_export"),
        (
            ("review_decide", lambda scene: {"fonction": scene.assignment.pk}),
            ("review_close", lambda scene: {"sans-elles": "on"}),
        ),
        lambda scene: standing(scene.review).closed_at and scene.review.decisions.exists(),
    ),
    "see_the_hierarchy": Right(
        ("responsibility_list", "responsibility_create", "responsibility_history", "responsibility_about")
    ),
    "change_the_hierarchy": Right(
        ("responsibility_end",),
        (("responsibility_end", lambda scene: {}),),
        lambda scene: standing(scene.responsibility).ended_at,
    ),
    "structured_messages": Right(
        ("messaging", "quality_certificate"),
        (("sender_number_register", lambda scene: {}),),
        lambda scene: SenderNumber.objects.exists(),
    ),
    "own_data": Right(("own_data", "own_roles", "own_certificate")),
}


@pytest.fixture(scope="module")
def kept_scene(django_db_setup, django_db_blocker):
    """Made once, since it takes longer than a page; what each test does in it is rolled back."""
    with django_db_blocker.unblock():
        quality = QualityFactory()
        AccessManagerFactory(enterprise=quality.enterprise, person__last_name="Gapp")
        scene = Scene(quality)
    yield scene
    with django_db_blocker.unblock():
        forget_all_rows()


@pytest.fixture
def scene(kept_scene, client):
    own = deepcopy(kept_scene)
    own.client = client
    return own


@pytest.fixture
def quality(scene):
    return scene.quality


@pytest.mark.parametrize(("right", "who", "cell"), CELLS)
def test_the_table_of_rights(client, scene, right, who, cell):
    about = RIGHTS[right]
    about.before(scene)
    log_in(client, somebody(who, scene))

    opened = {page: client.get(scene.address(page)).status_code for page in about.pages}
    sent = [client.post(scene.address(page), data(scene)).status_code for page, data in about.acts]
    opened |= {page: client.get(scene.address(page)).status_code for page in about.then}

    if cell in {"yes", "no"}:
        assert set(opened.values()) <= {200}
        assert set(sent) <= {200, 302}
    else:
        assert {*opened.values(), *sent} == {int(cell)}
    if about.acts:
        assert bool(about.done(scene)) == (cell == "yes")


def test_the_table_has_a_cell_for_every_right():
    assert [right for right, *_cells in BODY] == list(RIGHTS)


class TestASubdivisionManager:
    @pytest.fixture
    def led(self, client, quality):
        manager = QualityMemberFactory(quality=quality, subdivision_manager=True)
        log_in(client, manager.person)
        return manager.subdivision

    @pytest.mark.parametrize("below", [False, True])
    def test_opens_what_is_about_members_of_his_branch(self, client, quality, led, below):
        place = SubdivisionFactory(below=SubdivisionFactory(below=led)) if below else led
        member = QualityMemberFactory(quality=quality, subdivision=place)

        assert client.get(reverse("access_mgmt:role_list", args=[member.pk])).status_code == 200

    def test_knows_nobody_beside_it_or_above(self, client, quality, led):
        for place in (None, SubdivisionFactory(quality=quality)):
            member = QualityMemberFactory(quality=quality, subdivision=place)
            assert client.get(reverse("access_mgmt:role_list", args=[member.pk])).status_code == 404


@pytest.mark.parametrize("role", ["co_local_manager", "subdivision_manager"])
def test_who_is_blocked_opens_nothing(client, quality, role):
    blocked = QualityMemberFactory(quality=quality, blocked=True, **{role: True})
    log_in(client, blocked.person)

    assert client.get(reverse("access_mgmt:quality_detail", args=[quality.pk])).status_code == 403


@pytest.mark.parametrize("who", ["local_manager", "user", "ga_of_another", "legal_representative"])
def test_the_refusal_names_who_can_help(client, quality, scene, who):
    log_in(client, somebody(who, scene))

    response = client.get(reverse("access_mgmt:quality_list", args=[quality.enterprise.bce_number]))

    assert response.status_code == 403
    assert shows(response, str(somebody("gap", scene)))


def test_the_refusal_before_registration_says_so(client):
    representative = LegalFunctionFactory()
    log_in(client, representative.person)

    response = client.get(reverse("access_mgmt:quality_list", args=[representative.enterprise.bce_number]))

    assert response.status_code == 403
    assert shows(response, "se désigne dans CSAM")


def test_a_user_is_led_to_the_page_of_his_own_functions(client):
    user = QualityMemberFactory()
    log_in(client, user.person)

    response = client.get(reverse("access_mgmt:role_list", args=[user.pk]))

    assert response.status_code == 403
    assert reverse("access_mgmt:own_roles") in response.content.decode()
    assert client.get(reverse("access_mgmt:own_roles")).status_code == 200


def test_a_number_beyond_the_database_is_just_unknown(client, scene):
    log_in(client, somebody("gap", scene))
    for page in ("quality_detail", "role_list", "role_edit"):
        assert client.get(reverse(f"access_mgmt:{page}", args=[10**30])).status_code == 404


def test_a_quality_that_was_deactivated_is_gone(client):
    gap = AccessManagerFactory()
    quality = QualityFactory(enterprise=gap.enterprise, over=True)
    log_in(client, gap.person)

    assert client.get(reverse("access_mgmt:quality_detail", args=[quality.pk])).status_code == 404


@pytest.mark.parametrize("kind", ["employeur-onss", "autre"])
def test_only_the_offered_qualities_have_an_activation(client, kind):
    gap = AccessManagerFactory()
    log_in(client, gap.person)

    address = reverse("access_mgmt:quality_activate", args=[gap.enterprise.bce_number, kind])
    assert client.get(address).status_code == 404
