from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from bhod_portal.core import audit
from prosante_login.enums import FileAct, Profession, ProfileKind
from prosante_login.profiles import ProfileChoice
from prosante_login.services import acting, grantors
from tests.csam.factories import AT, LegalFunctionFactory, PersonFactory, WorldFactory
from tests.pages import shows
from tests.prosante_login.factories import CareProviderFactory, MandateFactory
from tests.prosante_login.open_files import open_file

URL = reverse("prosante_login:acting_log")
PHYSICIAN = ProfileChoice(ProfileKind.PROVIDER, profession=Profession.PHYSICIAN)


@pytest.fixture
def mandate(client, db):
    """The grantor is logged in, in his own file."""
    mandate = MandateFactory(
        provider__person=PersonFactory(world=WorldFactory(frozen_at=AT)),
        holder_person__first_name="Michel",
        holder_person__last_name="Haddad",
    )
    open_file(client, mandate.provider.person, PHYSICIAN)
    return mandate


def act(mandate, at=AT, **about):
    return acting.record(
        FileAct.FILE_ENTERED,
        provider=mandate.provider,
        mandate=mandate,
        by=mandate.holder_person,
        at=at,
        **about,
    )


def test_says_that_nobody_acted_yet(client, mandate):
    assertContains(client.get(URL), "Personne n'a encore agi pour vous.")


def test_shows_who_did_what_and_when_by_which_mandate(client, mandate):
    act(mandate, about="Rue du Moulin 5")

    response = client.get(URL)

    for text in (
        "10/03/2026 10:00",
        "Michel Haddad",
        "Dossier ouvert : Rue du Moulin 5",
        "Dossier administratif INAMI",
    ):
        assert shows(response, text)


def test_names_the_enterprise_that_holds_the_mandate(client, mandate):
    held = MandateFactory(provider=mandate.provider, for_enterprise=True)
    grantors.enter_file(
        mandate=held, by=LegalFunctionFactory(enterprise=held.holder_enterprise).person, at=AT
    )

    assert shows(client.get(URL), f"donné à {held.holder_enterprise}")


def test_leaves_out_ones_own_acts_and_those_in_other_files(client, mandate):
    person = mandate.provider.person
    acting.record(FileAct.FILE_LEFT, provider=mandate.provider, mandate=None, by=person, at=AT)
    act(MandateFactory(provider=CareProviderFactory(person=PersonFactory(world=person.world))))

    assertContains(client.get(URL), "Personne n'a encore agi pour vous.")


def test_an_act_whose_name_is_forgotten_shows_its_code(client, mandate):
    person = mandate.holder_person
    audit.record("prosante.old", mandate.provider, world=person.world, by=person, at=AT, mandate=0)

    assert shows(client.get(URL), "prosante.old")


def test_pages_with_the_latest_first_in_as_many_queries(client, mandate, max_reads):
    for minute in range(26):
        act(mandate, at=AT + timedelta(minutes=minute), about=f"acte {minute:02}")

    with max_reads(7):
        first = client.get(URL)

    assertContains(first, "acte 25")
    assertNotContains(first, "acte 00")
    assertContains(client.get(URL, {"page": 2}), "acte 00")


def test_a_mandatary_may_not_read_it(client, mandate):
    choice = ProfileChoice(ProfileKind.CITIZEN, mandate_id=mandate.pk)
    open_file(client, mandate.holder_person, choice)

    assert client.get(URL).status_code == 403
