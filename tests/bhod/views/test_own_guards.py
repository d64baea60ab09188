"""« Mes gardes »: a doctor reads in his own file what circles registered for him."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod.enums import GuardState
from bhod.models import Guard
from prosante_login.enums import Capacity, MandateKind, Profession, ProfileKind
from prosante_login.models import Mandate
from prosante_login.profiles import ProfileChoice
from tests.csam.login import log_in
from tests.prosante_login.open_files import open_file

URL = reverse("bhod:own_guards")
PHYSICIAN = ProfileChoice(ProfileKind.PROVIDER, profession=Profession.PHYSICIAN)


def test_shows_the_guards_of_every_circle_with_hours_and_amount(client, demo):
    open_file(client, demo.bart_vermeulen, PHYSICIAN)

    shown = [line for number in (1, 2, 3, 4) for line in client.get(URL, {"page": number}).context["lines"]]

    assert {line.guard.provider.person for line in shown} == {demo.bart_vermeulen}
    assert {line.guard.unit.enterprise.name for line in shown} == {
        "CMG Haute-Meuse ASBL",
        "CMG Pays des Lacs ASBL",
    }
    assertContains(client.get(URL), "pas encore payée")
    assertContains(client.get(URL), "€")


def test_is_reached_by_the_menu_of_the_file(client, demo):
    open_file(client, demo.bart_vermeulen, PHYSICIAN)

    assertContains(client.get(reverse("prosante_login:file_home")), f'href="{URL}"')


def test_one_that_was_cancelled_has_no_amount(client, demo):
    guard = Guard.objects.filter(provider__person=demo.bart_vermeulen).order_by("-starts_at").first()
    Guard.objects.filter(provider__person=demo.bart_vermeulen).exclude(pk=guard.pk).delete()
    Guard.objects.update(
        state=GuardState.CANCELLED, cancelled_at=guard.registered_at, cancelled_by=guard.registered_by
    )
    open_file(client, demo.bart_vermeulen, PHYSICIAN)

    response = client.get(URL)

    assertContains(response, "annulée")
    assertNotContains(response, "€")


def test_says_so_when_there_is_none(client, demo):
    open_file(client, demo.karim_haddad, PHYSICIAN)

    assertContains(client.get(URL), "Aucun cercle")


@pytest.mark.parametrize(
    ("person", "kind", "status"),
    [
        ("michel_haddad", MandateKind.ADMINISTRATIVE_FILE, 200),
        ("ana_ferreira", MandateKind.SOCIAL_STATUS, 403),
    ],
)
def test_a_mandate_opens_it_or_does_not(client, demo, person, kind, status):
    holder = getattr(demo, person)
    mandate = Mandate.objects.get(holder_person=holder, kind=kind)
    choice = ProfileChoice(ProfileKind.CITIZEN, capacity=Capacity.MANDATARY, mandate_id=mandate.pk)
    open_file(client, holder, choice)

    assert client.get(URL).status_code == status


def test_without_a_file_one_is_led_to_it(client, demo):
    log_in(client, demo.bart_vermeulen)

    assertRedirects(client.get(URL), reverse("prosante_login:file_home"), fetch_redirect_response=False)


def test_asks_the_database_the_same_for_any_number(client, demo, django_assert_num_queries):
    open_file(client, demo.bart_vermeulen, PHYSICIAN)
    client.get(URL)

    with django_assert_num_queries(9):
        client.get(URL)
