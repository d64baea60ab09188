"""« Questions des médecins »: the manager of the circle reads and answers them; nobody else does."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod.models import GuardQuestion
from tests.bhod.factories import AT, GuardFactory
from tests.bhod.payment_factories import GuardCheckFactory, GuardQuestionFactory
from tests.pages import text_of
from tests.prosante_login.factories import CareProviderFactory

LIST = reverse("bhod:question_list")


@pytest.fixture
def question(unit):
    return GuardQuestionFactory(guard__unit=unit)


def page(question):
    return reverse("bhod:question_answer", args=[question.pk])


def test_says_so_when_there_is_none(client, manager):
    text = text_of(client.get(LIST))
    assert "Aucune question n'attend de réponse." in text
    assert "Le cercle n'a pas encore répondu à une question." in text


def test_lists_those_of_the_circle_only(client, manager, question):
    elsewhere = GuardQuestionFactory()

    response = client.get(LIST)

    assert "1 question attend une réponse" in text_of(response)
    assertContains(response, page(question))
    assertNotContains(response, page(elsewhere))
    assert client.get(page(elsewhere)).status_code == 404


def test_shows_the_guard_with_its_money_and_the_way_to_correct_it(client, manager, question):
    GuardCheckFactory(guard=question.guard)

    response = client.get(page(question))

    assert "13 h × 6,20 € = 80,60 €" in text_of(response)
    assertContains(response, "validée")
    assertContains(response, reverse("bhod:guard_edit", args=[question.guard_id]))


def test_answers_once(client, manager, question):
    for _ in range(2):
        assertRedirects(client.post(page(question), {"answer": "C'est corrigé."}), LIST)

    question.refresh_from_db()
    assert (question.answer, question.answered_by) == ("C'est corrigé.", manager)
    response = client.get(LIST)
    assert "Questions qui attendent une réponse" in text_of(response)
    assert "C'est corrigé." in text_of(response)


def test_what_a_colleague_answered_meanwhile_is_read_instead(client, manager, question):
    GuardQuestion.objects.update(answer="Non.", answered_at=AT, answered_by=question.provider.person)

    answer = client.post(page(question), {"answer": "Oui."}, follow=True)

    assertRedirects(answer, page(question))
    assert "a déjà répondu à cette question" in text_of(answer)
    assert "Non." in text_of(answer)
    assertNotContains(answer, "<textarea")


def test_an_empty_answer_is_none(client, manager, question):
    assert client.post(page(question), {"answer": " "}).context["form"].has_error("answer", "required")


def test_a_guard_that_was_given_away_or_cancelled(client, manager, unit):
    moved = GuardQuestionFactory(guard__unit=unit, provider=CareProviderFactory())
    cancelled = GuardQuestionFactory(guard=GuardFactory(unit=unit, cancelled=True))

    assert "plus au nom de" in text_of(client.get(page(moved)))
    assertNotContains(client.get(page(cancelled)), "Corriger la garde")


def test_an_administrative_user_is_refused(client, administrative, question):
    assert [client.get(url).status_code for url in (LIST, page(question))] == [403, 403]
    assert client.post(page(question), {"answer": "Oui."}).status_code == 403
    assert not GuardQuestion.objects.exclude(answered_at=None).exists()


def test_asks_the_database_the_same_for_any_number(client, manager, unit, django_assert_num_queries):
    client.get(LIST)
    for number in range(3):
        if number:
            with django_assert_num_queries(8):
                client.get(LIST)
        GuardQuestionFactory(guard__unit=unit)
