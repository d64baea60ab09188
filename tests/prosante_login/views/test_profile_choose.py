from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from access_mgmt.enums import Function
from access_mgmt.services import role_assignments
from bhod_portal.core import clock
from bhod_portal.core.periods import Period
from csam.enums import DigitalKey
from prosante_login.http import SESSION_KEY
from tests.access_mgmt.factories import RoleAssignmentFactory
from tests.csam.login import log_in
from tests.pages import shows

NO_ORGANISATION = "Si vous ne voyez pas votre organisation"


def url(name="profile_choose"):
    return reverse(f"prosante_login:{name}")


def confirm(client, organisation="", kind="citoyen"):
    return client.post(url(), {"kind": kind, "organisation": organisation})


def test_offers_citizen_and_the_organisations_of_the_person(client, demo):
    log_in(client, demo.marc_dubois)

    response = client.get(url())

    form = response.context["form"]
    assert [str(label) for _, label in form.fields["kind"].choices] == ["Choisissez un profil", "Citoyen"]
    assert form["kind"].value() == "citoyen"
    assert [str(label) for _, label in form.fields["organisation"].choices] == [
        "Choisissez un profil",
        "CMG Haute-Meuse ASBL (0999.999.130)",
        "CMG Pays des Lacs ASBL (0999.999.526)",
    ]
    assertNotContains(response, NO_ORGANISATION)


@pytest.mark.parametrize("name", ["nadia_benali", "marc_dubois"])
def test_a_circle_function_opens_bhod(client, demo, name):
    log_in(client, getattr(demo, name))

    response = confirm(client, demo.haute_meuse.pk)

    assertRedirects(response, reverse("bhod:home"), fetch_redirect_response=False)


def test_the_choice_leads_on_to_where_one_was_going(client, demo):
    log_in(client, demo.nadia_benali)
    doctors = reverse("bhod:doctor_list")

    chooser = client.get(doctors).headers["Location"]
    response = client.post(chooser, {"kind": "citoyen", "organisation": demo.haute_meuse.pk})

    assertRedirects(response, doctors)


@pytest.mark.parametrize(
    "elsewhere", ["https://ailleurs.example/", "//ailleurs.example", "javascript:alert(1)"]
)
def test_the_choice_leads_nowhere_else(client, demo, elsewhere):
    log_in(client, demo.nadia_benali)

    response = client.post(url(), {"kind": "citoyen", "organisation": demo.haute_meuse.pk, "next": elsewhere})

    assertRedirects(response, reverse("bhod:home"), fetch_redirect_response=False)


def test_another_function_of_inami_is_explained(client, demo):
    log_in(client, demo.olivier_dubuc)

    response = confirm(client, demo.haute_meuse.pk)

    assertRedirects(response, url("organisation_closed"))


def test_citizen_alone_goes_to_his_page(client, demo):
    log_in(client, demo.nadia_benali)

    assertRedirects(confirm(client), url("citizen_home"))


def test_the_placeholder_is_no_profile(client, demo):
    log_in(client, demo.nadia_benali)

    response = confirm(client, kind="")

    assert response.context["form"].has_error("kind", "required")
    assert SESSION_KEY not in client.session


def test_offers_each_profession_as_a_group_below_citizen(client, demo):
    log_in(client, demo.elise_colson)

    *_rest, (group, professions) = client.get(url()).context["form"].fields["kind"].choices

    assert group == "Prestataire de soins professionnel"
    assert professions == [
        ("prestataire.BANDAGIST", "Bandagiste"),
        ("prestataire.PHYSICIAN", "Médecin"),
    ]


def test_a_profession_leads_to_ones_own_file(client, demo):
    log_in(client, demo.elise_colson)

    response = confirm(client, kind="prestataire.BANDAGIST")

    assertRedirects(response, "/prosante/dossier/", fetch_redirect_response=False)
    assert client.session[SESSION_KEY]["profession"] == "BANDAGIST"
    page = client.get(url())
    assert page.context["form"]["kind"].value() == "prestataire.BANDAGIST"
    assert shows(page, "Prestataire de soins professionnel – Bandagiste")


@pytest.mark.parametrize("kind", ["prestataire.NURSE", "prestataire.", "prestataire.PHYSICIAN.x", "x.NURSE"])
def test_refuses_a_profession_that_is_not_ones_own(client, demo, kind):
    log_in(client, demo.nadia_benali)

    response = confirm(client, kind=kind)

    assert response.context["form"].has_error("kind", "invalid_choice")
    assert shows(response, "Ce profil n'est pas, ou plus, le vôtre")
    assert SESSION_KEY not in client.session


def test_whose_file_is_not_ready_is_a_citizen_until_then(client, demo):
    log_in(client, demo.emma_wouters)

    response = client.get(url())

    assert [str(label) for _, label in response.context["form"].fields["kind"].choices] == [
        "Choisissez un profil",
        "Citoyen",
    ]
    assert shows(response, "Médecin : votre dossier devrait être prêt le 13/03/2026.")
    assertContains(response, "ne soit pas encore configuré dans le système")
    assert confirm(client, kind="prestataire.PHYSICIAN").context["form"].has_error("kind", "invalid_choice")

    clock.advance(demo.world, by=timedelta(days=3))
    assertRedirects(
        confirm(client, kind="prestataire.PHYSICIAN"), "/prosante/dossier/", fetch_redirect_response=False
    )


