"""« Nommer un remplaçant »: a manager gives his place away, and is led to a page that he may still open."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from access_mgmt.enums import MemberKind
from access_mgmt.models import QualityMember
from bhod_portal.core.models import Message
from tests.access_mgmt.factories import QualityMemberFactory, RoleAssignmentFactory
from tests.csam.factories import AccessManagerFactory, PersonFactory
from tests.csam.login import log_in
from tests.pages import shows

pytestmark = pytest.mark.usefixtures("stopped_clock")

DONE = "/securite-sociale/remplacant/nomme/"


@pytest.fixture
def address(manager):
    return reverse("access_mgmt:successor_name", args=[manager.quality.pk])


@pytest.fixture
def check(manager):
    return reverse("access_mgmt:successor_name_check", args=[manager.quality.pk])


@pytest.fixture
def colleague(manager):
    return QualityMemberFactory(quality=manager.quality, co_local_manager=True)


def kinds(quality):
    active = QualityMember.objects.active().filter(quality=quality)
    return dict(active.values_list("person", "kind"))


class TestIsFound:
    def test_from_the_home_of_the_quality(self, client, manager, address):
        home = reverse("access_mgmt:quality_detail", args=[manager.quality.pk])

        assertContains(client.get(home), f'href="{address}"')

    def test_from_the_refusal_to_remove_oneself(self, client, manager, address):
        delete = reverse("access_mgmt:member_delete", args=[manager.quality.pk])

        assertContains(client.get(delete, {"membre": manager.pk}), f'href="{address}"')

    def test_from_one_s_own_file_and_the_refusal_to_block_oneself(self, client, manager, member, address):
        for page in ("member_edit", "member_block"):
            response = client.get(reverse(f"access_mgmt:{page}", args=[manager.pk]))
            assertContains(response, f'href="{address}"')

        others = client.get(reverse("access_mgmt:member_edit", args=[member.pk]))
        assert f'href="{address}"' not in others.content.decode()

    def test_who_only_administers_the_entity_is_led_to_naming(self, client, manager, address):
        gap = AccessManagerFactory(enterprise=manager.quality.enterprise)
        log_in(client, gap.person)

        response = client.get(address)

        assertRedirects(response, reverse("access_mgmt:local_manager_name", args=[manager.quality.pk]))


class TestHandingOver:
    def test_to_a_colleague_and_leaving(self, client, manager, colleague, address, check):
        gap = AccessManagerFactory(enterprise=manager.quality.enterprise)
        RoleAssignmentFactory(member=manager)
        page = client.get(address)
        assert shows(page, str(gap.person))
        assert client.post(address, {"successor": colleague.pk, "afterwards": "parti"}).url == check
        page = client.get(check)
        assert shows(page, "INAMI_FILEMANAGER_GENERALPRACTITIONERCIRCLE")
        assert shows(page, str(gap.person))

        response = client.post(check, follow=True)

        assertRedirects(response, DONE)
        assert shows(response, f"{colleague.person} a repris votre place")
        assert shows(response, "Vous n'en êtes plus membre")
        assert kinds(manager.quality) == {colleague.person_id: MemberKind.CO_LOCAL_MANAGER}
        assert Message.objects.filter(person=gap.person).exists()
        # A second click, though the quality is no longer his to see.
        assertRedirects(client.post(check), DONE)
        assertRedirects(client.get(check), DONE)
        assert client.get(address).status_code == 403
        assert client.get(reverse("access_mgmt:home")).status_code == 200

    def test_to_a_user_and_staying_one(self, client, manager, member, address, check):
        form = {"successor": "nom", "name": member.person.last_name, "afterwards": "utilisateur"}
        assertRedirects(client.post(address, form), check)

        response = client.post(check, follow=True)

        assert shows(response, "Vous y êtes Utilisateur")
        assert kinds(manager.quality) == {
            member.person_id: MemberKind.CO_LOCAL_MANAGER,
            manager.person_id: MemberKind.USER,
        }
        assert client.get(address).status_code == 403

    def test_to_somebody_new_by_niss(self, client, manager, address, check):
        person = PersonFactory(world=manager.quality.enterprise.world)
        form = {"successor": "niss", "niss": person.niss, "afterwards": "utilisateur"}
        assertRedirects(client.post(address, form), check)
        assert client.get(address).context["form"]["successor"].value() == "niss"
        assert "link" in client.get(check).context["form"].fields
        assert client.post(check, {}).context["form"].has_error("email", "required")

        response = client.post(
            check, {"username": "nouveau1", "email": "nouveau@exemple.invalid", "link": "WORKER"}
        )

        assertRedirects(response, DONE)
        assert kinds(manager.quality)[person.pk] == MemberKind.CO_LOCAL_MANAGER

    def test_a_member_by_his_niss_is_to_be_chosen(self, client, manager, member, address):
        form = {"successor": "niss", "niss": member.person.niss, "afterwards": "utilisateur"}

        assert client.post(address, form).context["form"].has_error("niss", "already_member")

    def test_tells_when_the_chosen_one_was_blocked_meanwhile(
        self, client, manager, colleague, address, check
    ):
        client.post(address, {"successor": colleague.pk, "afterwards": "utilisateur"})
        QualityMember.objects.filter(pk=colleague.pk).update(
            blocked_at=manager.added_at, blocked_by=manager.person
        )

        response = client.post(check, follow=True)

        assertRedirects(response, address)
        assert shows(response, "ne peut plus reprendre cette place")
        assert kinds(manager.quality)[manager.person_id] == MemberKind.LOCAL_MANAGER

    def test_the_page_of_what_was_done_waits_for_it(self, client, manager):
        assert client.get(DONE).status_code == 302


class TestSubdivisionManager:
    @pytest.fixture
    def leader(self, client, manager):
        leader = QualityMemberFactory(quality=manager.quality, subdivision_manager=True)
        log_in(client, leader.person)
        return leader

    def test_hands_his_branch_to_a_member_of_it(self, client, leader, member, address, check):
        heir = QualityMemberFactory(quality=leader.quality, subdivision=leader.subdivision)
        page = client.get(address)
        assert shows(page, leader.subdivision.name)
        assert "niss" not in page.context["form"].fields
        form = {"successor": "nom", "afterwards": "utilisateur"}
        outside = client.post(address, form | {"name": member.person.username})
        assert outside.context["form"].has_error("name", "nobody_found")
        client.post(address, form | {"name": heir.person.username})
        assert shows(client.get(check), "Gestionnaire de Subdivision")

        response = client.post(check)

        assertRedirects(response, DONE)
        assert kinds(leader.quality)[heir.person_id] == MemberKind.SUBDIVISION_MANAGER
        assert kinds(leader.quality)[leader.person_id] == MemberKind.USER
