"""« Supprimer utilisateur(s) », « Exécuter », the check page and its confirmation."""

import re

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from access_mgmt.models import QualityMember
from bhod_portal.core.models import Message
from tests.access_mgmt.factories import QualityMemberFactory, RoleAssignmentFactory
from tests.csam.login import log_in
from tests.pages import shows

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def address(manager):
    return reverse("access_mgmt:member_delete", args=[manager.quality.pk])


@pytest.fixture
def list_address(manager):
    return reverse("access_mgmt:member_list", args=[manager.quality.pk])


def active(manager):
    return QualityMember.objects.active().filter(quality=manager.quality)


class TestCheckPage:
    def test_is_led_to_from_the_list(self, client, list_address, address, member):
        response = client.get(list_address)

        assertContains(response, f'<form method="get" action="{address}">')
        assertContains(response, f'name="membre" value="{member.pk}"')
        assertContains(response, f'href="{address}?membre={member.pk}"')
        assert shows(response, "Exécuter")

    def test_tells_whom_and_what_ends(self, client, manager, address, member):
        RoleAssignmentFactory(member=member)
        RoleAssignmentFactory(member=member, revoked=True, administrative=True)

        response = client.get(address, {"membre": [member.pk, manager.pk], "action": "supprimer"})

        assert [removal.member for removal in response.context["removable"]] == [member]
        assert shows(response, "INAMI_FILEMANAGER_GENERALPRACTITIONERCIRCLE")
        assert not shows(response, "INAMI_GUARDPOST_GENERALPRACTITIONERCIRCLE")
        assert shows(response, "On ne se supprime pas soi-même")
        assert re.findall(r'name="membre" value="(\d+)"', response.content.decode()) == [str(member.pk)]
        assert active(manager).count() == 2

    def test_offers_nothing_when_nobody_can_be_removed(self, client, manager, address):
        response = client.get(address, {"membre": manager.pk})

        assert shows(response, "On ne se supprime pas soi-même")
        assertNotContains(response, "Confirmer la suppression")

    @pytest.mark.parametrize("chosen", [[], ["0"], ["9" * 30], ["x", "\x00", "-1", "١"]])
    def test_asks_to_choose_first(self, client, address, list_address, chosen):
        response = client.get(address, {"membre": chosen}, follow=True)

        assertRedirects(response, list_address)
        assert shows(response, "Choisissez d'abord")

    def test_knows_nobody_of_another_quality(self, client, address, list_address):
        assertRedirects(client.get(address, {"membre": QualityMemberFactory().pk}), list_address)

    def test_costs_the_same_however_many(self, client, manager, address, max_reads):
        members = QualityMemberFactory.create_batch(25, quality=manager.quality)
        for each in members:
            RoleAssignmentFactory(member=each)

        with max_reads(12):
            client.get(address, {"membre": [each.pk for each in members]})


class TestConfirmation:
    def test_removes_and_says_how_many(self, client, manager, address, list_address):
        members = QualityMemberFactory.create_batch(2, quality=manager.quality)

        response = client.post(address, {"membre": [each.pk for each in members]}, follow=True)

        assertRedirects(response, list_address)
        assert shows(response, "2 utilisateurs ont été supprimés.")
        assert list(active(manager)) == [manager]
        assert Message.objects.count() == 2

    def test_a_second_click_does_it_once(self, client, manager, address, member):
        client.post(address, {"membre": member.pk})

        response = client.post(address, {"membre": member.pk}, follow=True)

        assert shows(response, "Ces personnes ne figurent plus parmi les utilisateurs.")
        assert Message.objects.count() == 1

    def test_of_someone_who_can_not_be_removed_any_more_removes_nobody(
        self, client, manager, address, member
    ):
        chosen = {"membre": [member.pk, manager.pk]}

        response = client.post(address, chosen, follow=True)

        assertRedirects(response, f"{address}?membre={member.pk}&membre={manager.pk}")
        assert shows(response, "Rien n'a été supprimé")
        assert active(manager).count() == 2

    def test_by_one_who_was_removed_meanwhile_is_refused(self, client, manager, address, member):
        colleague = QualityMemberFactory(quality=manager.quality, co_local_manager=True)
        client.post(address, {"membre": colleague.pk})
        log_in(client, colleague.person)

        assert client.post(address, {"membre": member.pk}).status_code == 403
