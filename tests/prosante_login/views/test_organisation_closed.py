from datetime import timedelta

from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from access_mgmt.enums import Function
from access_mgmt.services import propagation, role_assignments
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

    assertContains(response, "Vous n'avez plus de fonction")
    assertNotContains(response, "est en route")


def test_leads_on_when_a_function_opens_an_application(client, demo):
    choose(client, demo.nadia_benali, demo.haute_meuse.pk)

    assertRedirects(client.get(URL), reverse("bhod:home"), fetch_redirect_response=False)


def test_needs_an_organisation(client, demo):
    choose(client, demo.olivier_dubuc, "")

    assertRedirects(client.get(URL), reverse("prosante_login:profile_choose"))


def test_needs_a_profile(client, demo):
    log_in(client, demo.olivier_dubuc)

    assertRedirects(client.get(URL), reverse("prosante_login:profile_choose"))
