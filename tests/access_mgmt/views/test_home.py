import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from tests.access_mgmt.factories import QualityFactory, QualityMemberFactory
from tests.csam.factories import (
    AccessManagerFactory,
    EnterpriseFactory,
    LegalFunctionFactory,
    PersonFactory,
    WorldFactory,
)
from tests.csam.login import log_in
from tests.pages import shows

URL = reverse("access_mgmt:home")


@pytest.fixture(autouse=True)
def _world():
    WorldFactory()


def test_the_landing_page_is_public_and_leads_to_the_home(client):
    assertContains(client.get(reverse("access_mgmt:landing")), f'href="{URL}"')


def test_asks_a_visitor_to_identify_himself(client):
    response = client.get(URL)

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("csam:identification"))


def test_shows_the_roles_of_the_only_entity_at_once(client):
    enterprise = EnterpriseFactory(
        registered=True, employer=True, name="CMG Val de Senne ASBL", bce_number="0999999031"
    )
    gap = AccessManagerFactory(enterprise=enterprise).person
    employer = QualityFactory(employer=True, enterprise=enterprise)
    QualityMemberFactory(quality=employer, person=gap, local_manager=True)
    log_in(client, gap)

    response = client.get(URL)

    assert shows(
        response,
        "Dénomination: CMG Val de Senne ASBL; Numéro d'entreprise: 0999.999.031 (Responsable Accès Entité)",
    )
    assert shows(response, "Qualité: Employeur ONSS; Matricule ONSS: 1990090-79 (Gestionnaire Local)")
    assertContains(response, reverse("access_mgmt:quality_list", args=["0999999031"]))
    assertContains(response, reverse("access_mgmt:quality_detail", args=[employer.pk]))


def test_lets_who_has_several_entities_choose_one(client, django_assert_max_num_queries):
    first = AccessManagerFactory()
    second = AccessManagerFactory(person=first.person, dpo=True)
    quality = QualityFactory(enterprise=second.enterprise)
    log_in(client, first.person)

    assert not shows(client.get(URL), "Cliquez sur le lien souhaité")
    with django_assert_max_num_queries(13):
        response = client.get(URL, {"entite": second.enterprise.bce_number})

    assertContains(response, "(Data protection officer)", count=2)
    assertContains(response, reverse("access_mgmt:quality_detail", args=[quality.pk]))
    assert not shows(response, "(Responsable Accès Entité)")


def test_says_that_an_entity_is_not_his(client):
    person = AccessManagerFactory().person
    log_in(client, person)

    response = client.get(URL, {"entite": EnterpriseFactory().bce_number})

    assert response.context["form"].has_error("entite", "invalid_choice")


def test_leads_the_local_manager_of_one_quality_straight_to_it(client):
    manager = QualityMemberFactory(co_local_manager=True)
    log_in(client, manager.person)

    assertRedirects(client.get(URL), reverse("access_mgmt:quality_detail", args=[manager.quality.pk]))


def test_does_not_lead_away_who_is_something_else_besides(client):
    manager = QualityMemberFactory(local_manager=True)
    QualityMemberFactory(person=manager.person)
    log_in(client, manager.person)

    assert client.get(URL).status_code == 200


def test_tells_a_plain_user_where_his_functions_serve(client):
    user = QualityMemberFactory()
    log_in(client, user.person)

    response = client.get(URL)

    assert shows(response, "(Utilisateur)")
    assert not shows(response, "Cliquez sur le lien souhaité")
    assert shows(response, "Comme utilisateur, vous ne gérez pas d'accès ici")
    assertNotContains(response, reverse("access_mgmt:quality_detail", args=[user.quality.pk]))


def test_does_not_count_what_is_over_or_of_another_domain(client):
    manager = AccessManagerFactory(ended=True)
    AccessManagerFactory(person=manager.person, of_finance=True)
    QualityMemberFactory(person=manager.person, ended=True)
    LegalFunctionFactory(person=manager.person)
    log_in(client, manager.person)

    assert shows(client.get(URL), "dans aucune entreprise ou organisation")


def test_tells_who_has_nothing_what_to_do(client):
    log_in(client, PersonFactory())

    response = client.get(URL)

    assert shows(response, "désignez son Gestionnaire d'Accès Principal")
    assertContains(response, reverse("csam:landing"))
