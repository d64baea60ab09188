"""INAMI's bank: the file that a run sends it, what it answers, and whom that concerns."""

import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sepaxml
import xmlschema
from defusedxml import ElementTree
from django.core.exceptions import PermissionDenied, ValidationError
from stdnum.be import iban, ogm_vcs

from bhod.enums import PayState, ReturnReason, SettlementOutcome
from bhod.models import PaymentRun, Settlement
from bhod.selectors.bank import bank_figures, payments_of, waiting_doctors
from bhod.selectors.payments import pay_of_guards
from bhod.services import bank, transfers
from bhod_portal.core.models import AuditEntry
from bhod_portal.core.refusals import refusal_codes
from tests.bhod.factories import CircleDoctorFactory, GuardFactory
from tests.bhod.payment_factories import TariffFactory
from tests.bhod.payments import closed_run, drafted, inami_agent
from tests.prosante_login.factories import ProviderAccountFactory

pytestmark = pytest.mark.django_db

MAY, JUNE, JULY, SEPTEMBER = (datetime(2026, month, 4, 9, tzinfo=UTC) for month in (5, 6, 7, 9))
NAMESPACE = {"p": f"urn:iso:std:iso:20022:tech:xsd:{transfers.SCHEMA}"}


def guard_of_a_doctor(unit=None, **person):
    guard = GuardFactory(confirmed=True, **({"unit": unit} if unit else {}))
    for name, value in person.items():
        setattr(guard.provider.person, name, value)
    guard.provider.person.save()
    CircleDoctorFactory(enterprise=guard.unit.enterprise, provider=guard.provider)
    ProviderAccountFactory(provider=guard.provider)
    return guard


@pytest.fixture
def guard():
    """A confirmed night (80.60 €) of Chloë Nuñez, who has an account."""
    guard = guard_of_a_doctor(first_name="Chloë", last_name="Nuñez & fils", sort_name="nunez chloe")
    TariffFactory(world=guard.unit.enterprise.world)
    return guard


@pytest.fixture
def other(guard):
    return guard_of_a_doctor(guard.unit)


@pytest.fixture
def agent(guard):
    return inami_agent(guard.unit.enterprise.world)


@pytest.fixture
def run(guard, other, agent):
    return closed_run(guard.unit.enterprise.world, by=agent, at=MAY)


def settlement_of(guard, run):
    return Settlement.objects.get(run=run, provider=guard.provider)


