"""Open sessions of those who lost something: felt at the next request, and the page says why, to them only."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from access_mgmt.enums import Afterwards, MemberKind
from access_mgmt.models import QualityMember
from access_mgmt.services import blocking, member_removals, qualities, subdivision_members, succession
from access_mgmt.services.succession import Successor
from bhod_portal.core.models import AuditEntry
from csam.models import AccessManager
from tests.access_mgmt.factories import (
    AT,
    QualityFactory,
    QualityMemberFactory,
    RoleAssignmentFactory,
    SubdivisionFactory,
)
from tests.csam.factories import AccessManagerFactory, PersonFactory
from tests.csam.login import log_in
from tests.pages import shows

pytestmark = pytest.mark.usefixtures("stopped_clock")
HOUR = timedelta(hours=1)
PAGES = ("quality_detail", "member_list", "role_overview", "who_had_access")


def page(name, quality):
    return reverse(f"access_mgmt:{name}", args=[quality.pk])


def file_of(member):
    return reverse("access_mgmt:member_edit", args=[member.pk])


@pytest.fixture
def colleague(manager):
    """A co-local manager, logged in elsewhere: two open sessions at once."""
    colleague = QualityMemberFactory(quality=manager.quality, co_local_manager=True)
    colleague.browsers = [Client(), Client()]
    for browser in colleague.browsers:
        log_in(browser, colleague.person)
        assert browser.get(page("member_list", manager.quality)).status_code == 200
    return colleague


def refused(member, address, *sentences):
    """Each of his open sessions is refused and told why."""
    for browser in member.browsers:
        response = browser.get(address)
        assert response.status_code == 403
        assert all(shows(response, sentence) for sentence in sentences), sentences


class TestAManagerWhoIsRemoved:
    @pytest.fixture
    def removed(self, manager, colleague):
        member_removals.remove_members(
            quality=manager.quality, members=[colleague.pk], by=manager.person, at=AT - HOUR
        )
        return colleague

    @pytest.mark.parametrize("name", PAGES)
    def test_is_told_on_each_page_of_the_quality(self, manager, removed, name):
        sentence = (
            "Vous n'êtes plus Co-Gestionnaire Local de la qualité « eHealth Soins de Santé » de "
            f"{manager.quality.enterprise.name} depuis le 10/03/2026 09:00 (par {manager.person})."
        )
        refused(removed, page(name, manager.quality), sentence, f"Adressez-vous à {manager.person}.")

    def test_is_told_on_pages_about_what_is_in_it_and_nothing_of_that(self, manager, member, removed):
        subdivision = SubdivisionFactory(quality=manager.quality)
        assignment = RoleAssignmentFactory(member=member)

        for address in (
            file_of(member),
            reverse("access_mgmt:role_edit", args=[assignment.pk]),
            reverse("access_mgmt:subdivision_detail", args=[subdivision.pk]),
        ):
            refused(removed, address, "Vous n'êtes plus Co-Gestionnaire Local")
            assert not shows(removed.browsers[0].get(address), member.person.last_name)

    def test_is_told_on_the_page_of_the_entity(self, manager, removed):
        bce = manager.quality.enterprise.bce_number
        refused(removed, reverse("access_mgmt:quality_list", args=[bce]), "Vous n'êtes plus")

    def test_does_nothing_any_more(self, manager, member, removed):
        address = reverse("access_mgmt:member_block", args=[member.pk])

        assert [browser.post(address).status_code for browser in removed.browsers] == [403, 403]
        assert QualityMember.objects.get(pk=member.pk).blocked_at is None

    def test_is_a_stranger_after_thirty_days(self, manager, removed):
        left = QualityMember.objects.filter(pk=removed.pk)
        left.update(ended_at=AT - timedelta(days=30) + timedelta(seconds=1))
        assert removed.browsers[0].get(page("member_list", manager.quality)).status_code == 403

        left.update(ended_at=AT - timedelta(days=30))
        assert removed.browsers[0].get(page("member_list", manager.quality)).status_code == 404

    def test_is_told_alone(self, manager, member, removed):
        stranger = Client()
        log_in(stranger, PersonFactory(world=manager.person.world))

        for address in (page("member_list", manager.quality), file_of(member), file_of(removed)):
            assert stranger.get(address).status_code == 404

    def test_who_came_back_as_a_user_is_one(self, manager, member, removed):
        QualityMemberFactory(quality=manager.quality, person=removed.person)

        refused(removed, page("member_list", manager.quality), "utilisateur")
        assert removed.browsers[0].get(file_of(member)).status_code == 404


def test_a_former_user_is_told_of_the_quality_only(client, manager, member):
    gone = QualityMemberFactory(quality=manager.quality, ended=True)
    log_in(client, gone.person)

    assert client.get(page("member_list", manager.quality)).status_code == 403
    assert client.get(file_of(member)).status_code == 404


def test_who_is_blocked_is_told_since_when(manager, member, colleague):
    blocking.block_member(member=colleague, by=manager.person, at=AT - HOUR)

    for address in (page("member_list", manager.quality), file_of(member)):
        refused(
            colleague,
            address,
            f"Vous êtes bloqué(e) par {manager.person} depuis le 10/03/2026 09:00",
            f"Adressez-vous à {manager.person}.",
        )


class TestAManagerWhoBecomesAUser:
    def test_because_another_one_made_him_so(self, manager, member, colleague):
        QualityMember.objects.filter(pk=colleague.pk).update(kind=MemberKind.USER)
        AuditEntry.objects.create(
            world=manager.person.world,
            act="access_mgmt.member.changed",
            subject=f"access_mgmt.qualitymember:{colleague.pk}",
            done_at=AT - HOUR,
            done_by=manager.person,
            details={"changed": ["kind"], "kind": "utilisateur"},
        )

        for address in (page("member_list", manager.quality), file_of(member)):
            refused(
                colleague,
                address,
                "Vous n'êtes plus Co-Gestionnaire Local",
                f"depuis le 10/03/2026 09:00 (par {manager.person}) : vous y êtes utilisateur.",
            )

    def test_because_he_handed_over(self, manager, member, colleague):
        succession.hand_over(
            quality=manager.quality,
            successor=Successor(member.person),
            afterwards=Afterwards.USER,
            by=colleague.person,
            at=AT - HOUR,
        )

        refused(colleague, page("member_list", manager.quality), "(par vous-même) : vous y êtes utilisateur.")

    def test_because_the_entity_named_another_one(self, manager, colleague):
        gap = AccessManagerFactory(enterprise=manager.quality.enterprise)
        manager.browsers = [Client()]
        log_in(manager.browsers[0], manager.person)
        succession.name_local_manager(
            quality=manager.quality,
            former=QualityMember.objects.get(pk=manager.pk),
            successor=Successor(colleague.person),
            afterwards=Afterwards.USER,
            by=gap.person,
            at=AT - HOUR,
        )

        refused(
            manager,
            page("member_list", manager.quality),
            "Vous n'êtes plus Gestionnaire Local",
            f"(par {gap.person})",
            f"Adressez-vous à {colleague.person}.",
        )

    def test_because_his_branch_was_taken(self, manager):
        led = QualityMemberFactory(quality=manager.quality, subdivision_manager=True)
        led.browsers = [Client()]
        log_in(led.browsers[0], led.person)
        subdivision_members.end_subdivision_manager(member=led, by=manager.person, at=AT - HOUR)

        refused(led, page("member_list", manager.quality), "Vous n'êtes plus Gestionnaire de Subdivision")

    def test_long_ago_is_a_user_like_any_other(self, client, manager):
        user = QualityMemberFactory(quality=manager.quality)
        log_in(client, user.person)

        response = client.get(page("member_list", manager.quality))

        assert response.status_code == 403
        assert not shows(response, "Vous n'êtes plus")


class TestAQualityThatEnds:
    @pytest.fixture
    def gap(self, manager, colleague):
        gap = AccessManagerFactory(enterprise=manager.quality.enterprise)
        gap.browsers = [Client()]
        log_in(gap.browsers[0], gap.person)
        qualities.deactivate_quality(quality=manager.quality, by=gap.person, at=AT - HOUR)
        return gap

    def test_tells_its_managers(self, manager, member, colleague, gap):
        for address in (page("member_list", manager.quality), file_of(member)):
            refused(
                colleague,
                address,
                f"est désactivée depuis le 10/03/2026 09:00 (par {gap.person}). Adressez-vous à {gap.person}.",
            )

    def test_tells_the_entity_s(self, manager, gap):
        refused(gap, page("member_list", manager.quality), "est désactivée", "(par vous-même)")

    def test_tells_no_stranger_and_nobody_later(self, client, manager, gap):
        log_in(client, PersonFactory(world=manager.person.world))
        assert client.get(page("member_list", manager.quality)).status_code == 404

        manager.quality.refresh_from_db()
        manager.quality.deactivated_at = AT - timedelta(days=31)
        manager.quality.save()
        assert gap.browsers[0].get(page("member_list", manager.quality)).status_code == 404


def test_an_access_manager_who_is_removed_is_told(manager, member):
    gap = AccessManagerFactory(enterprise=manager.quality.enterprise)
    office = AccessManagerFactory(enterprise=manager.quality.enterprise, co_main=True)
    office.browsers = [Client()]
    log_in(office.browsers[0], office.person)
    entity = reverse("access_mgmt:quality_list", args=[office.enterprise.bce_number])
    assert office.browsers[0].get(entity).status_code == 200

    AccessManager.objects.filter(pk=office.pk).update(ended_at=AT, ended_by=gap.person)

    said = f"Vous n'êtes plus co-Responsable Accès Entité de {office.enterprise.name} depuis le"
    refused(office, entity, said, f"(par {gap.person})", f"Adressez-vous à {gap.person}.")
    for address in (page("member_list", manager.quality), file_of(member)):
        refused(office, address, said)


def test_who_manages_another_quality_still_is_told_what_he_is(client, manager):
    here = QualityMemberFactory(quality=manager.quality, ended=True)
    other = QualityFactory(enterprise=manager.quality.enterprise, health_care=True)
    QualityMemberFactory(quality=other, person=here.person, local_manager=True)
    log_in(client, here.person)

    response = client.get(reverse("access_mgmt:quality_list", args=[manager.quality.enterprise.bce_number]))

    assert response.status_code == 403
    assert shows(response, "Vous gérez une qualité de")


@pytest.mark.parametrize("name", ["quality_pk", "bce"])
def test_an_address_of_nothing_finds_nothing(client, manager, name):
    address = {
        "quality_pk": reverse("access_mgmt:member_list", args=[2**62]),
        "bce": reverse("access_mgmt:quality_list", args=["0999999031"]),
    }[name]

    assert client.get(address).status_code == 404
