"""One guard in the file of its doctor: its calculation, where its money stands, and his question to the circle."""

from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod.enums import PayState, SettlementOutcome
from bhod.models import GuardQuestion
from prosante_login.enums import Capacity, MandateKind, Profession, ProfileKind
from prosante_login.profiles import ProfileChoice
from tests.bhod.factories import AT, GuardFactory, manager_of
from tests.bhod.payment_factories import (
    GuardCheckFactory,
    GuardQuestionFactory,
    PaymentLineFactory,
    SettlementFactory,
    TariffFactory,
)
from tests.bhod.payments import closed_by_hand
from tests.pages import text_of
from tests.prosante_login.factories import CareProviderFactory, MandateFactory
from tests.prosante_login.open_files import open_file

PHYSICIAN = ProfileChoice(ProfileKind.PROVIDER, profession=Profession.PHYSICIAN)


@pytest.fixture
def provider(world):
    return CareProviderFactory(person__world=world)


@pytest.fixture
def guard(unit, provider):
    """A confirmed night of 13 hours."""
    return GuardFactory(unit=unit, provider=provider, confirmed=True)


@pytest.fixture
def as_doctor(client, provider):
    open_file(client, provider.person, PHYSICIAN)
    return client


def page(guard, name="own_guard"):
    return reverse(f"bhod:{name}", args=[guard.reference])


def settled(check, **values):
    """The guard of a check in a closed run of its world."""
    line = PaymentLineFactory(guard_check=check)
    SettlementFactory(run=line.run, provider=check.provider, **values)
    closed_by_hand(line.run, by=check.guard.registered_by, at=AT)


class TestCalculation:
    def test_of_a_validated_guard(self, as_doctor, guard):
        GuardCheckFactory(guard=guard)

        text = text_of(as_doctor.get(page(guard)))

        assert "Montant 13 h × 6,20 € = 80,60 €" in text
        assert "Artsenkrant" in text
        assert "validée" in text
        assert "prochain paiement" in text

    def test_of_one_that_is_not_checked_yet(self, as_doctor, guard, world):
        TariffFactory(world=world)

        text = text_of(as_doctor.get(page(guard)))

        assert "Montant attendu 13 h × 6,20 € = 80,60 €" in text
        assert "à contrôler par l'INAMI" in text

    def test_without_a_tariff(self, as_doctor, guard):
        GuardCheckFactory(guard=guard, waiting=True)
        assert "aucun tarif n'est connu pour ce jour" in text_of(as_doctor.get(page(guard)))

    def test_of_a_refused_one_says_why_and_no_amount(self, as_doctor, guard, world):
        TariffFactory(world=world)
        GuardCheckFactory(guard=guard, refused=True)

        response = as_doctor.get(page(guard))

        assertContains(response, "pas inscrit dans le cercle le 05/03/2026")
        assertNotContains(response, "€")

    @pytest.mark.parametrize("reason", ["échange avec un confrère", ""])
    def test_of_a_cancelled_one_there_is_none(self, as_doctor, unit, provider, reason):
        guard = GuardFactory(unit=unit, provider=provider, cancelled=True, cancel_reason=reason)

        response = as_doctor.get(page(guard))

        assert ("Motif" in text_of(response), response.context["pay"]) == (bool(reason), None)
        assertNotContains(response, "€")


class TestPayment:
    def test_lines_of_a_paid_guard(self, as_doctor, guard):
        settled(GuardCheckFactory(guard=guard), outcome=SettlementOutcome.PAID, answered_at=AT)

        response = as_doctor.get(page(guard))

        assert response.context["pay"].state == PayState.PAID
        assert "Paiement n° 1, 10/03/2026 honoraires 80,60 € payée" in text_of(response)

    def test_without_an_account_one_is_led_to_it(self, as_doctor, guard):
        settled(GuardCheckFactory(guard=guard), no_account=True)
        assertContains(as_doctor.get(page(guard)), f'href="{reverse("prosante_login:financial_data")}"', 2)
        assert "la banque dit que le vôtre est clôturé" in text_of(as_doctor.get(page(guard)))

    def test_what_another_was_paid_before_is_not_shown(self, as_doctor, guard, unit):
        other = CareProviderFactory(person__world=unit.enterprise.world)
        settled(
            GuardCheckFactory(guard=guard, provider=other, amount=Decimal("80.60"), superseded_at=AT),
            outcome=SettlementOutcome.PAID,
            answered_at=AT,
        )

        response = as_doctor.get(page(guard))

        assert (response.context["pay"].state, list(response.context["lines"])) == (PayState.IN_CHECK, [])

    def test_asks_the_database_little(self, as_doctor, guard, django_assert_max_num_queries):
        settled(GuardCheckFactory(guard=guard), outcome=SettlementOutcome.PAID, answered_at=AT)
        with django_assert_max_num_queries(12):
            as_doctor.get(page(guard))


