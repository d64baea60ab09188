import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from tests.csam.factories import AccessManagerFactory, EnterpriseFactory, LegalFunctionFactory, WorldFactory
from tests.pages import shows

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def enterprise():
    return EnterpriseFactory(name="CMG Val de Senne ASBL")


def url(enterprise):
    return reverse("csam:bce_enterprise", args=[enterprise.bce_number])


def test_shows_what_the_bce_knows(client, enterprise):
    response = client.get(url(enterprise))

    for text in (
        "CMG Val de Senne ASBL",
        f"{enterprise.bce_number[:4]}.{enterprise.bce_number[4:7]}.{enterprise.bce_number[7:]}",
        "Association sans but lucratif",
        "Rue de la Station 1, 7090 Braine-le-Comte",
        "01/01/2005",
    ):
        assert shows(response, text)


def test_lists_the_legal_functions_those_in_force_first(client, enterprise):
    for traits, first_name in (({"over": True}, "Alain"), ({"to_come": True}, "Tom"), ({}, "Zoé")):
        LegalFunctionFactory(enterprise=enterprise, person__first_name=first_name, **traits)

    response = client.get(url(enterprise))

    lines = [(line.function.person.first_name, line.state) for line in response.context["functions"]]
    assert lines == [("Zoé", "en cours"), ("Tom", "à venir"), ("Alain", "terminée")]
    assert shows(response, "01/01/2020")
    assert shows(response, "31/12/2023")


def test_shows_nobodys_national_number_and_no_manager(client, enterprise):
    function = LegalFunctionFactory(enterprise=enterprise)
    manager = AccessManagerFactory(enterprise=enterprise, person__last_name="Gestionnaire")

    response = client.get(url(enterprise))

    for person in (function.person, manager.person):
        assertNotContains(response, person.niss)
        assertNotContains(response, person.niss[:6])
    assertNotContains(response, "Gestionnaire</td>")
    assert str(manager.person) not in response.text


def test_says_that_the_bce_knows_no_function(client, enterprise):
    assert shows(client.get(url(enterprise)), "La BCE ne connaît aucune fonction légale")


class TestTheNextStep:
    def test_is_to_register_it(self, client, enterprise):
        register = f"{reverse('csam:enterprise_register')}?numero={enterprise.bce_number}"

        assertContains(client.get(url(enterprise)), f'href="{register}"')

    def test_is_to_manage_its_accesses_once_registered(self, client):
        response = client.get(url(EnterpriseFactory(registered=True)))

        assertContains(response, f'btn-primary" href="{reverse("access_mgmt:landing")}"')
        assertNotContains(response, "?numero=")

    def test_is_none_for_one_that_has_stopped(self, client):
        response = client.get(url(EnterpriseFactory(stopped=True)))

        assert shows(response, "Cette entreprise est arrêtée depuis le 30/06/2024.")
        assertNotContains(response, "?numero=")


def test_is_not_there_for_another_world(client):
    WorldFactory()

    assert client.get(url(EnterpriseFactory(world__code="ailleurs"))).status_code == 404


def test_makes_as_many_queries_however_many_functions(client, enterprise, max_reads):
    LegalFunctionFactory.create_batch(5, enterprise=enterprise)

    # The world, the enterprise, its functions with their persons.
    with max_reads(3):
        client.get(url(enterprise))
