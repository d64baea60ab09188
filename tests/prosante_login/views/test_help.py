import html
import re

from django.urls import reverse
from pytest_django.asserts import assertContains

from tests.csam.factories import WorldFactory

QUESTIONS = 11


def test_answers_each_question_of_the_second_document(client):
    WorldFactory()

    response = client.get(reverse("prosante_login:help"))

    page = html.unescape(response.content.decode())
    anchors = re.findall(r'<li><a href="#([a-z-]+)">([^<]+)</a>', page)
    assert len(anchors) == QUESTIONS
    for anchor, question in anchors:
        assert f'<h2 id="{anchor}">{question}</h2>' in page


def test_leads_to_who_gives_the_rights(client):
    WorldFactory()

    assertContains(
        client.get(reverse("prosante_login:help")), f'href="{reverse("access_mgmt:landing")}">ici</a>'
    )
