"""« Mes gardes »: a doctor reads in his own file what circles registered for him."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod.enums import PayState
from bhod.models import Guard
from bhod_portal.core import clock
from prosante_login.enums import Capacity, MandateKind, Profession, ProfileKind
from prosante_login.models import CareProvider, Mandate
from prosante_login.profiles import ProfileChoice
from tests.bhod.factories import AT, GuardFactory
from tests.bhod.payment_factories import GuardCheckFactory
from tests.csam.login import log_in
from tests.pages import text_of
from tests.prosante_login.factories import CareProviderFactory
from tests.prosante_login.open_files import open_file

URL = reverse("bhod:own_guards")
PHYSICIAN = ProfileChoice(ProfileKind.PROVIDER, profession=Profession.PHYSICIAN)


def somebody_else(demo):
    return CareProviderFactory(person__world=demo.world)


def test_shows_the_guards_of_every_circle_with_hours_and_amount(client, demo):
    open_file(client, demo.bart_vermeulen, PHYSICIAN)

    pages = [client.get(URL, {"page": number}).context for number in (1, 2, 3, 4)]
    rows = [row for context in pages for row in context["lines"]]
    shown = [row.line for row in rows]

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
    assertContains(client.get(URL), "€")
    # The demo world has one payment behind it, and what was confirmed since waits for the night.
    assert {row.pay.state for row in rows if row.pay} >= {PayState.PAID, PayState.IN_CHECK}
    assert "à contrôler par l'INAMI" in text_of(client.get(URL))


def test_says_of_each_where_its_money_stands(client, demo):
    provider = CareProvider.objects.get(person=demo.karim_haddad)
    refused = GuardCheckFactory(guard__provider=provider, refused=True).guard
    validated = GuardCheckFactory(
        guard__provider=provider, guard__weekend=True, amount=Decimal("80.60")
    ).guard
    open_file(client, demo.karim_haddad, PHYSICIAN)

    response = client.get(URL)

    found = {row.line.guard: (row.pay.state, row.amount) for row in response.context["lines"]}
    assert found == {
        refused: (PayState.REFUSED, None),
        validated: (PayState.VALIDATED, Decimal("80.60")),
    }
    assertContains(response, reverse("bhod:own_guard", args=[refused.reference]))


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
    provider = CareProvider.objects.get(person=demo.karim_haddad)
    days = timedelta(days=0 if is_past else 7)
    guard = GuardFactory.build()
    GuardFactory(
        provider=provider, cancelled=True, starts_at=guard.starts_at + days, ends_at=guard.ends_at + days
    )
    open_file(client, demo.karim_haddad, PHYSICIAN)

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


@pytest.mark.parametrize(("page", "queries"), [(1, 14), (3, 15)])
def test_asks_the_database_the_same_for_any_number(client, demo, page, queries, django_assert_num_queries):
    """Guards that were paid are settled somewhere: one query more."""
    open_file(client, demo.bart_vermeulen, PHYSICIAN)
    client.get(URL)

    with django_assert_num_queries(queries):
        client.get(URL, {"page": page})
