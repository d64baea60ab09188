"""What an agent of INAMI does with the bank: file, answer, late returns; and the list of who waits for an account."""

from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from bhod.enums import ReturnReason, SettlementOutcome
from bhod.models import Settlement
from bhod.services import bank
from bhod.services.transfers import structured_reference
from bhod_portal.core.models import AuditEntry
from tests.bhod.factories import AT, CircleDoctorFactory, GuardFactory, GuardUnitFactory
from tests.bhod.payment_factories import PaymentRunFactory, SettlementFactory, TariffFactory
from tests.bhod.payments import closed_run
from tests.html_guard import assert_clean
from tests.pages import text_of
from tests.prosante_login.factories import ProviderAccountFactory

# The world of these tests stands on 10 March 2026: January and February are due.
THURSDAY = timedelta(days=-14)


def guard_of_a_doctor(unit, *, account=True, **person):
    guard = GuardFactory(confirmed=True, unit=unit)
    guard.starts_at, guard.ends_at = guard.starts_at + THURSDAY, guard.ends_at + THURSDAY
    guard.save()
    for name, value in person.items():
        setattr(guard.provider.person, name, value)
    guard.provider.person.save()
    CircleDoctorFactory(enterprise=unit.enterprise, provider=guard.provider)
    if account:
        ProviderAccountFactory(provider=guard.provider)
    return guard


@pytest.fixture
def run(unit, agent):
    """A closed payment of 80.60 € each to Anne Aerts and Bea Bex."""
    TariffFactory(world=unit.enterprise.world)
    guard_of_a_doctor(unit, first_name="Anne", last_name="Aerts", sort_name="aerts anne")
    guard_of_a_doctor(unit, first_name="Bea", last_name="Bex", sort_name="bex bea")
    return closed_run(unit.enterprise.world, by=agent, at=AT)


@pytest.fixture
def anne(run):
    return run.settlements.get(provider__person__first_name="Anne")


@pytest.fixture
def bea(run):
    return run.settlements.get(provider__person__first_name="Bea")


def answer_url(run):
    return reverse("bhod:run_answer", args=[run.pk])


def check_url(run):
    return reverse("bhod:run_answer_check", args=[run.pk])


def return_url(settlement):
    return reverse("bhod:run_return", args=[settlement.run_id, settlement.pk])


def chosen(client, run, **reasons):
    return client.post(answer_url(run), reasons)


def outcome_of(settlement):
    return Settlement.objects.values_list("outcome", "return_reason").get(pk=settlement.pk)


class TestFile:
    def test_is_a_file_to_keep(self, client, run):
        response = client.get(reverse("bhod:run_file", args=[run.pk]))
        assert response["Content-Type"] == "application/xml"
        assert response["Content-Disposition"] == f'attachment; filename="BHOD-0001-{run.pk}.xml"'
        assert response.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
        assert AuditEntry.objects.filter(act="bhod.payment_file.taken").count() == 1

    def test_an_open_run_has_none(self, client, agent, world):
        draft = PaymentRunFactory(world=world)
        response = client.get(reverse("bhod:run_file", args=[draft.pk]))
        assertRedirects(response, reverse("bhod:run_detail", args=[draft.pk]), fetch_redirect_response=False)

    def test_a_run_that_pays_nobody_has_none(self, client, unit, agent):
        TariffFactory(world=unit.enterprise.world)
        guard_of_a_doctor(unit, account=False)
        run = closed_run(unit.enterprise.world, by=agent, at=AT)
        response = client.get(reverse("bhod:run_file", args=[run.pk]), follow=True)
        assert "il n'a pas de fichier pour la banque" in text_of(response)
        assert "ne verse rien à personne" in text_of(response)

    def test_of_another_world_is_not_there(self, client, agent):
        other = PaymentRunFactory(world__code="ailleurs")
        assert client.get(reverse("bhod:run_file", args=[other.pk])).status_code == 404


