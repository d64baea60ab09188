"""« Aperçu des personnes et des fonctions »: who is in the quality, with how many functions."""

import pytest
from django.urls import reverse

from access_mgmt.enums import Function
from tests.access_mgmt.factories import QualityMemberFactory, RoleAssignmentFactory
from tests.csam.factories import PersonFactory
from tests.pages import errors, shows

pytestmark = pytest.mark.usefixtures("stopped_clock")


def url(manager):
    return reverse("access_mgmt:role_overview", args=[manager.quality.pk])


def test_lists_the_persons_with_the_number_of_their_functions(client, manager, member):
    RoleAssignmentFactory(member=member)
    RoleAssignmentFactory(member=member, administrative=True, to_come=True)
    RoleAssignmentFactory(member=member, administrative=True, ended=True)
    RoleAssignmentFactory(member=member, revoked=True)

    response = client.get(url(manager))

    counts = {each.pk: each.functions_count for each in response.context["page_obj"]}
    assert counts == {manager.pk: 0, member.pk: 2}
    assert shows(
        response, "Pour gérer les fonctions exercées par une personne, sélectionnez la première icône"
    )
    assert reverse("access_mgmt:role_list", args=[member.pk]) in response.content.decode()


def test_costs_the_same_however_many_members(client, manager, django_assert_max_num_queries):
    for _ in range(30):
        RoleAssignmentFactory(member__quality=manager.quality)

    with django_assert_max_num_queries(10):
        client.get(url(manager))


class TestFilters:
    @pytest.fixture(autouse=True)
    def members(self, manager):
        world = manager.person.world
        names = {"helene": ("Hélène", "Van Marchal"), "marc": ("Marc", "Petit"), "zoe": ("Zoé", "Marchal")}
        self.who = {
            key: QualityMemberFactory(
                quality=manager.quality,
                person=PersonFactory(world=world, first_name=first, last_name=last, with_codes=True),
            )
            for key, (first, last) in names.items()
        }
        RoleAssignmentFactory(member=self.who["helene"], administrative=True)
        RoleAssignmentFactory(member=self.who["marc"], administrative=True, revoked=True)
        RoleAssignmentFactory(member=self.who["zoe"], administrative=True, ended=True)
        RoleAssignmentFactory(member=self.who["zoe"])

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ({"nom": "MARCHAL"}, {"helene", "zoe"}),
            ({"nom": " helene  marchal"}, {"helene"}),
            ({"nom": "zoé"}, {"zoe"}),
            ({"fonction": Function.GUARDPOST_CIRCLE.value}, {"helene"}),
            ({"nom": "marchal", "fonction": Function.FILEMANAGER_CIRCLE.value}, {"zoe"}),
            ({"nom": "inconnu"}, set()),
        ],
    )
    def test_narrow_the_list(self, client, manager, asked, expected):
        response = client.get(url(manager), asked)

        assert {each.pk for each in response.context["page_obj"]} == {self.who[key].pk for key in expected}

    def test_say_how_many_were_found(self, client, manager):
        assert shows(client.get(url(manager)), "Page 1 – 4 personnes trouvées.")
        assert shows(client.get(url(manager), {"nom": "petit"}), "Une personne trouvée.")
        assert shows(client.get(url(manager), {"nom": "inconnu"}), "Personne ne répond à ces critères")

    def test_stay_when_one_turns_the_page(self, client, manager):
        for _ in range(26):
            RoleAssignmentFactory(member__quality=manager.quality, function=Function.OA_ADMIN)

        response = client.get(url(manager), {"fonction": "OA_ADMIN", "page": 2})

        assert len(response.context["page_obj"]) == 1
        assert "?fonction=OA_ADMIN&amp;page=1" in response.content.decode()

    def test_what_cannot_be_understood_is_told(self, client, manager):
        response = client.get(url(manager), {"fonction": "AUTRE", "nom": "x" * 151})

        assert errors(response) == {"nom": ["max_length"], "fonction": ["invalid_choice"]}
        assert len(response.context["page_obj"]) == 4