class TestFile:
    """The credit transfers of a closed run."""

    @pytest.fixture
    def content(self, run, agent):
        return bank.payment_file(run=run, by=agent, at=MAY)

    @pytest.fixture
    def document(self, content):
        return ElementTree.fromstring(content)

    def test_is_valid_against_the_schema_of_iso_20022(self, content):
        schema = Path(sepaxml.__file__).parent / "schemas" / f"{transfers.SCHEMA}.xsd"
        assert [str(error) for error in xmlschema.XMLSchema(schema).iter_errors(io.BytesIO(content))] == []

    def test_pays_each_doctor_once_to_the_cent_on_the_account_of_the_day(self, document, run):
        paid = {
            each.findtext("p:PmtId/p:EndToEndId", namespaces=NAMESPACE): (
                each.find("p:Amt/p:InstdAmt", NAMESPACE).attrib["Ccy"],
                each.findtext("p:Amt/p:InstdAmt", namespaces=NAMESPACE),
                each.findtext("p:CdtrAcct/p:Id/p:IBAN", namespaces=NAMESPACE),
            )
            for each in document.iter(f"{{{NAMESPACE['p']}}}CdtTrfTxInf")
        }
        expected = {
            f"BHOD-{each.pk:010}": ("EUR", "80.60", each.account.iban) for each in run.settlements.all()
        }
        assert paid == expected

    def test_its_header_adds_up(self, document):
        header = document.find("p:CstmrCdtTrfInitn/p:GrpHdr", NAMESPACE)
        told = [
            header.findtext(f"p:{name}", namespaces=NAMESPACE) for name in ("NbOfTxs", "CtrlSum", "CreDtTm")
        ]
        assert told == ["2", "161.20", "2026-05-04T11:00:00+02:00"]

    def test_is_one_batch_of_the_next_working_day_with_structured_communications(self, document, run):
        [batch] = document.findall("p:CstmrCdtTrfInitn/p:PmtInf", NAMESPACE)
        assert batch.findtext("p:BtchBookg", namespaces=NAMESPACE) == "true"
        assert batch.findtext("p:ReqdExctnDt/p:Dt", namespaces=NAMESPACE) == "2026-05-05"
        references = [each.text for each in batch.iter(f"{{{NAMESPACE['p']}}}Ref")]
        assert [ogm_vcs.is_valid(each) for each in references] == [True, True]
        assert references == [
            f"{pk:010}{pk % 97 or 97:02}" for pk in sorted(each.pk for each in run.settlements.all())
        ]

    def test_has_only_the_letters_that_banks_take(self, document):
        names = [each.text for each in document.iter(f"{{{NAMESPACE['p']}}}Nm")]
        assert "Chloe Nunez   fils" in names

    def test_is_the_same_whenever_it_is_asked_for(self, content, run, agent):
        bank.answer_run(run=run, returned={}, by=agent, at=JUNE)
        assert bank.payment_file(run=PaymentRun.objects.get(pk=run.pk), by=agent, at=JULY) == content

    def test_leaves_a_trace_without_account_numbers(self, content, run, agent):
        trace = AuditEntry.objects.get(act="bhod.payment_file.taken")
        assert (trace.done_by, trace.details) == (agent, {"number": 1, "payments": 2})

    def test_is_of_a_closed_run_only(self, guard, agent):
        draft = drafted(guard.unit.enterprise.world, by=agent, at=MAY)
        with pytest.raises(ValidationError) as refusal:
            bank.payment_file(run=draft, by=agent, at=MAY)
        assert refusal_codes(refusal.value) == {"run_not_closed"}

    def test_is_not_there_when_nobody_is_paid(self, guard, agent):
        guard.provider.accounts.all().delete()
        nobody = closed_run(guard.unit.enterprise.world, by=agent, at=MAY)
        with pytest.raises(ValidationError) as refusal:
            bank.payment_file(run=nobody, by=agent, at=MAY)
        assert refusal_codes(refusal.value) == {"nothing_to_pay"}

    def test_is_for_agents_of_inami(self, run, guard):
        with pytest.raises(PermissionDenied):
            bank.payment_file(run=run, by=guard.provider.person, at=MAY)


def test_the_account_that_pays_is_valid_in_form():
    assert iban.is_valid(transfers.DEBTOR["IBAN"])
    assert transfers.DEBTOR["BIC"] == iban.to_bic(transfers.DEBTOR["IBAN"])[:8]


def test_a_run_closed_before_a_weekend_or_a_holiday_is_paid_after_it(run):
    closed_at = {"2026-05-08": "2026-05-11", "2026-12-24": "2026-12-28", "2026-12-31": "2027-01-04"}
    found = {}
    for day in closed_at:
        run.closed_at = datetime.fromisoformat(f"{day}T09:00:00+01:00")
        found[day] = transfers.execution_day(run).isoformat()
    assert found == closed_at


