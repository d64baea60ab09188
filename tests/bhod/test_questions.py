"""Questions of doctors about their guards, and the circle's answers: who may, what is refused, who is told."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from access_mgmt.enums import Function
from bhod.models import GuardQuestion
from bhod.services.questions import answer_question, ask_question
from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.refusals import refusal_codes
from prosante_login.enums import FileAct, MandateKind
from tests.access_mgmt.factories import QualityFactory, RoleAssignmentFactory
from tests.bhod.factories import AT, GuardFactory, manager_of
from tests.bhod.payment_factories import GuardQuestionFactory
from tests.prosante_login.factories import CareProviderFactory, MandateFactory
from tests.threads import at_once

TEXT = "J'étais de garde jusqu'à 9 h."


def ask(guard, *, provider=None, text=TEXT, mandate=None, by=None):
    provider = provider or guard.provider
    return ask_question(
        guard=guard, provider=provider, text=text, mandate=mandate, by=by or provider.person, at=AT
    )


def answer(question, by, text="C'est corrigé."):
    return answer_question(question=question, answer=text, by=by, at=AT)


def refused(act, *args, **kwargs):
    with pytest.raises(ValidationError) as refusal:
        act(*args, **kwargs)
    return refusal_codes(refusal.value)


def told():
    return list(Message.objects.order_by("pk").values_list("recipient", flat=True))


def names_of(person, email):
    person.email = email
    person.save()
    return person


def people_of(circle, *roles):
    """Persons of one quality of a circle, each with his role."""
    quality = QualityFactory(enterprise=circle)
    return [
        RoleAssignmentFactory(member__quality=quality, effective=True, **role).member.person for role in roles
    ]


class TestAsked:
    @pytest.fixture
    def guard(self):
        return GuardFactory(confirmed=True)

    def test_the_managers_are_told_and_nobody_else(self, guard):
        people = people_of(guard.unit.enterprise, {}, {"administrative": True}, {"ended": True})
        for person, email in zip(people, ["manager@example.be", "b@example.be", "c@example.be"], strict=True):
            names_of(person, email)

        question = ask(guard)

        assert (question.text, question.asked_at, question.asked_by) == (TEXT, AT, guard.provider.person)
        message = Message.objects.get()
        assert (message.recipient, TEXT in message.body) == ("manager@example.be", True)
        assert f"/finances/questions/{question.pk}/" in message.body

    def test_leaves_a_trace_in_the_file(self, guard):
        question = ask(guard)

        entry = AuditEntry.objects.get(act=FileAct.GUARD_CONTESTED)
        assert entry.details["question"] == question.pk
        assert TEXT not in str(entry.details)

    def test_by_a_mandatary_of_the_file(self, guard):
        mandate = MandateFactory(provider=guard.provider, kind=MandateKind.ADMINISTRATIVE_FILE)

        assert ask(guard, mandate=mandate, by=mandate.holder_person).asked_by == mandate.holder_person

    def test_not_by_a_mandatary_of_something_else(self, guard):
        mandate = MandateFactory(provider=guard.provider, kind=MandateKind.SOCIAL_STATUS)

        with pytest.raises(PermissionDenied):
            ask(guard, mandate=mandate, by=mandate.holder_person)
        assert not GuardQuestion.objects.exists()

    def test_the_same_twice_is_one(self, guard):
        assert ask(guard) == ask(guard, text=f"{TEXT} ")
        assert GuardQuestion.objects.count() == 1

    def test_another_waits_for_the_answer_to_the_first(self, guard):
        question = ask(guard)
        assert refused(ask, guard, text="Et le motif ?") == {"question_open"}

        answer(question, manager_of(guard.unit.enterprise))
        ask(guard, text="Et le motif ?")
        assert GuardQuestion.objects.count() == 2

    def test_not_about_a_guard_of_another(self, guard):
        assert refused(ask, guard, provider=CareProviderFactory()) == {"not_own_guard"}

    def test_not_about_a_draft(self):
        assert refused(ask, GuardFactory(draft=True)) == {"not_own_guard"}


class TestAnswered:
    @pytest.fixture
    def question(self):
        return GuardQuestionFactory(guard__provider__person__email="medecin@example.be")

    @pytest.fixture
    def manager(self, question):
        return manager_of(question.guard.unit.enterprise)

    def test_the_doctor_is_told(self, question, manager):
        answer(question, manager, " C'est corrigé. ")

        question.refresh_from_db()
        assert (question.answer, question.answered_at, question.answered_by) == (
            "C'est corrigé.",
            AT,
            manager,
        )
        message = Message.objects.get()
        assert (message.recipient, "C'est corrigé." in message.body) == ("medecin@example.be", True)
        assert str(question.guard.reference) in message.body
        assert AuditEntry.objects.get(act="bhod.question.answered").done_by == manager

    def test_the_same_twice_is_one(self, question, manager):
        answer(question, manager)
        answer(question, manager)
        assert len(told()) == 1

    def test_by_one_of_two_managers(self, question):
        manager, other = people_of(question.guard.unit.enterprise, {}, {})
        answer(question, manager)

        assert refused(answer, question, other, "Non.") == {"already_answered"}
        question.refresh_from_db()
        assert question.answer == "C'est corrigé."

    @pytest.mark.parametrize("function", [Function.GUARDPOST_CIRCLE, None])
    def test_only_by_who_sees_the_finances(self, question, function):
        circle = question.guard.unit.enterprise
        by = manager_of(circle, function=function) if function else question.provider.person

        with pytest.raises(PermissionDenied):
            answer(question, by)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_managers_answer_once(self):
        question = GuardQuestionFactory()
        managers = people_of(question.guard.unit.enterprise, {}, {})

        found = at_once(lambda number: answer(question, managers[number], f"Réponse {number}"), times=2)

        assert sorted(found) == ["already_answered", "done"]

    def test_two_tabs_ask_once(self):
        guard = GuardFactory(confirmed=True)

        found = at_once(lambda number: ask(guard, text=f"Question {number}"), times=2)

        assert sorted(found) == ["done", "question_open"]
        assert GuardQuestion.objects.count() == 1
