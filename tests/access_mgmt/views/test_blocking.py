"""« Bloquer », « débloquer »: shown first, done once, told; the blocked one learns why and from whom."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from access_mgmt.models import QualityMember
from bhod_portal.core.models import Message
from csam.enums import DigitalKey
from tests.access_mgmt.factories import (
    QualityMemberFactory,
    ResponsibilityFactory,
    RoleAssignmentFactory,
    SubdivisionFactory,
)
from tests.csam.factories import PASSWORD, AccessManagerFactory, PersonFactory
from tests.csam.login import log_in
from tests.pages import shows


def url(name, member):
    return reverse(f"access_mgmt:{name}", args=[member.pk])


def is_blocked(member):
    return QualityMember.objects.get(pk=member.pk).blocked_at is not None


@pytest.fixture
def member(manager):
    person = PersonFactory(with_codes=True, username="marcdubois", first_name="Marc", last_name="Dubois")
    return QualityMemberFactory(quality=manager.quality, person=person)


class TestBlock:
    def test_shows_what_ends_and_within_which_time(self, client, manager, member):
        held = RoleAssignmentFactory(member=member)

        page = client.get(url("member_block", member))

        assert shows(page, held.get_function_display())
        assert shows(page, "délai maximal de 20 minutes")
        assert not is_blocked(member)

    def test_shows_who_depends_on_him(self, client, manager):
        leader = QualityMemberFactory(
            quality=manager.quality,
            subdivision_manager=True,
            subdivision=SubdivisionFactory(quality=manager.quality, name="Secrétariat"),
        )
        tie = ResponsibilityFactory(
            responsible=leader,
            member=QualityMemberFactory(quality=manager.quality, person__last_name="Petit"),
        )

        page = client.get(url("member_block", leader))

        assert shows(page, f"Elle répond de {tie.member.person}")
        assert shows(page, "Elle seule gère la subdivision « Secrétariat »")

    def test_blocks_once_however_often_it_is_clicked(self, client, manager, member):
        first = client.post(url("member_block", member))
        second = client.post(url("member_block", member), follow=True)

        assertRedirects(first, url("member_edit", member))
        assert is_blocked(member)
        assert shows(second, "Marc Dubois est déjà bloqué(e)")
        assert Message.objects.count() == 1
        assertRedirects(client.get(url("member_block", member)), url("member_edit", member))

    def test_offers_no_button_for_oneself_or_the_local_manager(self, client, manager):
        assertNotContains(client.get(url("member_block", manager)), "Dès la prochaine page")
        response = client.post(url("member_block", manager), follow=True)

        assert shows(response, "On ne se bloque pas soi-même")
        assert not is_blocked(manager)

    def test_the_file_of_the_member_leads_there(self, client, manager, member):
        assertContains(client.get(url("member_edit", member)), url("member_block", member))
        assertContains(client.get(url("member_edit", member)), url("member_new_password", member))

        client.post(url("member_block", member))

        assertContains(client.get(url("member_edit", member)), url("member_unblock", member))


class TestUnblock:
    def test_shows_what_comes_back_then_gives_it_back_once(self, client, manager, member):
        held = RoleAssignmentFactory(member=member)
        client.post(url("member_block", member))

        page = client.get(url("member_unblock", member))
        assert shows(page, held.get_function_display())
        assert shows(page, f"Bloquée par {manager.person}")

        assertRedirects(client.post(url("member_unblock", member)), url("member_edit", member))
        again = client.post(url("member_unblock", member), follow=True)

        assert shows(again, "Marc Dubois n'est pas bloqué(e)")
        assert not is_blocked(member)
        assert Message.objects.count() == 2
        assertRedirects(client.get(url("member_unblock", member)), url("member_edit", member))

    def test_says_who_may_when_the_local_manager_was_blocked(self, client, manager):
        gap = AccessManagerFactory(enterprise=manager.quality.enterprise).person
        colleague = QualityMemberFactory(quality=manager.quality, co_local_manager=True)
        log_in(client, gap)
        client.post(url("member_block", manager))
        log_in(client, colleague.person)

        assert shows(client.get(url("member_unblock", manager)), str(gap))
        assert shows(
            client.post(url("member_unblock", manager), follow=True), "Seuls les responsables de l'entité"
        )
        assert is_blocked(manager)


class TestWhoIsBlocked:
    @pytest.fixture
    def colleague(self, client, manager):
        person = PersonFactory(with_codes=True, username="juliette")
        colleague = QualityMemberFactory(quality=manager.quality, co_local_manager=True, person=person)
        client.post(url("member_block", colleague))
        return colleague

    def test_reads_on_the_home_page_by_whom_and_opens_nothing(self, client, manager, colleague):
        log_in(client, colleague.person)

        page = client.get(reverse("access_mgmt:home"))

        assert shows(page, f"bloqué(e) par {manager.person}")
        assertNotContains(page, reverse("access_mgmt:quality_detail", args=[manager.quality_id]))

    def test_is_refused_with_the_reason(self, client, manager, colleague):
        log_in(client, colleague.person)

        page = client.get(reverse("access_mgmt:quality_detail", args=[manager.quality_id]))

        assert page.status_code == 403
        assert shows(page, f"bloqué(e) par {manager.person}")
        assert shows(page, "Adressez-vous à")

    def test_opens_not_even_the_data_that_users_may_read(self, client, manager, member):
        client.post(url("member_block", member))
        log_in(client, member.person)

        assert client.get(reverse("access_mgmt:quality_edit", args=[manager.quality_id])).status_code == 403

    def test_works_on_for_the_entity_that_he_administers(self, client, manager, colleague):
        AccessManagerFactory(enterprise=manager.quality.enterprise, person=colleague.person)
        log_in(client, colleague.person)

        page = client.get(reverse("access_mgmt:home"))

        assertContains(page, reverse("access_mgmt:quality_detail", args=[manager.quality_id]))

    def test_whose_session_rests_on_a_password_is_out_at_the_next_click(self, client, manager, colleague):
        log_in(client, colleague.person, DigitalKey.PASSWORD)

        page = client.get(reverse("access_mgmt:home"), follow=True)

        assert shows(page, "Vos codes d'accès (nom d'utilisateur et mot de passe) sont bloqués")
        typed = {"username": "juliette", "password": PASSWORD}
        again = client.post(reverse("csam:password_login"), typed)
        assert shows(again, f"sont bloqués par {manager.person}")