class TestAnswer:
    """All are paid but those that come back."""

    def test_all_are_paid(self, run, guard, agent):
        answer = bank.answer_run(run=run, returned={}, by=agent, at=JUNE)
        assert answer == bank.BankAnswer(paid=2, returned=0)
        assert pay_of_guards([guard], at=JUNE)[guard.pk].state == PayState.PAID
        figures = bank_figures(run)
        assert (figures.sent.count, figures.paid, figures.returned.count) == (0, figures.all, 0)

    def test_but_those_that_came_back(self, run, guard, other, agent):
        came_back = settlement_of(other, run)
        answer = bank.answer_run(
            run=run, returned={came_back.pk: ReturnReason.CLOSED_ACCOUNT}, by=agent, at=JUNE
        )
        assert answer == bank.BankAnswer(paid=1, returned=1)
        pay = pay_of_guards([guard, other], at=JUNE)
        assert [pay[each.pk].state for each in (guard, other)] == [PayState.PAID, PayState.RETURNED]
        trace = AuditEntry.objects.get(act="bhod.settlement.returned")
        assert trace.details == {"number": 1, "reason": "AC04", "provider": other.provider_id}

    def test_is_given_once(self, run, agent):
        bank.answer_run(run=run, returned={}, by=agent, at=JUNE)
        with pytest.raises(ValidationError) as refusal:
            bank.answer_run(run=run, returned={}, by=agent, at=JULY)
        assert refusal_codes(refusal.value) == {"already_answered"}
        assert set(run.settlements.values_list("answered_at", flat=True)) == {JUNE}

    def test_is_about_payments_of_the_run_only(self, run, agent):
        with pytest.raises(ValidationError) as refusal:
            bank.answer_run(run=run, returned={0: ReturnReason.CLOSED_ACCOUNT}, by=agent, at=JUNE)
        assert refusal_codes(refusal.value) == {"not_sent"}
        assert bank_figures(run).sent.count == 2

    def test_comes_after_the_closing(self, guard, agent):
        draft = drafted(guard.unit.enterprise.world, by=agent, at=MAY)
        with pytest.raises(ValidationError) as refusal:
            bank.answer_run(run=draft, returned={}, by=agent, at=MAY)
        assert refusal_codes(refusal.value) == {"run_not_closed"}

    def test_is_for_agents_of_inami(self, run, guard):
        with pytest.raises(PermissionDenied):
            bank.answer_run(run=run, returned={}, by=guard.provider.person, at=JUNE)


class TestLateReturn:
    """Days after « payé », a payment comes back after all."""

    @pytest.fixture
    def settlement(self, run, guard, agent):
        bank.answer_run(run=run, returned={}, by=agent, at=MAY)
        return settlement_of(guard, run)

    def test_is_owed_again_and_paid_on_another_account_by_the_next_run(self, settlement, guard, agent):
        assert bank.return_payment(
            settlement=settlement, reason=ReturnReason.CLOSED_ACCOUNT, by=agent, at=JUNE
        )
        assert pay_of_guards([guard], at=JUNE)[guard.pk].state == PayState.RETURNED
        account = ProviderAccountFactory(
            provider=guard.provider, used_from=JUNE.date(), iban="BE68539007547034"
        )

        following = closed_run(guard.unit.enterprise.world, by=agent, at=JULY)

        again = following.settlements.get()
        assert (again.returned, again.paid, again.account) == (Decimal("80.60"), Decimal("80.60"), account)

    @pytest.mark.parametrize("reason", [ReturnReason.CLOSED_ACCOUNT, ReturnReason.INCORRECT_ACCOUNT])
    def test_an_account_that_is_no_good_is_not_used_again(self, settlement, guard, agent, reason):
        bank.return_payment(settlement=settlement, reason=reason, by=agent, at=JUNE)
        following = closed_run(guard.unit.enterprise.world, by=agent, at=JULY)
        assert following.settlements.get().outcome == SettlementOutcome.NO_ACCOUNT

    def test_of_an_older_run_is_owed_again_too(self, settlement, guard, agent):
        """Two months later the next run is closed, and only then the bank sends the first payment back."""
        world = guard.unit.enterprise.world
        closed_run(world, by=agent, at=JULY)
        bank.return_payment(settlement=settlement, reason=ReturnReason.BLOCKED_ACCOUNT, by=agent, at=JULY)
        assert [each.owed for each in waiting_doctors(world, on=JULY.date())] == [Decimal("80.60")]

        third = closed_run(world, by=agent, at=SEPTEMBER)

        again = third.settlements.get()
        assert (again.opening, again.returned, again.paid) == (0, Decimal("80.60"), Decimal("80.60"))
        assert waiting_doctors(world, on=SEPTEMBER.date()) == []

    def test_a_second_click_does_nothing(self, settlement, agent):
        reason = ReturnReason.BLOCKED_ACCOUNT
        clicks = [
            bank.return_payment(settlement=settlement, reason=reason, by=agent, at=at) for at in (JUNE, JULY)
        ]
        assert clicks == [True, False]
        settlement.refresh_from_db()
        assert (settlement.return_reason, settlement.answered_at) == ("AC06", JUNE)

    def test_waits_for_the_answer(self, run, guard, agent):
        with pytest.raises(ValidationError) as refusal:
            bank.return_payment(
                settlement=settlement_of(guard, run), reason=ReturnReason.CLOSED_ACCOUNT, by=agent, at=JUNE
            )
        assert refusal_codes(refusal.value) == {"not_paid"}

    def test_is_for_agents_of_inami(self, settlement, guard):
        with pytest.raises(PermissionDenied):
            bank.return_payment(
                settlement=settlement, reason=ReturnReason.CLOSED_ACCOUNT, by=guard.provider.person, at=JUNE
            )


