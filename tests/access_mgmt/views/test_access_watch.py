"""What managers look after: functions that end soon or never, people who never came."""

from datetime import date

import pytest
from django.urls import reverse

from access_mgmt.enums import Function
from tests.access_mgmt.factories import (
    AT,
    QualityMemberFactory,
    RoleAssignmentFactory,
    SubdivisionFactory,
)
from tests.csam.login import log_in
from tests.pages import shows

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def address(manager):
    return reverse("access_mgmt:access_watch", args=[manager.quality.pk])


def listed(client, address, **query):
    return list(client.get(address, query).context["page_obj"])


def came(member):
    member.person.last_login = AT
    member.person.save(update_fields=["last_login"])


class TestLists:
    def test_what_ends_soon(self, client, address, member):
        soon = RoleAssignmentFactory(member=member, valid_until=date(2026, 4, 9))
        RoleAssignmentFactory(member=member, administrative=True, valid_until=date(2026, 4, 10))

        assert listed(client, address) == [soon]
        assert listed(client, address, liste="autre") == [soon]

    def test_what_never_ends(self, client, address, member):
        open_ended = RoleAssignmentFactory(member=member)
        to_come = RoleAssignmentFactory(member=member, administrative=True, to_come=True)
        RoleAssignmentFactory(member=member, function=Function.OA_ADMIN, revoked=True)
        RoleAssignmentFactory(member=member, function=Function.CRM_ADMIN, valid_until=date(2026, 12, 31))
        RoleAssignmentFactory()

        assert listed(client, address, liste="sans-fin") == [open_ended, to_come]

    def test_who_never_came(self, client, address, manager, member):
        came(QualityMemberFactory(quality=manager.quality))
        QualityMemberFactory(quality=manager.quality, ended=True)
        QualityMemberFactory()

        assert listed(client, address, liste="jamais") == [member]

    def test_empty_ones_say_so(self, client, address):
        assert shows(client.get(address), "Il n'y a rien à signaler ici.")
        assert shows(client.get(address, {"nom": "zzz"}), "Rien ne répond à ces critères")

    def test_each_function_leads_to_what_one_may_do(self, client, address, member):
        assignment = RoleAssignmentFactory(member=member)

        page = client.get(address, {"liste": "sans-fin"}).content.decode()

        for name in ("role_edit", "role_delete"):
            assert f'href="{reverse(f"access_mgmt:{name}", args=[assignment.pk])}"' in page


class TestFilters:
    @pytest.mark.parametrize("which", ["fin", "sans-fin", "jamais"])
    def test_by_name_and_function(self, client, address, manager, which):
        until = date(2026, 3, 20) if which == "fin" else None
        found = {}
        for name in ("Étienne", "Zoé"):
            member = QualityMemberFactory(
                quality=manager.quality, person__first_name=name, person__sort_name=f"x {name}"
            )
            member.person.sort_name = {"Étienne": "x etienne", "Zoé": "x zoe"}[name]
            member.person.save()
            found[name] = RoleAssignmentFactory(
                member=member, valid_until=until, administrative=name == "Zoé"
            )
        expected = found["Étienne"].member if which == "jamais" else found["Étienne"]

        assert listed(client, address, liste=which, nom="ETIENNE") == [expected]
        assert listed(client, address, liste=which, fonction=Function.FILEMANAGER_CIRCLE) == [expected]
        assert listed(client, address, liste=which, nom="zoe", fonction=Function.FILEMANAGER_CIRCLE) == []

    def test_that_are_wrong_are_explained(self, client, address, member):
        RoleAssignmentFactory(member=member)

        response = client.get(address, {"liste": "sans-fin", "fonction": "chef"})

        assert response.context["form"].errors.as_data()["fonction"][0].code == "invalid_choice"
        assert len(response.context["page_obj"]) == 1


class TestASubdivisionManager:
    def test_sees_his_branch(self, client, manager):
        leader = QualityMemberFactory(quality=manager.quality, subdivision_manager=True)
        below = SubdivisionFactory(below=leader.subdivision)
        his = RoleAssignmentFactory(
            member=QualityMemberFactory(quality=manager.quality, subdivision=below),
            valid_until=date(2026, 3, 20),
        )
        RoleAssignmentFactory(
            member=QualityMemberFactory(quality=manager.quality), valid_until=date(2026, 3, 20)
        )
        log_in(client, leader.person)
        address = reverse("access_mgmt:access_watch", args=[manager.quality.pk])

        assert listed(client, address) == [his]
        assert listed(client, address, liste="jamais") == [his.member]

    def test_a_user_does_not(self, client, manager, member):
        log_in(client, member.person)

        assert client.get(reverse("access_mgmt:access_watch", args=[manager.quality.pk])).status_code == 403


@pytest.mark.parametrize("which", ["fin", "sans-fin", "jamais"])
def test_pages_of_many_cost_the_same(client, address, manager, django_assert_max_num_queries, which):
    for _ in range(26):
        RoleAssignmentFactory(
            member__quality=manager.quality, valid_until=date(2026, 3, 20) if which == "fin" else None
        )

    with django_assert_max_num_queries(16):
        assert len(listed(client, address, liste=which)) == 25
    assert len(listed(client, address, liste=which, page=2)) == 1