def test_a_link_into_ones_file_leads_on_to_its_page(client, demo):
    log_in(client, demo.elise_colson)
    addresses = reverse("prosante_login:address_list")

    chooser = client.get(addresses).headers["Location"]
    response = client.post(chooser, {"kind": "prestataire.PHYSICIAN", "organisation": ""})

    assertRedirects(response, addresses)


def test_a_link_does_not_lead_a_mandatary_past_his_search(client, demo):
    log_in(client, demo.michel_haddad)

    chooser = client.get("/prosante/dossier/").headers["Location"]
    response = client.post(chooser, {"kind": "citoyen", "organisation": ""})

    assertRedirects(response, reverse("prosante_login:grantor_search"))


def test_a_provider_goes_on_for_a_circle_as_a_citizen(client, demo):
    log_in(client, demo.nadia_benali)

    response = confirm(client, demo.haute_meuse.pk, kind="prestataire.PHYSICIAN")

    assert response.context["form"].has_error("kind", "provider_for_circle")
    assertContains(response, "Choisissez Citoyen pour vous connecter au nom d&#x27;un CMG")
    assert SESSION_KEY not in client.session


def test_says_why_an_organisation_is_not_in_the_list_any_more(client, demo):
    demo.marc_dubois.effective_roles.filter(enterprise=demo.pays_des_lacs).update(
        valid_until=demo.today - timedelta(days=1)
    )
    log_in(client, demo.marc_dubois)

    response = client.get(url())

    assert shows(response, "Pas dans la liste aujourd'hui")
    assert shows(response, "CMG Pays des Lacs ASBL (0999.999.526). Votre fonction")
    assert shows(response, "a pris fin : son dernier jour était le 09/03/2026.")


def test_shows_the_answer_to_who_sees_no_organisation(client, demo):
    log_in(client, demo.yves_simon)

    response = client.get(url())

    assertContains(response, NO_ORGANISATION)
    assertContains(response, "aucun changement vous concernant")


def test_says_that_a_change_is_on_its_way(client, demo):
    log_in(client, demo.ines_fontaine)
    role_assignments.assign_role(
        member=demo.ines_fontaine.memberships.get(),
        function=Function.GUARDPOST_CIRCLE,
        period=Period(demo.today),
        by=demo.sofie_janssens,
        at=clock.now(demo.world),
    )

    assertContains(client.get(url()), "est en route")


@pytest.mark.parametrize("organisation", ["val_de_senne", "pays_des_lacs"])
def test_refuses_an_organisation_that_was_not_offered(client, demo, organisation):
    log_in(client, demo.nadia_benali)

    response = confirm(client, getattr(demo, organisation).pk)

    assert response.status_code == 200
    assert response.context["form"].has_error("organisation", "invalid_choice")
    assertContains(response, "dans cette organisation")
    assert SESSION_KEY not in client.session


@pytest.mark.parametrize("values", [{"organisation": "x"}, {"organisation": "-1"}, {"kind": "prestataire"}])
def test_refuses_nonsense(client, demo, values):
    log_in(client, demo.nadia_benali)

    response = confirm(client, **values)

    assert response.context["form"].errors
    assert SESSION_KEY not in client.session


def test_keeps_the_choice_and_nothing_that_it_grants(client, demo):
    log_in(client, demo.nadia_benali)
    confirm(client, demo.haute_meuse.pk)

    assert client.session[SESSION_KEY] == {
        "person": demo.nadia_benali.pk,
        "kind": "citoyen",
        "enterprise_id": demo.haute_meuse.pk,
        "profession": None,
        "capacity": None,
        "mandate_id": None,
    }
    assert client.get(url()).context["form"]["organisation"].value() == demo.haute_meuse.pk


def test_the_profile_may_be_changed_at_any_time(client, demo):
    log_in(client, demo.marc_dubois)
    confirm(client, demo.haute_meuse.pk)

    confirm(client, demo.pays_des_lacs.pk)

    assert client.session[SESSION_KEY]["enterprise_id"] == demo.pays_des_lacs.pk


def test_another_person_in_the_same_browser_starts_anew(client, demo):
    log_in(client, demo.marc_dubois)
    confirm(client, demo.haute_meuse.pk)

    log_in(client, demo.nadia_benali)

    assertRedirects(client.get(url("citizen_home")), url())


def test_asks_a_visitor_to_identify_himself(client, demo):
    response = client.get(url())

    assert response.headers["Location"].startswith(reverse("csam:identification"))


def test_a_weak_key_is_not_enough(client, demo):
    log_in(client, demo.sofie_janssens, key=DigitalKey.PASSWORD)

    assert client.get(url()).headers["Location"].startswith(reverse("csam:level_too_weak"))


def test_fifty_organisations_take_six_queries_at_most(client, demo, max_reads):
    person = demo.nadia_benali
    for _ in range(50):
        RoleAssignmentFactory(
            member__person=person, member__quality__enterprise__world=demo.world, effective=True
        )
    log_in(client, person)
    confirm(client, demo.haute_meuse.pk)

    with max_reads(6):
        response = client.get(url())

    assert len(response.context["form"].fields["organisation"].choices) == 52