class TestAnswer:
    def test_shows_whom_the_bank_pays_without_account_numbers(self, client, run, anne):
        response = client.get(answer_url(run))
        assert_clean(response.content.decode())
        text = text_of(response)
        assert "2 versements envoyés à la banque, 161,20 €" in text
        digits = structured_reference(anne)
        assert f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++" in text
        assert anne.account.iban not in text
        assert anne.account.iban[-4:] not in text.replace(digits, "")

    def test_all_are_paid_but_those_that_came_back(self, client, run, anne, bea):
        assertRedirects(chosen(client, run, **{f"motif_{anne.pk}": "AC04"}), check_url(run))
        checked = client.get(check_url(run))
        assert_clean(checked.content.decode())
        text = text_of(checked)
        assert "1 versement, 80,60 €" in text
        assert "compte clôturé (AC04)" in text

        response = client.post(check_url(run), {"draft_mark": checked.context["draft_mark"]}, follow=True)

        assert "payés : 1, retournés : 1" in text_of(response)
        assert outcome_of(anne) == (SettlementOutcome.RETURNED, ReturnReason.CLOSED_ACCOUNT)
        assert outcome_of(bea) == (SettlementOutcome.PAID, "")

    def test_nothing_is_recorded_before_it_is_confirmed(self, client, run, anne):
        chosen(client, run, **{f"motif_{anne.pk}": "AC04"})
        assert outcome_of(anne) == (SettlementOutcome.SENT, "")
        assert "1 retour est retenu" in text_of(client.get(answer_url(run)))

    def test_a_choice_can_be_taken_back(self, client, run, anne):
        chosen(client, run, **{f"motif_{anne.pk}": "AC04"})
        chosen(client, run, **{f"motif_{anne.pk}": ""})
        assert "la banque a tout payé" in text_of(client.get(check_url(run)))

    def test_choices_of_a_search_are_kept_beside_those_of_another(self, client, run, anne, bea):
        client.post(f"{answer_url(run)}?nom=aerts", {f"motif_{anne.pk}": "AC04"})
        client.post(f"{answer_url(run)}?nom=bex", {f"motif_{bea.pk}": "AC01", f"motif_{anne.pk}": ""})
        text = text_of(client.get(check_url(run)))
        assert "2 versements, 161,20 €" in text
        assert "Aerts" in text

    def test_what_is_no_reason_is_refused(self, client, run, anne):
        response = chosen(client, run, **{f"motif_{anne.pk}": "XX99"})
        assertContains(response, "error-summary")
        assert_clean(response.content.decode())

    def test_what_was_changed_in_another_tab_is_shown_first(self, client, run, anne, bea):
        chosen(client, run, **{f"motif_{anne.pk}": "AC04"})
        seen = client.get(check_url(run)).context["draft_mark"]
        chosen(client, run, **{f"motif_{bea.pk}": "AC04"})
        response = client.post(check_url(run), {"draft_mark": seen}, follow=True)
        assert "Rien n'a été enregistré" in text_of(response)
        assert outcome_of(bea) == (SettlementOutcome.SENT, "")

    def test_a_second_click_changes_nothing(self, client, run):
        for _ in range(2):
            response = client.post(check_url(run), follow=True)
        assert "déjà enregistrée : rien n'a été changé" in text_of(response)
        assert AuditEntry.objects.filter(act="bhod.payment_run.answered").count() == 1

    def test_two_agents_at_once_answer_once(self, client, run, agent, monkeypatch):
        """The other one comes between this one's look and his click."""
        answer = bank.answer_run

        def overtaken(**asked):
            answer(**asked)
            return answer(**asked)

        monkeypatch.setattr(bank, "answer_run", overtaken)
        response = client.post(check_url(run), follow=True)
        assert "déjà enregistrée" in text_of(response)

    def test_an_answered_run_takes_no_answer(self, client, run, agent, anne):
        bank.answer_run(run=run, returned={}, by=agent, at=AT)
        response = client.post(answer_url(run), {f"motif_{anne.pk}": "AC04"}, follow=True)
        assert "rien n'a été changé" in text_of(response)
        assert outcome_of(anne) == (SettlementOutcome.PAID, "")

    def test_shows_what_the_bank_answered(self, client, run, agent, anne, bea):
        bank.answer_run(run=run, returned={anne.pk: ReturnReason.CLOSED_ACCOUNT}, by=agent, at=AT)
        response = client.get(answer_url(run))
        assert_clean(response.content.decode())
        assert "1 versement payé, 80,60 €" in text_of(response)
        assertContains(response, return_url(bea))
        assert return_url(anne) not in response.content.decode()

    def test_is_searched_by_name(self, client, run):
        text = text_of(client.get(answer_url(run), {"nom": "aer"}))
        assert "Aerts" in text
        assert "Bex" not in text
        assert "ne répond à cette recherche" in text_of(client.get(answer_url(run), {"nom": "zz"}))

    def test_an_open_run_has_none(self, client, agent, world):
        draft = PaymentRunFactory(world=world)
        for url in (answer_url(draft), check_url(draft)):
            assert client.post(url)["Location"] == reverse("bhod:run_detail", args=[draft.pk])

    def test_asks_as_many_queries_whatever_the_number_of_payments(
        self, client, agent, world, run, django_assert_max_num_queries
    ):
        client.get(answer_url(run))
        with django_assert_max_num_queries(200) as two:
            client.get(answer_url(run))
        # A payment is of a run that isn't closed yet, until it is.
        many = PaymentRunFactory(world=world, number=2)
        SettlementFactory.create_batch(12, run=many)
        type(many).objects.filter(pk=many.pk).update(
            state="CLOSED", checked_at=AT, checked_by=agent, closed_at=AT, closed_by=agent
        )
        with django_assert_max_num_queries(len(two.captured_queries)):
            client.get(answer_url(many))


