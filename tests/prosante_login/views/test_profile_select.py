import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from prosante_login.enums import Capacity
from prosante_login.http import SESSION_KEY
from tests.csam.login import log_in
from tests.pages import shows
from tests.personas import choose_profile
from tests.prosante_login.factories import MandateDelegateFactory, MandateFactory

URL = "/prosante/profil/selection/"
CHOOSER = "/prosante/profil/"


@pytest.fixture
def lena(client, demo):
    """Director, whom INAMI knows, and mandatary: she chose « Citoyen », and French though she speaks German."""
    client.cookies["django_language"] = "fr"
    log_in(client, demo.lena_schmitz)
    response = client.post(CHOOSER, {"kind": "citoyen", "organisation": ""})
    assertRedirects(response, URL)
    return client


@pytest.fixture
def nadia(client, demo):
    """Manager of a circle that holds a mandate which she may use: she chose the circle."""
    MandateFactory(
        for_enterprise=True, holder_enterprise=demo.haute_meuse, provider__person__world=demo.world
    )
    MandateDelegateFactory(enterprise=demo.haute_meuse, person=demo.nadia_benali)
    log_in(client, demo.nadia_benali)
    return client


def select(client, capacity, **query):
    return client.post(URL, {"capacity": capacity}, query_params=query)


def test_asks_who_has_several_profiles(lena):
    response = lena.get(URL)

    assert shows(response, "Sous quel profil souhaitez-vous continuer ?")
    assertContains(response, ">Continuer en tant que mandataire</button>")
    assertContains(response, ">Continuer en tant que citoyen</button>")


@pytest.mark.parametrize(
    ("capacity", "page"),
    [(Capacity.MANDATARY, "grantor_search"), (Capacity.CITIZEN, "non_provider_file")],
)
def test_leads_to_what_was_chosen(lena, capacity, page):
    response = select(lena, capacity.value)

    assertRedirects(response, reverse(f"prosante_login:{page}"), fetch_redirect_response=False)
    assert lena.session[SESSION_KEY]["capacity"] == capacity


def test_asks_again_whenever_one_comes_back(lena):
    select(lena, Capacity.MANDATARY.value)

    assertContains(lena.get(URL), "Continuer en tant que citoyen")


@pytest.mark.parametrize("capacity", ["", "application", "directeur"])
def test_refuses_what_was_not_offered(lena, capacity):
    response = select(lena, capacity)

    assert response.status_code == 200
    assert response.context["form"].has_error("capacity")
    assert lena.session[SESSION_KEY]["capacity"] is None


def test_asks_which_of_two_at_an_organisation(nadia, demo):
    choose_profile(nadia, demo.haute_meuse.pk)
    response = nadia.get(URL)
    assert shows(response, "Pour CMG Haute-Meuse ASBL")
    assertContains(response, ">Continuer en tant que mandataire</button>")

    response = select(nadia, Capacity.APPLICATION.value)

    assertRedirects(response, reverse("bhod:home"), fetch_redirect_response=False)


def test_goes_on_to_where_one_was_going(nadia, demo):
    doctors = reverse("bhod:doctor_list")
    response = nadia.post(
        CHOOSER, {"kind": "citoyen", "organisation": demo.haute_meuse.pk}, query_params={"next": doctors}
    )
    assertRedirects(response, f"{URL}?next=/bhod/medecins/", fetch_redirect_response=False)

    assertRedirects(select(nadia, Capacity.APPLICATION.value, next=doctors), doctors)


def test_is_passed_by_who_has_one_profile(client, demo):
    log_in(client, demo.marc_dubois)
    choose_profile(client, demo.haute_meuse.pk)

    assertRedirects(client.get(URL), reverse("bhod:home"), fetch_redirect_response=False)


def test_a_profile_that_ended_meanwhile_is_not_asked_for(lena, demo):
    demo.lena_schmitz.mandates_held.update(stopped_at=demo.world.frozen_at, stopped_by=demo.elise_colson)

    response = select(lena, Capacity.MANDATARY.value)

    assertRedirects(response, reverse("prosante_login:non_provider_file"), fetch_redirect_response=False)


def test_needs_a_choice_before(client, demo):
    log_in(client, demo.lena_schmitz)

    assertRedirects(client.get(URL), CHOOSER)
