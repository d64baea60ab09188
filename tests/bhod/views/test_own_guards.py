"""« Mes gardes »: a doctor reads in his own file what circles registered for him."""

from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod.enums import GuardState
from bhod.models import Guard
from bhod_portal.core import clock
from prosante_login.enums import Capacity, MandateKind, Profession, ProfileKind
from prosante_login.models import CareProvider, Mandate
from prosante_login.profiles import ProfileChoice
from tests.bhod.factories import AT, GuardFactory
from tests.csam.login import log_in
from tests.prosante_login.factories import CareProviderFactory
from tests.prosante_login.open_files import open_file

URL = reverse("bhod:own_guards")
PHYSICIAN = ProfileChoice(ProfileKind.PROVIDER, profession=Profession.PHYSICIAN)


def somebody_else(demo):
    return CareProviderFactory(person__world=demo.world)


def test_shows_the_guards_of_every_circle_with_hours_and_amount(client, demo):
    open_file(client, demo.bart_vermeulen, PHYSICIAN)

    pages = [client.get(URL, {"page": number}).context for number in (1, 2, 3, 4)]
    shown = [line for context in pages for line in context["lines"]]

    assert {line.guard.provider.person for line in shown} == {demo.bart_vermeulen}
    assert {line.guard.unit.enterprise.name for line in shown} == {
        "CMG Haute-Meuse ASBL",
        "CMG Pays des Lacs ASBL",
    }
    coming = [each.line.guard for each in pages[0]["coming"]]
    assert coming == sorted(coming, key=lambda guard: guard.starts_at)
    now = clock.now(demo.world)
    assert {guard.ends_at > now for guard in coming} == {True}
    assert {line.guard.ends_at <= now for line in shown} == {True}
    assertContains(client.get(URL), "confirmée")
    assertContains(client.get(URL), "pas encore payée")
    assertContains(client.get(URL), "€")


def test_is_reached_by_the_menu_of_the_file(client, demo):
    open_file(client, demo.bart_vermeulen, PHYSICIAN)

    assertContains(client.get(reverse("prosante_login:file_home")), f'href="{URL}"')


def test_never_shows_a_draft(client, demo):
    Guard.objects.filter(provider__person=demo.bart_vermeulen).update(provider=somebody_else(demo))
    provider = CareProvider.objects.get(person=demo.bart_vermeulen)
    GuardFactory(provider=provider, draft=True, starts_at=AT, ends_at=AT + timedelta(hours=12))
    GuardFactory(provider=provider, draft=True)
    open_file(client, demo.bart_vermeulen, PHYSICIAN)

    context = client.get(URL).context

    assert (context["coming"], context["lines"]) == ([], [])


@pytest.mark.parametrize("is_past", [True, False])
def test_one_that_was_cancelled_has_no_amount(client, demo, is_past):
    guards = Guard.objects.filter(provider__person=demo.bart_vermeulen).order_by("-starts_at")
    guard = guards.last() if is_past else guards.first()
    guards.exclude(pk=guard.pk).update(provider=somebody_else(demo))
    Guard.objects.update(
        state=GuardState.CANCELLED, cancelled_at=guard.registered_at, cancelled_by=guard.registered_by
    )
    open_file(client, demo.bart_vermeulen, PHYSICIAN)

    response = client.get(URL)

    assertContains(response, "annulée")
    assertNotContains(response, "€")


def test_says_so_when_there_is_none(client, demo):
    open_file(client, demo.karim_haddad, PHYSICIAN)

    response = client.get(URL)
    assertContains(response, "Aucun cercle n'a enregistré de garde à venir", html=False)
    assertContains(response, "Aucun cercle n'a enregistré de garde passée", html=False)


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


def test_without_a_file_one_is_led_to_the_profile_and_back(client, demo):
    log_in(client, demo.bart_vermeulen)
    chooser = f"{reverse('prosante_login:profile_choose')}?next={URL.replace('/', '%2F')}"

    assertRedirects(client.get(URL), chooser)
    answer = client.post(chooser, {"kind": "prestataire.PHYSICIAN", "organisation": ""})
    assert answer.url == URL


def test_asks_the_database_the_same_for_any_number(client, demo, django_assert_num_queries):
    open_file(client, demo.bart_vermeulen, PHYSICIAN)
    client.get(URL)

    with django_assert_num_queries(12):
        client.get(URL)