class TestReturn:
    @pytest.fixture
    def paid(self, run, agent, anne):
        bank.answer_run(run=run, returned={}, by=agent, at=AT)
        return anne

    def test_is_recorded_with_its_reason(self, client, paid):
        page = client.get(return_url(paid))
        assert_clean(page.content.decode())
        response = client.post(return_url(paid), {"motif": "AC06"}, follow=True)
        assert "80,60 € sont à nouveau dus à Anne Aerts" in text_of(response)
        assert outcome_of(paid) == (SettlementOutcome.RETURNED, ReturnReason.BLOCKED_ACCOUNT)

    def test_needs_a_reason(self, client, paid):
        response = client.post(return_url(paid), {"motif": ""})
        assertContains(response, "error-summary")
        assert outcome_of(paid) == (SettlementOutcome.PAID, "")

    def test_a_second_click_changes_nothing(self, client, paid):
        client.post(return_url(paid), {"motif": "AC06"})
        response = client.post(return_url(paid), {"motif": "AC04"}, follow=True)
        assert "rien n'a été changé" in text_of(response)
        assert outcome_of(paid) == (SettlementOutcome.RETURNED, ReturnReason.BLOCKED_ACCOUNT)
        assert "Ce retour est enregistré" in text_of(client.get(return_url(paid)))

    def test_waits_for_the_answer(self, client, run, anne):
        assert "enregistrez d'abord sa réponse" in text_of(client.get(return_url(anne)))
        response = client.post(return_url(anne), {"motif": "AC04"}, follow=True)
        assert "enregistrez d'abord sa réponse" in text_of(response)
        assert outcome_of(anne) == (SettlementOutcome.SENT, "")

    def test_is_of_a_payment_of_this_run(self, client, agent, run, world):
        other = SettlementFactory(run__world=world, run__number=2)
        assert client.get(reverse("bhod:run_return", args=[run.pk, other.pk])).status_code == 404


def test_the_menu_says_that_a_page_of_a_run_is_about_payments(client, agent, run):
    pages = reverse("bhod:run_answer", args=[run.pk]), reverse("bhod:run_detail", args=[run.pk])
    home = f'href="{reverse("bhod:agent_home")}" aria-current='

    assert all(home in client.get(page).content.decode() for page in pages)
    assert home not in client.get(reverse("bhod:run_waiting")).content.decode()


class TestWaiting:
    def test_nobody(self, client, agent):
        response = client.get(reverse("bhod:run_waiting"))
        assert_clean(response.content.decode())
        assert "Aucun médecin n'attend" in text_of(response)

    def test_says_who_waits_for_how_much_and_why(self, client, unit, agent, run, anne):
        bank.answer_run(run=run, returned={anne.pk: ReturnReason.CLOSED_ACCOUNT}, by=agent, at=AT)
        response = client.get(reverse("bhod:run_waiting"))
        assert_clean(response.content.decode())
        text = text_of(response)
        assert "1 médecin attend 80,60 €" in text
        assert "retourné : compte clôturé" in text
        assert "Bex" not in text

    def test_of_whom_no_account_can_be_used(self, client, agent, world):
        SettlementFactory(run__world=world, no_account=True)
        assert (
            "aucun compte utilisable" in text_of(client.get(reverse("bhod:run_waiting"))).split("Pourquoi")[1]
        )

    def test_is_of_the_agents_own_world(self, client, agent, unit):
        elsewhere = GuardUnitFactory(enterprise__world__code="ailleurs")
        SettlementFactory(run__world=elsewhere.enterprise.world, no_account=True)
        assert "Aucun médecin n'attend" in text_of(client.get(reverse("bhod:run_waiting")))
