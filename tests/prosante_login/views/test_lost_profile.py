"""A mandate, a function or a file that ends is felt at the next request, and the page says why."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertNotContains, assertRedirects

from bhod_portal.core import clock
from prosante_login.enums import Capacity, Profession, ProfileKind
from prosante_login.http import SESSION_KEY
from tests.csam.login import log_in
from tests.pages import shows
from tests.personas import choose_profile

CHOOSER = "/prosante/profil/"
LOST = "Le profil que vous aviez choisi n'est plus le vôtre."


def keep(client, person, **choice):
    """A choice as the session keeps it."""
    session = client.session
    session[SESSION_KEY] = {
        "person": person.pk,
        "kind": ProfileKind.CITIZEN.value,
        "enterprise_id": None,
    } | choice
    session.save()


def test_a_mandate_that_was_stopped(client, demo):
    client.cookies["django_language"] = "fr"
    person = demo.lena_schmitz
    mandate = person.mandates_held.get()
    log_in(client, person)
    keep(client, person, capacity=Capacity.MANDATARY.value, mandate_id=mandate.pk)
    assertNotContains(client.get(CHOOSER), LOST)

    person.mandates_held.update(stopped_at=clock.now(demo.world), stopped_by=demo.elise_colson)
    response = client.get(CHOOSER)

    assert shows(response, LOST)
    assert shows(response, f"Votre mandat d'{demo.elise_colson} ne s'ouvre plus.")
    assert shows(response, f"{demo.elise_colson} l'a arrêté le 10/03/2026.")
    # Without it she is one thing only, and is not asked any more.
    choose_profile(client, None)
    assert client.get(reverse("prosante_login:profile_select")).headers["Location"].endswith("/mon-dossier/")


def test_a_profession_of_ones_own(client, demo):
    person = demo.elise_colson
    log_in(client, person)
    keep(client, person, kind=ProfileKind.PROVIDER.value, profession=Profession.BANDAGIST.value)
    person.care_providers.filter(profession=Profession.BANDAGIST).update(
        file_ready_on=demo.today + timedelta(days=2)
    )

    response = client.get(CHOOSER)

    assert shows(response, "Le dossier de votre profession « Bandagiste » n'est pas, ou plus, ouvert.")
    assert shows(response, "Bandagiste : votre dossier devrait être prêt le 12/03/2026.")


def test_an_enterprise_that_is_gone(client, demo):
    log_in(client, demo.marc_dubois)
    keep(client, demo.marc_dubois, enterprise_id=10**9)

    assert shows(client.get(CHOOSER), "Ce que vous aviez choisi n'existe plus.")


@pytest.mark.parametrize(
    ("ended", "sentence"),
    [
        ("mandate", "Votre mandat de Karim Haddad ne s'ouvre plus. Karim Haddad l'a arrêté le 10/03/2026."),
        ("tie", "votre fonction légale chez Maison médicale La Source ASBL a pris fin le 09/03/2026"),
    ],
)
def test_what_an_organisation_held(client, demo, ended, sentence):
    person, enterprise = demo.maria_rossi, demo.la_source
    log_in(client, person)
    choose_profile(client, enterprise.pk)
    if ended == "mandate":
        enterprise.mandates_held.update(stopped_at=clock.now(demo.world), stopped_by=demo.karim_haddad)
    else:
        person.legal_functions.update(valid_until=demo.today - timedelta(days=1))

    response = client.get(reverse("prosante_login:organisation_closed"))

    assert shows(response, sentence)
    assert shows(response, "Pourquoi ?")
    # She may choose it no more, and the list is empty.
    assert client.post(CHOOSER, {"kind": "citoyen", "organisation": enterprise.pk}).status_code == 200


def test_what_was_held_is_not_told_to_who_never_acted(client, demo):
    """The mandate still holds; his function opens nothing, and the mandate is not his to use."""
    demo.la_source.mandates_held.update(holder_enterprise=demo.haute_meuse)
    log_in(client, demo.olivier_dubuc)
    choose_profile(client, demo.haute_meuse.pk)

    assertNotContains(client.get(reverse("prosante_login:organisation_closed")), "Karim Haddad")


def test_what_was_given_after_one_left_is_not_told(client, demo):
    log_in(client, demo.maria_rossi)
    choose_profile(client, demo.la_source.pk)
    demo.maria_rossi.legal_functions.update(valid_until=date(2026, 1, 31))
    demo.la_source.mandates_held.update(given_at=datetime(2026, 3, 1, 12, tzinfo=UTC))

    assertNotContains(client.get(reverse("prosante_login:organisation_closed")), "Karim Haddad")


def test_what_others_held_is_not_told(client, demo):
    """A function that opens nothing, at an organisation whose mandates are not his to use."""
    mandate = demo.la_source.mandates_held.get()
    mandate.holder_enterprise = demo.haute_meuse
    mandate.stopped_at, mandate.stopped_by = clock.now(demo.world), demo.karim_haddad
    mandate.save()
    log_in(client, demo.olivier_dubuc)
    choose_profile(client, demo.haute_meuse.pk)

    assertNotContains(client.get(reverse("prosante_login:organisation_closed")), "Karim Haddad")


def test_before_any_choice_nothing_was_lost(client, demo):
    log_in(client, demo.marc_dubois)

    assertNotContains(client.get(CHOOSER), LOST)
    assertRedirects(client.get("/prosante/organisation/"), CHOOSER)