class TestWhoReads:
    def test_a_colleague_finds_nothing(self, client, guard, world):
        open_file(client, CareProviderFactory(person__world=world).person, PHYSICIAN)
        assert [client.get(page(guard, name)).status_code for name in ("own_guard", "own_question")] == [
            404
        ] * 2

    def test_a_draft_is_the_circles(self, as_doctor, unit, provider):
        assert as_doctor.get(page(GuardFactory(unit=unit, provider=provider, draft=True))).status_code == 404

    @pytest.mark.parametrize(
        ("kind", "status"), [(MandateKind.ADMINISTRATIVE_FILE, 200), (MandateKind.SOCIAL_STATUS, 403)]
    )
    def test_a_mandate_opens_it_or_does_not(self, client, guard, kind, status):
        mandate = MandateFactory(provider=guard.provider, kind=kind)
        choice = ProfileChoice(ProfileKind.CITIZEN, capacity=Capacity.MANDATARY, mandate_id=mandate.pk)
        open_file(client, mandate.holder_person, choice)

        assert client.get(page(guard)).status_code == status


class TestContest:
    def test_from_the_guard_to_the_question(self, as_doctor, guard):
        assertContains(as_doctor.get(page(guard)), page(guard, "own_question"))

        answer = as_doctor.post(page(guard, "own_question"), {"text": "J'ai commencé à 18 h."}, follow=True)

        assertRedirects(answer, page(guard))
        question = GuardQuestion.objects.get()
        assert (question.text, question.asked_by) == ("J'ai commencé à 18 h.", guard.provider.person)
        assert "Cette question attend la réponse du cercle." in text_of(answer)
        assertNotContains(answer, page(guard, "own_question"))

    def test_a_second_click_asks_once(self, as_doctor, guard):
        for _ in range(2):
            answer = as_doctor.post(page(guard, "own_question"), {"text": "Une heure manque."})
            assertRedirects(answer, page(guard))
        assert GuardQuestion.objects.count() == 1

    def test_another_question_waits(self, as_doctor, guard):
        GuardQuestionFactory(guard=guard)

        assert "attend déjà la réponse" in text_of(as_doctor.get(page(guard, "own_question")))
        answer = as_doctor.post(page(guard, "own_question"), {"text": "Encore."})

        assert answer.context["form"].has_error("__all__", "question_open")
        assert GuardQuestion.objects.count() == 1

    @pytest.mark.parametrize("text", ["", "   ", "x" * 1001])
    def test_what_is_no_question(self, as_doctor, guard, text):
        assert as_doctor.post(page(guard, "own_question"), {"text": text}).context["form"].has_error("text")

    def test_the_end_of_a_line_is_one_character(self, as_doctor, guard):
        text = "x" * 499 + "\r\n" + "x" * 500
        as_doctor.post(page(guard, "own_question"), {"text": text})
        assert len(GuardQuestion.objects.get().text) == 1000

    @pytest.mark.parametrize("has_manager", [True, False])
    def test_is_told_that_nobody_answers(self, as_doctor, guard, unit, has_manager):
        if has_manager:
            manager_of(unit.enterprise)

        text = text_of(as_doctor.get(page(guard, "own_question")))

        assert ("n'a pas de manager en ce moment" in text) != has_manager

    def test_reads_the_answer_and_may_ask_again(self, as_doctor, guard, unit):
        GuardQuestionFactory(
            guard=guard, answer="C'est corrigé.", answered_at=AT, answered_by=manager_of(unit.enterprise)
        )

        response = as_doctor.get(page(guard))

        assert "C'est corrigé." in text_of(response)
        assertContains(response, page(guard, "own_question"))
