from datetime import date, timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from access_mgmt.enums import Function
from access_mgmt.services import blocking, propagation, role_assignments
from bhod_portal.core import clock
from bhod_portal.core.periods import Period
from tests.csam.login import log_in
from tests.pages import shows

URL = "/prosante/organisation/"


def choose(client, person, organisation):
    log_in(client, person)
    client.post(reverse("prosante_login:profile_choose"), {"kind": "citoyen", "organisation": organisation})


def test_names_the_functions_and_what_to_ask(client, demo):
    choose(client, demo.olivier_dubuc, demo.haute_meuse.pk)

    response = client.get(URL)

    assertContains(response, "CMG Haute-Meuse ASBL")
    assert shows(response, "INAMI_FILEMANAGER_BCE")
    assert shows(response, "OA_ADMIN")
    assert shows(response, "INAMI_GUARDPOST_GENERALPRACTITIONERCIRCLE")
    assertContains(response, reverse("access_mgmt:landing"))


def test_says_that_a_change_is_on_its_way(client, demo):
    choose(client, demo.olivier_dubuc, demo.haute_meuse.pk)
    role_assignments.assign_role(
        member=demo.olivier_dubuc.memberships.get(),
        function=Function.GUARDPOST_CIRCLE,
        period=Period(demo.today),
        by=demo.sofie_janssens,
        at=clock.now(demo.world),
    )

    assertContains(client.get(URL), "est en route")


def test_says_when_the_function_has_ended(client, demo):
    choose(client, demo.nadia_benali, demo.haute_meuse.pk)
    [assignment] = demo.nadia_benali.memberships.get().assignments.all()
    at = clock.now(demo.world)
    role_assignments.revoke_role(assignment=assignment, by=demo.sofie_janssens, at=at)
    clock.advance(demo.world, by=timedelta(minutes=20))
    propagation.apply_due_changes(real_now=at)

    response = client.get(URL)

    assert shows(response, "Vous n'avez pas de fonction dans cette organisation aujourd'hui.")
    assert shows(response, "vous a été retirée : elle n'agit plus depuis le")
    assert shows(response, f"Retrait demandé par {demo.sofie_janssens}.")
    assertNotContains(response, "est en route")


@pytest.mark.parametrize(
    ("loss", "sentence"),
    [
        ({"valid_until": date(2026, 1, 31)}, "a pris fin : son dernier jour était le 31/01/2026."),
        ({"valid_from": date(2199, 1, 1)}, "ne commence que le 01/01/2199."),
        (
            {"function": "OA_ADMIN", "valid_until": date(2026, 1, 31)},
            "Vous n'avez pas de fonction dans cette organisation aujourd'hui.",
        ),
    ],
)
def test_says_why_there_is_none(client, demo, loss, sentence):
    choose(client, demo.nadia_benali, demo.haute_meuse.pk)
    demo.nadia_benali.effective_roles.update(valid_from=date(2026, 1, 1))
    demo.nadia_benali.effective_roles.update(**loss)

    assert shows(client.get(URL), sentence)


def test_says_that_one_was_blocked(client, demo):
    choose(client, demo.nadia_benali, demo.haute_meuse.pk)
    at = clock.now(demo.world)
    blocking.block_member(member=demo.nadia_benali.memberships.get(), by=demo.sofie_janssens, at=at)
    clock.advance(demo.world, by=timedelta(minutes=20))
    propagation.apply_due_changes(real_now=at)

    response = client.get(URL)

    assert shows(response, f"{demo.sofie_janssens} vous a bloqué(e) dans cette organisation")


def test_leads_on_when_a_function_opens_an_application(client, demo):
    choose(client, demo.nadia_benali, demo.haute_meuse.pk)

    assertRedirects(client.get(URL), reverse("bhod:home"), fetch_redirect_response=False)


def test_needs_an_organisation(client, demo):
    choose(client, demo.olivier_dubuc, "")

    assertRedirects(client.get(URL), reverse("prosante_login:profile_choose"))


def test_needs_a_profile(client, demo):
    log_in(client, demo.olivier_dubuc)

    assertRedirects(client.get(URL), reverse("prosante_login:profile_choose"))
