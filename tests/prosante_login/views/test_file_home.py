"""The first page of a care provider's file, his own or a grantor's."""

from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod_portal.core import clock
from prosante_login import http
from prosante_login.enums import Capacity, MandateKind, Profession, ProfileKind
from prosante_login.models import Mandate
from prosante_login.profiles import ProfileChoice
from tests.csam.login import log_in
from tests.prosante_login.open_files import open_file

URL = reverse("prosante_login:file_home")


def test_shows_who_one_is_and_in_which_profession(client, demo):
    open_file(client, demo.elise_colson, ProfileChoice(ProfileKind.PROVIDER, profession=Profession.PHYSICIAN))

    response = client.get(URL)

    for text in (
        "Mon dossier",
        "Colson",
        "83.05.28-974.61",
        "Médecin",
        "1-99907-10-003",
        "généraliste agréé",
    ):
        assertContains(response, text)


def test_of_another_profession_the_code_is_not_put_in_words(client, demo):
    open_file(client, demo.elise_colson, ProfileChoice(ProfileKind.PROVIDER, profession=Profession.BANDAGIST))

    assertNotContains(client.get(URL), "généraliste")


def test_a_number_is_not_needed(client, demo):
    open_file(client, demo.noah_willems, ProfileChoice(ProfileKind.PROVIDER, profession=Profession.NURSE))

    assertContains(client.get(URL), "un visa suffit")


def test_a_mandatary_sees_whose_file_it_is(client, demo):
    mandate = Mandate.objects.get(holder_person=demo.michel_haddad)
    open_file(client, demo.michel_haddad, ProfileChoice(ProfileKind.CITIZEN, mandate_id=mandate.pk))

    assertContains(client.get(URL), "Dossier de Karim Haddad")


class TestTheWayBack:
    """From a page outside the file, without choosing the profile once more."""

    ELSEWHERE = reverse("prosante_login:received_mandates")
    SEARCH = reverse("prosante_login:grantor_search")

    def test_to_ones_own_file(self, client, demo):
        open_file(
            client, demo.karim_haddad, ProfileChoice(ProfileKind.PROVIDER, profession=Profession.PHYSICIAN)
        )

        assertContains(client.get(self.ELSEWHERE), f'<a href="{URL}">Mon dossier</a>', html=True)

    def test_to_the_grantors_file(self, client, demo):
        mandate = Mandate.objects.get(holder_person=demo.michel_haddad)
        open_file(client, demo.michel_haddad, ProfileChoice(ProfileKind.CITIZEN, mandate_id=mandate.pk))

        assertContains(client.get(self.ELSEWHERE), f'<a href="{URL}">Son dossier</a>', html=True)

    def test_to_the_search_of_a_mandatary(self, client, demo):
        client.cookies["django_language"] = "fr"
        open_file(client, demo.lena_schmitz, ProfileChoice(ProfileKind.CITIZEN, capacity=Capacity.MANDATARY))

        assertContains(client.get(self.ELSEWHERE), f'<a href="{self.SEARCH}">Chercher mandant</a>', html=True)

    def test_not_to_a_search_that_finds_nothing(self, client, demo):
        open_file(client, demo.yves_simon, ProfileChoice(ProfileKind.CITIZEN))

        assertNotContains(client.get(self.ELSEWHERE), self.SEARCH)


@pytest.mark.parametrize("person", ["yves_simon", "emma_wouters"])
def test_without_a_file_one_chooses_a_profile(client, demo, person):
    log_in(client, getattr(demo, person))

    assertRedirects(client.get(URL), f"{reverse('prosante_login:profile_choose')}?next={URL}")


def test_a_file_opens_on_the_day_it_is_ready(client, demo):
    choice = ProfileChoice(ProfileKind.PROVIDER, profession=Profession.PHYSICIAN)
    open_file(client, demo.emma_wouters, choice)
    assert client.get(URL).status_code == 302

    clock.advance(demo.world, by=timedelta(days=3))
    open_file(client, demo.emma_wouters, choice)

    assertContains(client.get(URL), "1-99904-13-005")


def test_a_mandate_that_is_stopped_closes_the_file_at_the_next_request(client, demo):
    mandate = Mandate.objects.get(holder_person=demo.michel_haddad)
    open_file(client, demo.michel_haddad, ProfileChoice(ProfileKind.CITIZEN, mandate_id=mandate.pk))
    assert client.get(URL).status_code == 200

    Mandate.objects.filter(pk=mandate.pk).update(stopped_at=mandate.given_at, stopped_by=mandate.given_by)

    assert client.get(URL).status_code == 403


def test_what_a_mandate_opens_depends_on_its_kind(client, demo):
    mandate = Mandate.objects.get(kind=MandateKind.SOCIAL_STATUS, holder_person=demo.ana_ferreira)
    open_file(client, demo.ana_ferreira, ProfileChoice(ProfileKind.CITIZEN, mandate_id=mandate.pk))

    assert client.session[http.SESSION_KEY]["mandate_id"] == mandate.pk
    assert client.get(URL).status_code == 200
