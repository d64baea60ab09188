import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from csam.models import Enterprise
from tests.csam.factories import AT, EnterpriseFactory, LegalFunctionFactory, PersonFactory
from tests.csam.login import log_in
from tests.pages import errors

URL = reverse("csam:enterprise_register")
SEARCH = reverse("csam:bce_search")


@pytest.fixture
def function(client):
    """The legal function of who is logged in."""
    function = LegalFunctionFactory(person__first_name="Céline", person__last_name="Baudoux")
    log_in(client, function.person)
    return function


def codes(response):
    return errors(response)["enterprise_number"]


def number_of(enterprise):
    return {"enterprise_number": enterprise.bce_number}


def test_welcomes_by_name(client, function):
    response = client.get(URL)

    assertContains(response, "Bienvenue, <strong>Céline Baudoux</strong>")
    assertContains(response, "Numéro d&#x27;entreprise (9 chiffres)")
    assertContains(response, "ou 10 avec le 0")


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda digits: digits, id="ten digits"),
        pytest.param(lambda digits: digits[1:], id="nine digits"),
        pytest.param(lambda digits: f" {digits[:4]}.{digits[4:7]}.{digits[7:]} ", id="dots and spaces"),
        pytest.param(lambda digits: f"BE {digits}", id="BE"),
    ],
)
def test_takes_any_usual_writing(client, function, write):
    response = client.post(URL, {"enterprise_number": write(function.enterprise.bce_number)})

    assertRedirects(response, reverse("csam:gap_designate", args=[function.enterprise.bce_number]))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        pytest.param("", "required", id="nothing"),
        pytest.param("12345", "malformed", id="too short"),
        pytest.param("zero", "malformed", id="letters"),
        pytest.param("0999999032", "check_digits", id="a digit is wrong"),
    ],
)
def test_refuses_what_is_no_number_and_keeps_it(client, function, typed, code):
    response = client.post(URL, {"enterprise_number": typed})

    assert codes(response) == [code]
    assertContains(response, f'value="{typed}"' if typed else "error-summary")


@pytest.mark.parametrize(
    ("changes", "code", "way_out"),
    [
        pytest.param({"enterprise__stopped": True}, "enterprise_stopped", SEARCH, id="stopped"),
        pytest.param({"over": True}, "legal_function_over", SEARCH, id="function over"),
        pytest.param(
            {"enterprise__registered": True},
            "already_registered",
            reverse("access_mgmt:landing"),
            id="registered",
        ),
    ],
)
def test_refuses_with_a_way_out(client, changes, code, way_out):
    function = LegalFunctionFactory(**changes)
    log_in(client, function.person)

    response = client.post(URL, number_of(function.enterprise))

    assert codes(response) == [code]
    assert response.context["ways_out"][0].url == way_out
    assertContains(response, f'href="{way_out}"')


def test_leads_a_legal_representative_to_another_gap(client, function):
    Enterprise.objects.update(registered_at=AT, registered_by=function.person)

    response = client.post(URL, number_of(function.enterprise))

    replace = reverse("csam:gap_replace", args=[function.enterprise.bce_number])
    assert [way.url for way in response.context["ways_out"]] == [reverse("access_mgmt:landing"), replace]
    assertContains(response, "Modifier le GAP")


def test_refuses_who_has_no_function_there(client, function):
    response = client.post(URL, number_of(EnterpriseFactory()))

    assert codes(response) == ["no_legal_function"]
    assert [way.url for way in response.context["ways_out"]] == [SEARCH]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_the_bce_of_this_world_does_not_know_every_number(client, function, elsewhere):
    unknown = EnterpriseFactory.build(world=None)
    if elsewhere:
        LegalFunctionFactory(person__stranger=True, enterprise__bce_number=unknown.bce_number)

    response = client.post(URL, number_of(unknown))

    assert codes(response) == ["unknown_to_bce"]
    assert [way.url for way in response.context["ways_out"]] == [SEARCH]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        pytest.param("0999999031", 'value="0999.999.031"', id="a number"),
        pytest.param("0999999032", "", id="a digit is wrong"),
        pytest.param('"><script>\0', "", id="no number"),
    ],
)
def test_starts_with_the_number_that_the_public_search_sends(client, function, sent, shown):
    response = client.get(URL, {"numero": sent})

    assert (shown in response.text) if shown else (sent not in response.text)
    assert response.context["form"].initial.keys() == ({"enterprise_number"} if shown else set())


def test_someone_without_function_may_read_the_page(client):
    log_in(client, PersonFactory())

    assert client.get(URL).status_code == 200
