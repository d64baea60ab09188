"""The questions of seed 003: their words are held by tests/fidelity, each answer's walk by tests/browser."""

import re
from pathlib import Path

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from prosante_login.views.questions.answers import QUESTIONS
from tests.csam.factories import WorldFactory

SLUGS = [question.slug for question in QUESTIONS]
# Places of the single page that the help once was; links from outside may still name them.
OLD_PLACES = {*SLUGS, "ailleurs"}

WALKS = Path(__file__).resolve().parents[2] / "browser" / "test_prosante_questions.py"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world():
    WorldFactory()


def question(slug):
    return reverse("prosante_login:help_question", args=[slug])


def test_lists_the_questions_in_the_order_of_the_document(client):
    response = client.get(reverse("prosante_login:help"))

    page = response.content.decode()
    assert re.findall(r'<li id="([a-z-]+)"><a href="([^"]+)">', page) == [
        (slug, question(slug)) for slug in SLUGS
    ]


def test_a_place_of_the_single_page_of_old_is_still_there(client):
    page = client.get(reverse("prosante_login:help")).content.decode()

    assert set(re.findall(r' id="([a-z-]+)"', page)) >= OLD_PLACES


@pytest.mark.parametrize("slug", SLUGS)
def test_leads_to_the_question_before_and_after_and_to_all(client, slug):
    response = client.get(question(slug))

    place = SLUGS.index(slug)
    before, after = SLUGS[:place][-1:], SLUGS[place + 1 :][:1]
    page = response.content.decode()
    assert re.findall(r'<a rel="prev" href="([^"]+)">', page) == [question(each) for each in before]
    assert re.findall(r'<a rel="next" href="([^"]+)">', page) == [question(each) for each in after]
    assertContains(response, f'<a href="{reverse("prosante_login:help")}">Toutes les questions</a>')


@pytest.mark.parametrize("slug", SLUGS)
def test_leads_to_the_screens_of_which_it_speaks(client, slug):
    response = client.get(question(slug))

    for screen in QUESTIONS[SLUGS.index(slug)].screens:
        assertContains(response, f'href="{reverse(screen.url_name)}"')


def test_who_does_not_see_his_organisation_is_led_to_why_and_to_who_gives_the_rights(client):
    response = client.get(question("organisation"))

    assertContains(response, f'href="{reverse("training:why")}"')
    assertContains(response, f'href="{reverse("access_mgmt:landing")}">ici</a>')
    assertNotContains(client.get(question("connexion")), f'href="{reverse("training:why")}"')


def test_nothing_of_a_picture_can_be_clicked_or_filled_in(client):
    page = client.get(question("mandataire-personne-physique")).content.decode()

    pictures = re.findall(r"<figure.*?</figure>", page, re.DOTALL)
    assert len(pictures) == 4
    assert not re.search(r"<(?:a|button|input|select)\b", "".join(pictures))


def test_an_unknown_question_is_not_found(client):
    assert client.get(question("autre")).status_code == 404


def test_each_answer_is_walked_in_a_browser():
    walked = re.findall(r"^def test_(\w+)\(portal", WALKS.read_text(encoding="utf-8"), re.MULTILINE)

    assert walked == [slug.replace("-", "_") for slug in SLUGS]
