from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from tests.csam.login import log_in

URL = "/prosante/citoyen/"
ANSWER = "vous ne disposez pas des droits nécessaires"


def choose(client, person, organisation=""):
    log_in(client, person)
    return client.post(
        reverse("prosante_login:profile_choose"), {"kind": "citoyen", "organisation": organisation}
    )


def test_gives_the_documents_answer_and_the_way_out(client, demo):
    choose(client, demo.yves_simon)

    response = client.get(URL)

    assertContains(response, ANSWER)
    assertContains(response, reverse("access_mgmt:landing"))
    assertContains(response, "délai maximal de 20 minutes")


def test_reminds_of_the_organisations_one_has(client, demo):
    choose(client, demo.marc_dubois)

    response = client.get(URL)

    assertContains(response, "CMG Pays des Lacs ASBL (0999.999.526)")
    assertNotContains(response, ANSWER)


def test_is_for_citizens_without_an_organisation(client, demo):
    choose(client, demo.marc_dubois, demo.haute_meuse.pk)

    assertRedirects(client.get(URL), reverse("prosante_login:profile_choose"))


def test_needs_a_profile(client, demo):
    log_in(client, demo.marc_dubois)

    assertRedirects(client.get(URL), reverse("prosante_login:profile_choose"))


def test_who_is_known_is_led_to_his_own_file(client, demo):
    choose(client, demo.peter_vogel)

    assertRedirects(client.get(URL), reverse("prosante_login:non_provider_file"))
