"""« Exporter les utilisateurs (.csv) »: what the list shows, and nothing else."""

import csv

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod_portal.core.models import AuditEntry
from tests.access_mgmt.factories import QualityMemberFactory
from tests.csam.factories import PersonFactory

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def address(manager):
    return reverse("access_mgmt:member_export", args=[manager.quality.pk])


@pytest.fixture
def list_address(manager):
    return reverse("access_mgmt:member_list", args=[manager.quality.pk])


def rows(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(text.splitlines(keepends=True), delimiter=";"))


def test_gives_what_the_list_shows(client, manager, address):
    QualityMemberFactory(
        quality=manager.quality,
        person__last_name="Marchal",
        person__first_name="Hélène",
        person__username="mhelene",
        person__niss="71031499696",
    )

    response = client.get(address, {"nom": "march"})

    assert rows(response) == [
        ["Nom", "Prénom", "Nom d'utilisateur", "Type", "NISS", "Statut"],
        ["Marchal", "Hélène", "mhelene", "Utilisateur", "71.03.14-996.96", "Actif"],
    ]
    bce = manager.quality.enterprise.bce_number
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="utilisateurs-{bce}-2026-03-10.csv"'


def test_gives_all_pages_in_the_order_of_the_list(client, manager, address):
    for _ in range(60):
        QualityMemberFactory(quality=manager.quality)

    found = rows(client.get(address, {"tri": "-utilisateur", "page": "2"}))[1:]

    assert len(found) == 61
    assert [row[2] for row in found] == sorted([row[2] for row in found], reverse=True)


def test_lets_nothing_calculate(client, manager, address):
    person = PersonFactory(last_name='=HYPERLINK("http://exemple.invalid")', first_name="@a", username="-1+1")
    QualityMemberFactory(quality=manager.quality, person=person)

    found = rows(client.get(address, {"nom": "hyperlink"}))[1]

    assert found[:3] == ['\'=HYPERLINK("http://exemple.invalid")', "'@a", "'-1+1"]


def test_is_kept_in_the_trail(client, manager, address):
    client.get(address, {"nom": "personne-ne-s-appelle-ainsi"})

    entry = AuditEntry.objects.get(act="access_mgmt.member.exported")
    assert (entry.done_by_id, entry.details) == (manager.person.pk, {"count": 0})


def test_follows_a_search_by_niss(client, manager, address, list_address):
    QualityMemberFactory(quality=manager.quality)
    where = client.post(list_address, {"niss": manager.person.niss})["Location"]

    link = where.replace(list_address, address)

    assertContains(client.get(where), f'href="{link}"')
    assert [row[0] for row in rows(client.get(link))[1:]] == [manager.person.last_name]


def test_of_a_search_that_is_lost_leads_to_the_list(client, address, list_address):
    assertRedirects(client.get(address, {"recherche": "perdue"}), list_address)


def test_of_wrong_criteria_leads_to_what_is_wrong(client, address, list_address):
    assertRedirects(client.get(address, {"type": "chef"}), f"{list_address}?type=chef")


def test_is_not_offered_of_nothing(client, address, list_address):
    assertContains(client.get(list_address), address)
    assertNotContains(client.get(list_address, {"nom": "personne"}), address)


def test_says_who_is_blocked(client, manager, address):
    QualityMemberFactory(quality=manager.quality, blocked=True, person__last_name="Arendt")

    assert [row[5] for row in rows(client.get(address, {"nom": "arendt"}))[1:]] == ["Bloqué"]
