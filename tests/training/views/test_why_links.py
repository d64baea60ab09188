"""Where the portal refuses, « Pourquoi ? » leads to the answer."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from access_mgmt.enums import Function
from bhod_portal.core import menus
from bhod_portal.core.templatetags.portal import why_link, why_member_link
from tests.csam.factories import PersonFactory
from tests.csam.login import log_in
from tests.training.chains import Chain, other_function

URL = reverse("training:why")


@pytest.fixture
def chain(db):
    return Chain()


class TestLinks:
    """Where the portal refuses, « Pourquoi ? » leads to the answer."""

    @pytest.fixture
    def address(self, chain):
        return f"{URL}?numero={chain.enterprise.bce_number}"

    def test_from_the_finances_to_the_missing_function(self, client, chain, address):
        chain.ask_oneself(client)

        page = client.get(reverse("bhod:finance_overview"))

        assert page.status_code == 403
        assertContains(page, f'href="{address}&amp;pour=finances"', status_code=403)
        answer = client.get(f"{address}&pour=finances").context["answer"]
        assert Function.FILEMANAGER_CIRCLE.value in answer.broken.sentence

    def test_from_bhod_without_a_role_of_the_circle(self, client, chain, address):
        other_function(chain)
        chain.ask_oneself(client)

        assertContains(client.get(reverse("bhod:guard_month")), f'href="{address}"', status_code=403)

    def test_from_an_organisation_that_opens_nothing(self, client, chain, address):
        other_function(chain)
        chain.ask_oneself(client)

        assertContains(client.get(reverse("prosante_login:organisation_closed")), f'href="{address}"')

    def test_from_the_chooser_without_an_organisation(self, client, chain):
        log_in(client, PersonFactory(world=chain.world))

        assertContains(client.get(reverse("prosante_login:profile_choose")), f'href="{URL}"')

    def test_from_ones_own_functions(self, client, chain, address):
        log_in(client, chain.person)

        assertContains(client.get(reverse("access_mgmt:own_roles")), f'href="{address}"')

    @pytest.mark.parametrize("page", ["member_edit", "role_list"])
    def test_from_the_file_of_a_member(self, client, chain, page):
        log_in(client, chain.manager.person)

        page = client.get(reverse(f"access_mgmt:{page}", args=[chain.member.pk]))

        assertContains(page, f'href="{reverse("training:why_member", args=[chain.member.pk])}"')

    def test_from_a_refusal(self, client, chain):
        log_in(client, chain.person)

        page = client.get(reverse("access_mgmt:member_edit", args=[chain.member.pk]))

        assertContains(page, f'href="{URL}"', status_code=403)

    def test_nowhere_while_nobody_explains(self, monkeypatch):
        monkeypatch.setattr(menus, "_entries", {})

        assert why_link("0999999130") == ""
        assert why_member_link(1) == ""
