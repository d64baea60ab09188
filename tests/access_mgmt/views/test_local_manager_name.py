"""« Désigner le Gestionnaire Local »: from the list of qualities to the confirmation."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from access_mgmt.enums import MemberKind
from access_mgmt.models import QualityMember
from bhod_portal.core.models import Message
from tests.access_mgmt.factories import QualityFactory, QualityMemberFactory, RoleAssignmentFactory
from tests.csam.factories import AccessManagerFactory, EmploymentFactory, PersonFactory
from tests.csam.login import log_in
from tests.pages import shows

pytestmark = pytest.mark.usefixtures("stopped_clock")

NISS = "85073003328"


@pytest.fixture
def quality():
    return QualityFactory()


@pytest.fixture
def gap(client, quality):
    """The GAP of the quality's enterprise, logged in."""
    gap = AccessManagerFactory(enterprise=quality.enterprise).person
    log_in(client, gap)
    return gap


@pytest.fixture
def local_manager(quality):
    return QualityMemberFactory(quality=quality, local_manager=True)


@pytest.fixture
def address(quality):
    return reverse("access_mgmt:local_manager_name", args=[quality.pk])


@pytest.fixture
def check(quality):
    return reverse("access_mgmt:local_manager_name_check", args=[quality.pk])


@pytest.fixture
def entity(quality):
    return reverse("access_mgmt:quality_list", args=[quality.enterprise.bce_number])


def kinds(quality):
    active = QualityMember.objects.active().filter(quality=quality)
    return dict(active.values_list("person", "kind"))


class TestIsFound:
    def test_from_the_list_of_qualities_with_and_without_one(self, client, gap, quality, entity, address):
        assertContains(client.get(entity), "Aucun Gestionnaire Local : désigner")

        QualityMemberFactory(quality=quality, local_manager=True, blocked=True)
        response = client.get(entity)

        assertContains(response, "Remplacer le Gestionnaire Local")
        assertContains(response, f'href="{address}"', count=1)
        assert shows(response, "(bloqué)")

    def test_from_the_home_of_the_quality(self, client, gap, quality, address):
        home = reverse("access_mgmt:quality_detail", args=[quality.pk])
        assertContains(client.get(home), f'href="{address}"')

        QualityMemberFactory(quality=quality, local_manager=True)

        assertContains(client.get(home), "Remplacer le Gestionnaire Local")

    def test_a_co_local_manager_is_told_who_does_it(self, client, quality, address):
        colleague = QualityMemberFactory(quality=quality, co_local_manager=True)
        log_in(client, colleague.person)

        response = client.get(reverse("access_mgmt:quality_detail", args=[quality.pk]))

        assert shows(response, "Les gestionnaires d'accès de l'entité le désignent")
        assert f'href="{address}"' not in response.content.decode()
        assert client.get(address).status_code == 403

    def test_from_the_refusal_to_remove_the_last_one(self, client, gap, quality, local_manager, address):
        delete = reverse("access_mgmt:member_delete", args=[quality.pk])

        assertContains(client.get(delete, {"membre": local_manager.pk}), f'href="{address}"')

    def test_from_the_refusal_to_block_the_last_one(self, client, gap, local_manager, address):
        block = reverse("access_mgmt:member_block", args=[local_manager.pk])

        response = client.get(block)

        assertContains(response, f'href="{address}"')
        assert "Nommer un remplaçant" not in response.content.decode()


