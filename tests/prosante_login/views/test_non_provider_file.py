from datetime import date

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from prosante_login.enums import ContactRole, Profession, ProfileKind
from prosante_login.profiles import ProfileChoice
from tests.csam.factories import AT, PersonFactory, WorldFactory
from tests.csam.login import log_in
from tests.pages import shows
from tests.prosante_login.factories import (
    AdministrativeContactFactory,
    CareProviderFactory,
    MandateFactory,
)
from tests.prosante_login.open_files import open_file

URL = reverse("prosante_login:non_provider_file")
CHOOSER = reverse("prosante_login:profile_choose")
CITIZEN = ProfileChoice(ProfileKind.CITIZEN)


@pytest.fixture
def person(db):
    return PersonFactory(world=WorldFactory(frozen_at=AT), first_name="Peter", last_name="Vogel")


def test_shows_who_one_is_and_as_what_inami_knows_one(client, demo, max_reads):
    client.cookies["django_language"] = "fr"
    open_file(client, demo.peter_vogel, CITIZEN)

    with max_reads(6):
        response = client.get(URL)

    for text in ("Bienvenue, Peter Vogel", "60.10.11-987.13", "Directeur", "Klinik Am Hohen Venn"):
        assert shows(response, text)
    assertNotContains(response, "Chercher un mandant")


def test_leads_a_mandatary_on(client, demo):
    client.cookies["django_language"] = "fr"
    open_file(client, demo.lena_schmitz, CITIZEN)

    response = client.get(URL)

    assertContains(response, "Seniorenheim Sankt Vith")
    assertContains(response, f'<a href="{reverse("prosante_login:grantor_search")}">Chercher un mandant</a>')


def test_shows_each_role_and_its_last_day(client, person):
    AdministrativeContactFactory(person=person)
    AdministrativeContactFactory(
        person=person, role=ContactRole.EHEALTH_CERTIFICATES, valid_until=date(2026, 3, 10)
    )
    open_file(client, person, CITIZEN)

    response = client.get(URL)

    assertContains(response, "Directeur")
    assertContains(response, "Gestionnaire de certificats eHealth")
    assertContains(response, "10/03/2026")


@pytest.mark.parametrize(
    "values", [None, {"valid_until": date(2026, 3, 9)}, {"valid_from": date(2026, 3, 11)}]
)
def test_explains_to_who_is_not_known(client, person, values):
    if values:
        AdministrativeContactFactory(person=person, **values)
    open_file(client, person, CITIZEN)

    response = client.get(URL)

    assert response.status_code == 403
    assert shows(response, "Vous devez être connu au sein de l'INAMI en tant que NON dispensateur de soins.")


def test_needs_a_profile(client, person):
    log_in(client, person)

    assertRedirects(client.get(URL), CHOOSER)


def test_is_the_citizens_own(client, person):
    AdministrativeContactFactory(person=person)
    CareProviderFactory(person=person)
    mandate = MandateFactory(holder_person=person)
    choices = (
        ProfileChoice(ProfileKind.PROVIDER, profession=Profession.PHYSICIAN),
        ProfileChoice(ProfileKind.CITIZEN, mandate_id=mandate.pk),
    )
    for choice in choices:
        open_file(client, person, choice)
        assertRedirects(client.get(URL), CHOOSER)
