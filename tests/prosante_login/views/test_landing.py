from django.urls import reverse
from pytest_django.asserts import assertContains

from tests.csam.factories import WorldFactory


def test_anyone_may_read_it(client):
    WorldFactory()

    response = client.get(reverse("prosante_login:landing"))

    assertContains(response, "Programmes web")
    assertContains(response, "Sélectionnez MyInami")
    assertContains(response, f'href="{reverse("prosante_login:profile_choose")}"')
