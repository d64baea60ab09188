import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from tests.csam.factories import DesignationRequestFactory, WorldFactory
from tests.pages import errors

PAGE = reverse("csam:designation_follow_up")


def ask(client, request, **changes):
    typed = {"reference": request.reference, "email": request.applicant_email} | changes
    return client.post(PAGE, typed)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ({}, "Un agent CSAM lit vos documents."),
        ({"accepted": True}, "à changer dans les 30 jours"),
        ({"refused": True}, "La pièce d'identité est illisible."),
    ],
    ids=["submitted", "accepted", "refused"],
)
def test_says_what_has_become_of_a_request_and_what_comes_next(client, state, told):
    request = DesignationRequestFactory(**state)

    response = ask(client, request)

    assertRedirects(response, PAGE)
    page = client.get(PAGE)
    assertContains(page, request.reference)
    assertContains(page, request.get_state_display())
    assertContains(page, "10/03/2026")
    assert told in page.text.replace("&#x27;", "'")


def test_takes_both_as_people_type_them(client):
    request = DesignationRequestFactory()

    response = ask(client, request, reference=f" {request.reference.lower()} ", email="MARIA@exemple.invalid")

    assertRedirects(response, PAGE)


@pytest.mark.parametrize(
    "changes",
    [{"reference": "PE-ZZZZZZZZZZ"}, {"email": "john@exemple.invalid"}, {"reference": "x"}],
    ids=["no such request", "another's address", "no reference at all"],
)
def test_says_the_same_of_all_that_is_unknown(client, changes):
    response = ask(client, DesignationRequestFactory(), **changes)

    assert errors(response) == {"__all__": ["unknown_request"]}
    assertNotContains(response, "John")


def test_knows_no_request_of_another_world(client):
    WorldFactory()
    request = DesignationRequestFactory(world=WorldFactory(code="ailleurs"))

    assert errors(ask(client, request)) == {"__all__": ["unknown_request"]}


def test_the_link_of_the_mail_fills_in_the_reference_only(client):
    request = DesignationRequestFactory()

    page = client.get(PAGE, {"reference": request.reference})

    assertContains(page, f'value="{request.reference}"')
    assertNotContains(page, "John")
    assertNotContains(page, "maria")


def test_the_link_of_another_request_asks_again(client):
    one, other = DesignationRequestFactory(), DesignationRequestFactory(gap_last_name="Autre")
    ask(client, one)

    page = client.get(PAGE, {"reference": other.reference})

    assert page.context["followed"] is None
    assert client.get(PAGE, {"reference": one.reference}).context["followed"] == one


def test_guesses_at_one_reference_are_few(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"designation_follow_up": "300/10m/ip,2/10m/key"}
    request = DesignationRequestFactory()
    for number in range(2):
        ask(client, request, email=f"guess{number}@exemple.invalid")

    response = ask(client, request)

    assert response.status_code == 429
    assert errors(response) == {"__all__": ["too_many"]}
    assert ask(client, DesignationRequestFactory()).status_code == 302


@pytest.mark.parametrize(
    "typed", [{}, {"reference": "\x00", "email": "\x00"}, {"reference": "PE-" + "A" * 500}]
)
def test_bears_whatever_is_typed(client, typed):
    WorldFactory()

    assert client.post(PAGE, typed).status_code == 200