class TestWaitingDoctors:
    """To whom money is owed that could not be paid."""

    def waiting(self, guard, at):
        return waiting_doctors(guard.unit.enterprise.world, on=at.date())

    def test_has_who_had_no_account(self, guard, agent):
        guard.provider.accounts.all().delete()
        closed_run(guard.unit.enterprise.world, by=agent, at=MAY)
        [found] = self.waiting(guard, MAY)
        assert (found.settlement.provider, found.owed, found.reason) == (
            guard.provider,
            Decimal("80.60"),
            None,
        )
        assert not found.has_account

        ProviderAccountFactory(provider=guard.provider)
        assert self.waiting(guard, MAY)[0].has_account

    def test_has_whose_payment_came_back_until_a_run_takes_it_up(self, run, guard, other, agent):
        returned = {
            settlement_of(guard, run).pk: ReturnReason.CLOSED_ACCOUNT,
            settlement_of(other, run).pk: ReturnReason.BLOCKED_ACCOUNT,
        }
        bank.answer_run(run=run, returned=returned, by=agent, at=JUNE)
        found = {
            each.settlement.provider: (each.owed, each.reason, each.has_account)
            for each in self.waiting(guard, JUNE)
        }
        assert found == {
            guard.provider: (Decimal("80.60"), ReturnReason.CLOSED_ACCOUNT, False),
            other.provider: (Decimal("80.60"), ReturnReason.BLOCKED_ACCOUNT, True),
        }

        closed_run(guard.unit.enterprise.world, by=agent, at=JULY)

        # The other one's was sent again; the account that was closed pays no more.
        [left] = self.waiting(guard, JULY)
        assert (left.settlement.provider, left.owed) == (guard.provider, Decimal("80.60"))

    def test_has_nobody_while_the_bank_answers(self, run, guard):
        assert self.waiting(guard, MAY) == []

    def test_asks_as_many_queries_whatever_their_number(
        self, run, guard, other, agent, django_assert_num_queries
    ):
        returned = {each.pk: ReturnReason.CLOSED_ACCOUNT for each in run.settlements.all()}
        bank.answer_run(run=run, returned=returned, by=agent, at=JUNE)
        with django_assert_num_queries(5):
            assert len(self.waiting(guard, JUNE)) == 2


def test_payments_are_found_by_name_or_inami_number(run, guard, other):
    assert [each.provider for each in payments_of(run, name="nunez")] == [guard.provider]
    assert [each.provider for each in payments_of(run, name=other.provider.inami_number)] == [other.provider]
    assert payments_of(run).count() == 2
