"""The users list by criteria, sorted and in pages."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from access_mgmt.enums import SecuredApplication
from tests.access_mgmt.factories import QualityMemberFactory
from tests.csam.factories import PersonFactory
from tests.csam.login import log_in
from tests.pages import shows

pytestmark = pytest.mark.usefixtures("stopped_clock")
MARCHAL = "71031499696"


@pytest.fixture
def address(manager):
    return reverse("access_mgmt:member_list", args=[manager.quality.pk])


@pytest.fixture
def _members(manager):
    """Three users beside the local manager."""
    names = [
        ("Maréchal", "Éloïse", "marechaleloise", MARCHAL),
        ("Van den Berg", "Anne", "vdb_anne", ""),
        ("O'Neil", "Léa", "oneil%lea", ""),
    ]
    for last, first, username, niss in names:
        person = PersonFactory(last_name=last, first_name=first, username=username)
        person.niss = niss or person.niss
        person.save(update_fields=["niss"])
        QualityMemberFactory(quality=manager.quality, person=person, secured_applications=["BHOD"])


def names(response):
    return [member.person.last_name for member in response.context["page_obj"]]


def search(client, address, **criteria):
    return client.post(address, criteria, follow=True)


@pytest.mark.usefixtures("_members")
class TestCriteria:
    @pytest.mark.parametrize(
        ("criteria", "found"),
        [
            ({"nom": "MARECHAL"}, ["Maréchal"]),
            ({"nom": "éch"}, ["Maréchal"]),
            ({"nom": "  van  DEN "}, ["Van den Berg"]),
            ({"nom": "anne"}, []),
            ({"prenom": "den"}, []),
            ({"prenom": "eloise"}, ["Maréchal"]),
            ({"prenom": "LÉA"}, ["O'Neil"]),
            ({"utilisateur": "VDB_"}, ["Van den Berg"]),
            ({"utilisateur": "_"}, ["Van den Berg"]),
            ({"utilisateur": "%"}, ["O'Neil"]),
            ({"nom": "%"}, []),
            ({"nom": "\\"}, []),
            ({"nom": "'; DROP TABLE csam_person; --"}, []),
            ({"type": "utilisateur", "prenom": "a"}, ["Van den Berg", "O'Neil"]),
            ({"application": "BHOD", "nom": "o'"}, ["O'Neil"]),
            ({"application": SecuredApplication.CHAPTER_IV.value}, []),
            ({"statut": "actif", "nom": "berg"}, ["Van den Berg"]),
            ({"niss": "71.03.14-996.96"}, ["Maréchal"]),
            ({"niss": MARCHAL, "nom": "berg"}, []),
        ],
    )
    def test_finds_who_answers_them_all(self, client, address, criteria, found):
        response = search(client, address, **criteria)

        assert sorted(names(response)) == sorted(found)
        assert shows(
            response,
            ["Aucun utilisateur trouvé.", "Un utilisateur trouvé.", "2 utilisateurs trouvés."][len(found)],
        )

    def test_stand_in_the_address_and_in_the_form_again(self, client, address):
        response = search(client, address, nom="Maréchal", type="utilisateur")

        assertRedirects(response, f"{address}?nom=Mar%C3%A9chal&type=utilisateur")
        assertContains(response, 'value="Maréchal"')
        assert shows(response, "Afficher tous les utilisateurs")

    def test_without_any_show_all(self, client, address):
        response = search(client, address, nom="  ")

        assertRedirects(response, address)
        assert shows(response, "4 utilisateurs trouvés.")

    @pytest.mark.parametrize(
        ("criteria", "code"),
        [
            ({"niss": "71031499697"}, "check_digits"),
            ({"niss": "71"}, "malformed"),
            ({"niss": "7103149\x009696"}, "malformed"),
            ({"nom": "a\x00b"}, "null_characters_not_allowed"),
            ({"nom": "x" * 151}, "max_length"),
            ({"type": "chef"}, "invalid_choice"),
            ({"statut": "parti"}, "invalid_choice"),
        ],
    )
    def test_that_are_wrong_find_nobody_and_are_explained(self, client, address, criteria, code):
        response = client.post(address, criteria)

        assert response.status_code == 200
        assert [error.code for [error] in response.context["filter_form"].errors.as_data().values()] == [code]
        assert names(response) == []
        if "niss" not in criteria:
            assert names(client.get(address, criteria)) == []

    def test_ask_for_a_token(self, address, manager):
        strict = Client(enforce_csrf_checks=True)
        log_in(strict, manager.person)
        token = re.findall(r'csrfmiddlewaretoken" value="(\w+)"', strict.get(address).content.decode())

        assert len(token) >= 3
        assert strict.post(address, {"csrfmiddlewaretoken": token[0]}).status_code == 302


@pytest.mark.usefixtures("_members")
class TestNiss:
    def test_stands_in_no_address(self, client, address):
        response = client.post(address, {"niss": MARCHAL, "nom": "mar"})

        assert re.fullmatch(rf"{address}\?recherche=[0-9a-f-]{{36}}", response["Location"])
        page = client.get(response["Location"])
        assert names(page) == ["Maréchal"]
        links = re.findall(r'(?:href|action)="([^"]*)"', page.content.decode())
        assert not [link for link in links if MARCHAL in link or "996" in link]
        assert any("recherche=" in link and "tri=" in link for link in links)
        assertContains(page, f'value="{MARCHAL}"')

    def test_in_an_address_is_not_read(self, client, address):
        response = client.get(address, {"niss": MARCHAL})

        assert len(names(response)) == 4
        assertNotContains(response, f"niss={MARCHAL}")

    def test_of_another_session_or_list_is_not_known(self, client, address, manager):
        where = client.post(address, {"niss": MARCHAL})["Location"]
        key = where.split("=")[1]
        colleague = QualityMemberFactory(quality=manager.quality, co_local_manager=True).person
        other = QualityMemberFactory(person=manager.person, local_manager=True).quality

        elsewhere = client.get(
            reverse("access_mgmt:member_list", args=[other.pk]), {"recherche": key}, follow=True
        )
        log_in(client, colleague)
        by_colleague = client.get(where, follow=True)

        assert shows(elsewhere, "Cette recherche n'est plus gardée")
        assertRedirects(by_colleague, address)

    def test_is_forgotten_after_many_other_searches(self, client, address):
        first = client.post(address, {"niss": MARCHAL})["Location"]
        for _ in range(19):
            client.post(address, {"niss": MARCHAL})
        assert client.get(first).status_code == 200

        client.post(address, {"niss": MARCHAL})

        assertRedirects(client.get(first), address)


@pytest.mark.usefixtures("_members")
class TestOrder:
    @pytest.mark.parametrize(
        ("sort", "found"),
        [
            ("prenom", ["Anne", "Éloïse", "Léa"]),
            ("-prenom", ["Léa", "Éloïse", "Anne"]),
            ("-nom", ["Anne", "Léa", "Éloïse"]),
            ("utilisateur", ["Éloïse", "Léa", "Anne"]),
            *((unknown, ["Éloïse", "Léa", "Anne"]) for unknown in ("", "--nom", "person__password", "\x00")),
        ],
    )
    def test_is_the_asked_one_and_else_by_name(self, client, address, sort, found):
        response = client.get(address, {"tri": sort, "type": "utilisateur"})

        assert [member.person.first_name for member in response.context["page_obj"]] == found

    def test_by_type_puts_the_managers_first(self, client, address, manager):
        QualityMemberFactory(quality=manager.quality, co_local_manager=True)

        response = client.get(address, {"tri": "type"})

        types = [member.type_name for member in response.context["page_obj"]]
        assert types == ["GL", "Co-GL", *["Utilisateur"] * 3]
        assertContains(response, 'aria-sort="ascending"')
        assertContains(response, "?tri=-type")

    def test_keeps_the_criteria(self, client, address):
        assertContains(client.get(address, {"nom": "é"}), "?nom=%C3%A9&amp;tri=niss")


class TestPages:
    def test_keep_criteria_and_order(self, client, manager, address):
        for _ in range(30):
            QualityMemberFactory(quality=manager.quality)

        response = client.get(address, {"type": "utilisateur", "tri": "-nom", "page": "2"})

        assert len(names(response)) == 5
        assertContains(response, "?type=utilisateur&amp;tri=-nom&amp;page=1")

    @pytest.mark.parametrize("number", ["0", "-1", "9" * 40, "x", "\x00", "1.5"])
    def test_that_are_not_there_give_one_that_is(self, client, address, number):
        assert len(names(client.get(address, {"page": number}))) == 1

    def test_cost_the_same_however_many_and_whatever_is_asked(self, client, manager, address, max_reads):
        for _ in range(30):
            QualityMemberFactory(quality=manager.quality)
        key = client.post(address, {"niss": manager.person.niss})["Location"]

        with max_reads(9):
            client.get(address, {"nom": "a", "prenom": "a", "tri": "prenom"})
        with max_reads(9):
            client.get(key)
