from django.urls import reverse

from tests.access_mgmt.factories import QualityMemberFactory
from tests.csam.factories import AccessManagerFactory
from tests.csam.login import log_in
from tests.pages import shows


def url(quality):
    return reverse("access_mgmt:quality_detail", args=[quality.pk])


def test_welcomes_a_manager_by_his_function(client, django_assert_max_num_queries):
    manager = QualityMemberFactory(co_local_manager=True)
    log_in(client, manager.person)

    with django_assert_max_num_queries(20):
        response = client.get(url(manager.quality))

    assert shows(
        response,
        f"Bienvenue {manager.person}, vous accédez en tant que Co-Gestionnaire Local au portail de la "
        "Sécurité Sociale pour la qualité suivante:",
    )
    assert shows(response, "Pensez à vérifier régulièrement les données de la qualité que vous gérez.")
    assert shows(response, "10/03/2026")
    assert shows(response, "n'a pas encore d'utilisateur")


def test_welcomes_who_manages_the_entity_and_leads_on(client):
    member = QualityMemberFactory(local_manager=True)
    QualityMemberFactory(quality=member.quality)
    gap = AccessManagerFactory(enterprise=member.quality.enterprise).person
    log_in(client, gap)

    response = client.get(url(member.quality))

    assert shows(response, "en tant que Responsable Accès Entité")
    assert reverse("access_mgmt:role_overview", args=[member.quality.pk]) in response.content.decode()


def test_the_menu_has_only_pages_that_are_there(client):
    manager = QualityMemberFactory(local_manager=True)
    log_in(client, manager.person)

    html = client.get(url(manager.quality)).content.decode()
    menu = html[html.index('class="side-menu"') :]

    for page in ("quality_detail", "member_list", "role_overview", "messaging"):
        assert reverse(f"access_mgmt:{page}", args=[manager.quality.pk]) in menu
    assert reverse("access_mgmt:member_search") in menu
