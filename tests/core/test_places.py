"""The pages above a page, and the breadcrumbs that lead to them."""

import re

import pytest
from django.template import Context, Template
from django.urls import get_resolver, reverse
from django.utils.translation import override

from bhod_portal.core import places
from tests.architecture.urls import addresses
from tests.html_guard import assert_clean

PAGE = "{% load places %}{% block title %} Qui suis-je & où ? {% endblock %}{% breadcrumbs under %}"


def labels(url_name, **arguments):
    return [crumb.label for crumb in places.crumbs(url_name, arguments)]


class TestCrumbs:
    def test_the_address_is_the_tree(self):
        way = ["CSAM", "Mes entreprises et leurs gestionnaires", "Gestionnaires d'accès"]
        assert labels("csam:gap_replace", bce_number="0999999031") == way

    def test_leads_to_what_the_arguments_name(self):
        [home, way, detail, *_] = places.crumbs(
            "access_mgmt:review_detail", {"quality_pk": 7, "review_pk": 3}
        )

        assert home.url == reverse("access_mgmt:landing")
        assert way.url == reverse("access_mgmt:home")
        assert detail.url == reverse("access_mgmt:quality_detail", args=[7])

    def test_leaves_out_what_no_argument_leads_to(self):
        """Who may not open the page of the quality gets no link to it."""
        assert labels("access_mgmt:quality_edit") == ["Sécurité sociale", "Gestion des accès"]

    def test_an_app_says_what_no_address_tells(self):
        assert labels("bhod:own_guards") == ["ProSanté", "Dossier"]

    def test_the_home_of_a_portal_stands_under_nothing(self):
        assert labels("bhod:home") == []

    def test_speaks_the_language_of_the_reader(self):
        with override("nl"):
            assert labels("bhod:guard_list")[1] != "Gardes"

    def test_an_argument_that_no_address_takes_leads_nowhere(self):
        assert labels("access_mgmt:quality_edit", quality_pk="x") == ["Sécurité sociale", "Gestion des accès"]


class TestNames:
    def test_each_is_of_a_page_that_opens(self):
        known = addresses()
        unknown = {name for name in {*places._names, *places._above} if name not in known}
        assert {
            name for name in unknown if not name.startswith(("account_", "mfa_", "usersessions_"))
        } == set()
        assert {name for name in places._names if "GET" not in known[name].methods} == set()

    @pytest.mark.parametrize("name", [name for name, page in addresses().items() if "GET" in page.methods])
    def test_every_way_up_ends_at_a_home(self, name):
        way = places._pages_above(name, get_resolver())

        assert places._above.get(way[0] if way else name) == places.HOME


class TestTag:
    def render(self, under=""):
        html = Template(PAGE).render(Context({"under": under}))
        assert_clean(html)
        return html

    def test_the_page_itself_is_no_link(self):
        html = self.render("csam:landing")

        assert re.findall(r'href="(.*?)"', html) == ["/csam/"]
        assert 'aria-label="Fil d\'Ariane"' in html.replace("&#x27;", "'")

    def test_no_request_no_crumbs(self):
        assert "breadcrumbs" not in self.render()
