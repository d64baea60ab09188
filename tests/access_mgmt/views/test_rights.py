"""Who opens what (the table of design.md « Gestion des accès »): 404 for what one may not know, 403 that explains."""

import pytest
from django.urls import reverse

from csam.models import AccessManager
from tests.access_mgmt.factories import (
    QualityFactory,
    QualityMemberFactory,
    RoleAssignmentFactory,
    SubdivisionFactory,
)
from tests.csam.factories import AccessManagerFactory, LegalFunctionFactory, PersonFactory
from tests.csam.login import log_in
from tests.pages import shows

ENTITY, QUALITY, MEMBER = range(3)
# Status of the entity's pages, of the quality's, of those about a member (another than oneself).
RIGHTS = {
    "gap": (200, 200, 200),
    "co_gap": (200, 200, 200),
    "dpo": (200, 200, 200),
    "ga_of_the_domain": (200, 200, 200),
    "ga_of_another": (403, 403, 403),
    "local_manager": (403, 200, 200),
    "co_local_manager": (403, 200, 200),
    "subdivision_manager": (403, 403, 404),
    "user": (403, 403, 404),
    "legal_representative": (403, 403, 403),
    "manager_of_another_quality": (403, 404, 404),
    "former_manager": (404, 404, 404),
    "stranger": (404, 404, 404),
    "from_another_world": (404, 404, 404),
}


@pytest.fixture
def quality():
    quality = QualityFactory()
    AccessManagerFactory(enterprise=quality.enterprise, person__last_name="Gapp")
    return quality


@pytest.fixture
def people(quality):
    enterprise = quality.enterprise
    other = QualityFactory(enterprise=enterprise, health_care=True)
    return {
        "gap": AccessManager.objects.get(enterprise=enterprise).person,
        "co_gap": AccessManagerFactory(enterprise=enterprise, co_main=True).person,
        "dpo": AccessManagerFactory(enterprise=enterprise, dpo=True).person,
        "ga_of_the_domain": AccessManagerFactory(enterprise=enterprise, of_domain=True).person,
        "ga_of_another": AccessManagerFactory(enterprise=enterprise, of_finance=True).person,
        "local_manager": QualityMemberFactory(quality=quality, local_manager=True).person,
        "co_local_manager": QualityMemberFactory(quality=quality, co_local_manager=True).person,
        "subdivision_manager": QualityMemberFactory(quality=quality, subdivision_manager=True).person,
        "user": QualityMemberFactory(quality=quality).person,
        "legal_representative": LegalFunctionFactory(enterprise=enterprise).person,
        "manager_of_another_quality": QualityMemberFactory(quality=other, local_manager=True).person,
        "former_manager": QualityMemberFactory(quality=quality, co_local_manager=True, ended=True).person,
        "stranger": PersonFactory(),
        "from_another_world": PersonFactory(stranger=True),
    }


def pages(quality):
    bce = quality.enterprise.bce_number
    assignment = RoleAssignmentFactory(member__quality=quality)
    return {
        ENTITY: [
            reverse("access_mgmt:quality_list", args=[bce]),
        ],
        QUALITY: [
            reverse("access_mgmt:quality_detail", args=[quality.pk]),
            reverse("access_mgmt:member_list", args=[quality.pk]),
            reverse("access_mgmt:role_overview", args=[quality.pk]),
            reverse("access_mgmt:messaging", args=[quality.pk]),
            reverse("access_mgmt:sender_number_register", args=[quality.pk]),
            reverse("access_mgmt:quality_certificate", args=[quality.pk]),
        ],
        MEMBER: [
            reverse("access_mgmt:role_list", args=[assignment.member.pk]),
            reverse("access_mgmt:role_history", args=[assignment.member.pk]),
            reverse("access_mgmt:role_email", args=[assignment.member.pk]),
            reverse("access_mgmt:role_edit", args=[assignment.pk]),
            reverse("access_mgmt:role_delete", args=[assignment.pk]),
        ],
    }


@pytest.mark.parametrize(("who", "expected"), RIGHTS.items(), ids=RIGHTS)
def test_opens_what_the_table_says(client, quality, people, who, expected):
    log_in(client, people[who])
    addresses = pages(quality)

    found = {address: client.get(address).status_code for group in addresses.values() for address in group}

    assert found == {address: expected[group] for group, each in addresses.items() for address in each}


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


@pytest.mark.parametrize("who", RIGHTS)
def test_everybody_manages_his_own_certificate(client, quality, people, who):
    log_in(client, people[who])

    assert client.get(reverse("access_mgmt:own_certificate")).status_code == 200


@pytest.mark.parametrize("who", ["local_manager", "user", "ga_of_another", "legal_representative"])
def test_the_refusal_names_who_can_help(client, quality, people, who):
    log_in(client, people[who])

    response = client.get(reverse("access_mgmt:quality_list", args=[quality.enterprise.bce_number]))

    assert response.status_code == 403
    assert shows(response, str(people["gap"]))


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


@pytest.mark.parametrize("who", RIGHTS)
@pytest.mark.parametrize("page", ["own_data", "own_roles"])
def test_everybody_has_his_own_data(client, quality, people, who, page):
    log_in(client, people[who])

    assert client.get(reverse(f"access_mgmt:{page}")).status_code == 200


def test_a_number_beyond_the_database_is_just_unknown(client, people):
    log_in(client, people["gap"])
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