class TestReplacing:
    def test_by_a_manager_shown(self, client, gap, quality, local_manager, address, check, entity):
        colleague = QualityMemberFactory(quality=quality, co_local_manager=True)
        RoleAssignmentFactory(member=local_manager)

        response = client.post(address, {"successor": colleague.pk, "afterwards": "parti"})
        assertRedirects(response, check)
        page = client.get(check)
        assert shows(page, str(colleague.person))
        assert shows(page, "plus membre de la qualité")
        assert shows(page, "INAMI_FILEMANAGER_GENERALPRACTITIONERCIRCLE")
        response = client.post(check, follow=True)

        assertRedirects(response, entity)
        assert shows(response, "est Gestionnaire Local de la qualité")
        assert kinds(quality) == {colleague.person_id: MemberKind.LOCAL_MANAGER}
        # A second click.
        assertRedirects(client.post(check), entity)
        assert Message.objects.count() == 2

    def test_by_a_member_found_by_name_or_user_name(self, client, gap, quality, local_manager, address):
        marie = QualityMemberFactory(quality=quality, person__first_name="Marie", person__last_name="Étienne")
        form = {"successor": "nom", "afterwards": "utilisateur"}

        for typed in ("etienne marie", "Étienne", marie.person.username):
            response = client.post(address, form | {"name": typed})
            assert response.status_code == 302, typed

        assert client.get(address).context["form"].initial["successor"] == str(marie.pk)

    def test_several_of_a_name_are_shown_to_choose_from(self, client, gap, quality, local_manager, address):
        pair = QualityMemberFactory.create_batch(2, quality=quality, person__last_name="Dupont")
        form = {"successor": "nom", "name": "dupont", "afterwards": "utilisateur"}

        response = client.post(address, form)

        assert response.context["form"].has_error("name", "several_found")
        shown = [value for value, _label in response.context["form"].fields["successor"].choices]
        assert {str(member.pk) for member in pair} <= set(shown)
        response = client.post(address, form | {"successor": pair[0].pk})
        assert response.status_code == 302

    @pytest.mark.parametrize(
        ("form", "field", "code"),
        [
            ({"successor": "nom", "name": "Inconnu"}, "name", "nobody_found"),
            ({"successor": "nom", "name": "  "}, "name", "required"),
            ({"successor": "niss"}, "niss", "required"),
            ({"successor": "niss", "niss": NISS}, "niss", "unknown_person"),
            ({}, "successor", "required"),
            ({"successor": "999999"}, "successor", "invalid_choice"),
        ],
    )
    def test_says_what_is_missing_or_wrong(self, client, gap, local_manager, address, form, field, code):
        response = client.post(address, form | {"afterwards": "utilisateur"})

        assert response.context["form"].has_error(field, code)

    def test_more_than_a_screen_of_one_name_asks_for_more_of_it(
        self, client, gap, quality, local_manager, address
    ):
        QualityMemberFactory.create_batch(21, quality=quality, person__last_name="Dupont")

        response = client.post(address, {"successor": "nom", "name": "dupont", "afterwards": "parti"})

        assert response.context["form"].has_error("name", "many_found")

    def test_the_local_manager_himself_by_his_niss_is_no_other(
        self, client, gap, quality, local_manager, address
    ):
        EmploymentFactory(person=local_manager.person, enterprise=quality.enterprise)

        response = client.post(
            address, {"successor": "niss", "niss": local_manager.person.niss, "afterwards": "parti"}
        )

        assert response.context["form"].has_error("niss", "is_local_manager")

    def test_tells_when_somebody_was_faster(self, client, gap, quality, local_manager, address, check):
        first, second = QualityMemberFactory.create_batch(2, quality=quality, co_local_manager=True)
        client.post(address, {"successor": first.pk, "afterwards": "parti"})
        QualityMember.objects.filter(pk=local_manager.pk).update(kind=MemberKind.CO_LOCAL_MANAGER)
        QualityMember.objects.filter(pk=second.pk).update(kind=MemberKind.LOCAL_MANAGER)

        response = client.post(check, follow=True)

        assertRedirects(response, address)
        assert shows(response, "Le Gestionnaire Local a changé entre-temps")
        # What was chosen is kept.
        assert response.context["form"].initial["successor"] == str(first.pk)
        assert kinds(quality)[first.person_id] == MemberKind.CO_LOCAL_MANAGER

    def test_two_who_chose_the_same_one_are_both_told_that_he_is(
        self, client, gap, quality, local_manager, address, check, entity
    ):
        colleague = QualityMemberFactory(quality=quality, co_local_manager=True)
        client.post(address, {"successor": colleague.pk, "afterwards": "parti"})
        QualityMember.objects.filter(pk=local_manager.pk).update(kind=MemberKind.USER)
        QualityMember.objects.filter(pk=colleague.pk).update(kind=MemberKind.LOCAL_MANAGER)

        assertRedirects(client.post(check), entity)

        assert not Message.objects.exists()

    def test_the_check_page_waits_for_a_choice(self, client, gap, address, check):
        assertRedirects(client.get(check), address)
        assertRedirects(client.post(check), address)


def test_the_gap_who_is_local_manager_himself_names_another_one(client, gap, quality, address, check, entity):
    place = QualityMemberFactory(quality=quality, local_manager=True, person=gap)
    colleague = QualityMemberFactory(quality=quality, co_local_manager=True)
    assert shows(client.get(address), "je deviens Co-Gestionnaire Local")
    client.post(address, {"successor": colleague.pk, "afterwards": "co-gl"})

    assertRedirects(client.post(check), entity)

    assert kinds(quality) == {
        colleague.person_id: MemberKind.LOCAL_MANAGER,
        place.person_id: MemberKind.CO_LOCAL_MANAGER,
    }


class TestNamingANewcomer:
    @pytest.fixture
    def worker(self, quality):
        person = PersonFactory(world=quality.enterprise.world)
        EmploymentFactory(person=person, enterprise=quality.enterprise)
        return person

    def test_by_niss_with_an_account_typed_on_the_check_page(
        self, client, gap, quality, worker, address, check, entity
    ):
        # No local manager: nothing is asked about a former one.
        assert "afterwards" not in client.get(address).context["form"].fields
        assertRedirects(client.post(address, {"successor": "niss", "niss": worker.niss}), check)
        form = client.get(check).context["form"]
        assert form["username"].value()
        assert "link" not in form.fields

        response = client.post(check, {"username": "nouveau1", "email": "nouveau@exemple.invalid"})

        assertRedirects(response, entity)
        worker.refresh_from_db()
        assert worker.username == "nouveau1"
        assert kinds(quality) == {worker.pk: MemberKind.LOCAL_MANAGER}

    def test_a_user_name_that_is_taken_is_said_beside_it(self, client, gap, worker, address, check):
        taken = QualityMemberFactory(quality__enterprise__world=worker.world).person.username
        client.post(address, {"successor": "niss", "niss": worker.niss})

        response = client.post(check, {"username": taken, "email": "nouveau@exemple.invalid"})

        assert "username" in response.context["form"].errors

    def test_going_back_loses_nothing(self, client, gap, worker, address, check):
        client.post(address, {"successor": "niss", "niss": worker.niss})

        form = client.get(address).context["form"]

        assert form["successor"].value() == "niss"
        assert form["niss"].value().replace(".", "").replace("-", "") == worker.niss

    def test_oneself(self, client, gap, quality, address, check, entity):
        assertRedirects(client.post(address, {"successor": "moi"}), check)
        assert client.get(address).context["form"]["successor"].value() == "moi"

        response = client.post(check, {"username": "moi12345", "email": "moi@exemple.invalid"})

        assertRedirects(response, entity)
        assert kinds(quality) == {gap.pk: MemberKind.LOCAL_MANAGER}

    def test_a_name_that_no_database_reads(self, client, gap, address):
        response = client.post(address, {"successor": "nom", "name": "a\0b"})

        assert "name" in response.context["form"].errors
