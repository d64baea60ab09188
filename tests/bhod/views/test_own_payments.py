"""« Paiements des gardes »: what a doctor is paid, each euro of it explained, and nothing of anybody else."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from bhod.enums import GuardAct, GuardState, ReturnReason, SettlementOutcome
from bhod.models import Guard, Settlement
from prosante_login.enums import Capacity, MandateKind, Profession, ProfileKind
from prosante_login.profiles import ProfileChoice
from tests.bhod.factories import CircleDoctorFactory, GuardFactory, manager_of
from tests.bhod.payment_factories import GuardCheckFactory, TariffFactory
from tests.bhod.payments import carried, closed_run, inami_agent
from tests.csam.factories import EnterpriseFactory
from tests.pages import text_of
from tests.prosante_login.factories import (
    CareProviderFactory,
    FiscalBeneficiaryFactory,
    MandateFactory,
    ProviderAccountFactory,
)
from tests.prosante_login.open_files import open_file

URL = reverse("bhod:own_payments")
PHYSICIAN = ProfileChoice(ProfileKind.PROVIDER, profession=Profession.PHYSICIAN)
MAY, JULY = datetime(2026, 5, 4, 9, tzinfo=UTC), datetime(2026, 7, 2, 9, tzinfo=UTC)
FEE = Decimal("80.60")
IBAN = "BE68539007547034"


@pytest.fixture
def provider(world, circle):
    provider = CareProviderFactory(person__world=world)
    CircleDoctorFactory(enterprise=circle, provider=provider)
    TariffFactory(world=world)
    return provider


@pytest.fixture
def guard(unit, provider):
    """A confirmed night of 13 hours: 80.60 €."""
    return GuardFactory(unit=unit, provider=provider, confirmed=True)


@pytest.fixture
def account(provider):
    return ProviderAccountFactory(provider=provider, iban=IBAN)


@pytest.fixture
def agent(world):
    return inami_agent(world)


@pytest.fixture
def pay(world, agent):
    """A payment of everything that is due at an instant, closed."""
    return lambda at: closed_run(world, by=agent, at=at)


@pytest.fixture
def as_doctor(client, provider):
    open_file(client, provider.person, PHYSICIAN)
    return client


def answered(outcome=SettlementOutcome.PAID, **values):
    Settlement.objects.filter(outcome=SettlementOutcome.SENT).update(
        outcome=outcome, answered_at=MAY, **values
    )


def shorten(guard, at):
    """An hour less, and confirmed again: 74.40 €."""
    manager = manager_of(guard.unit.enterprise)
    ends_at = guard.ends_at - timedelta(hours=1)
    carried(guard, manager, at, act=GuardAct.CHANGED, state=GuardState.REGISTERED, ends_at=ends_at)
    carried(guard, manager, at, act=GuardAct.CONFIRMED, state=GuardState.CONFIRMED)


def detail(number):
    return reverse("bhod:own_payment", args=[number])


def test_before_any_payment(as_doctor, provider):
    text = text_of(as_doctor.get(URL))

    assert "Aucune garde honorée ne commence cette année-là." in text
    assert "L'INAMI n'a encore rien payé pour ces gardes." in text
    assert "Total par année" not in text


def test_is_reached_from_the_guards(as_doctor):
    assertContains(as_doctor.get(reverse("bhod:own_guards")), f'href="{URL}"')


class TestMonths:
    def test_each_amount_stands_once(self, as_doctor, unit, provider, guard):
        """Of one night each: to confirm, validated, refused, a draft."""
        days = [timedelta(days=7 * number) for number in (1, 2, 3, 4)]
        nights = [{"starts_at": guard.starts_at - each, "ends_at": guard.ends_at - each} for each in days]
        GuardFactory(unit=unit, provider=provider, **nights[0])
        GuardCheckFactory(guard=GuardFactory(unit=unit, provider=provider, confirmed=True, **nights[1]))
        GuardCheckFactory(
            guard=GuardFactory(unit=unit, provider=provider, confirmed=True, **nights[2]), refused=True
        )
        GuardFactory(unit=unit, provider=provider, draft=True, **nights[3])

        context = as_doctor.get(URL).context

        february, march = context["months"]
        assert (february.guards, february.money.expected, february.money.validated) == (3, FEE, FEE)
        assert (march.guards, march.money.expected) == (1, FEE)
        total = context["total"]
        assert (total.guards, total.money.expected, total.money.validated, total.in_payment, total.money.paid) == (
            4, FEE * 2, FEE, 0, 0,
        )  # fmt: skip
        assert context["chart"]["series"][0]["values"] == [80.6, 80.6]

    @pytest.mark.parametrize(
        ("outcome", "in_payment", "paid"),
        [(SettlementOutcome.SENT, FEE, 0), (SettlementOutcome.PAID, 0, FEE)],
    )
    def test_what_is_paid_is_no_longer_expected(
        self, as_doctor, guard, account, pay, outcome, in_payment, paid
    ):
        pay(MAY)
        if outcome == SettlementOutcome.PAID:
            answered()

        total = as_doctor.get(URL).context["total"]

        assert (total.money.expected, total.money.validated, total.in_payment, total.money.paid) == (
            0,
            0,
            in_payment,
            paid,
        )

    def test_another_year(self, as_doctor, unit, provider, guard):
        year = timedelta(days=364)
        GuardFactory(
            unit=unit, provider=provider, starts_at=guard.starts_at - year, ends_at=guard.ends_at - year
        )
        assert as_doctor.get(URL).context["years"] == [2026, 2025]
        assert [
            len(as_doctor.get(URL, {"annee": asked}).context["months"]) for asked in ("2025", "1900", "x")
        ] == [1, 1, 1]
        assertContains(as_doctor.get(URL, {"annee": "2025"}), "Mars 2025")


class TestPayments:
    def test_one_that_reached_him(self, as_doctor, guard, account, pay, world):
        pay(MAY)
        answered()

        response = as_doctor.get(URL)

        [payment] = response.context["payments"]
        assert (payment.fees, payment.taken_back, payment.settlement.paid) == (FEE, 0, FEE)
        assert "compte … 7034" in text_of(response)
        [year] = response.context["payment_years"]
        assert (year.year, year.earned, year.paid, year.sent, year.returned) == (2026, FEE, FEE, 0, 0)
        page = as_doctor.get(detail(1))
        assert "13 h × 6,20 € 80,60 €" in text_of(page)
        assertContains(page, reverse("bhod:own_guard", args=[guard.reference]))
        for each in (response, page):
            assertNotContains(each, IBAN)
            assertNotContains(each, "BE68\u00a05390")

    def test_one_that_was_too_much(self, as_doctor, guard, account, pay):
        pay(MAY)
        answered()
        shorten(guard, MAY)
        pay(JULY)

        response = as_doctor.get(URL)

        second, _first = response.context["payments"]
        assert (second.fees, second.taken_back, second.settlement.closing) == (
            Decimal("74.40"), -FEE, Decimal("-6.20"),
        )  # fmt: skip
        assert response.context["balance"] == Decimal("-6.20")
        assert "-6,20 € dont -80,60 € repris" in text_of(response)
        assert "6,20 € ont été payés de trop" in text_of(response)
        assert "repris : la garde a changé -80,60 €" in text_of(as_doctor.get(detail(2)))

    def test_without_an_account(self, as_doctor, guard, pay):
        pay(MAY)

        response = as_doctor.get(URL)

        assert response.context["balance"] == FEE
        assertContains(response, f'href="{reverse("prosante_login:financial_data")}"', 2)
        assertNotContains(response, "compte …")
        assert "Bénéficiaire fiscal" not in text_of(as_doctor.get(detail(1)))

    def test_that_the_bank_sent_back(self, as_doctor, guard, account, pay):
        pay(MAY)
        answered(SettlementOutcome.RETURNED, return_reason=ReturnReason.BLOCKED_ACCOUNT)

        response = as_doctor.get(URL)

        assert response.context["balance"] == FEE
        [year] = response.context["payment_years"]
        assert (year.paid, year.returned) == (0, FEE)
        assert "Motif du retour compte bloqué" in text_of(as_doctor.get(detail(1)))
        pay(JULY)
        latest = as_doctor.get(URL).context["payments"][0].settlement
        assert (latest.returned, latest.paid) == (FEE, FEE)
        assert "ce paiement règle ce qui restait des précédents" in text_of(as_doctor.get(detail(2)))

    def test_that_is_at_the_bank(self, as_doctor, guard, account, pay):
        pay(MAY)
        [year] = as_doctor.get(URL).context["payment_years"]
        assert (year.sent, year.paid) == (FEE, 0)

    def test_for_the_taxes_of_an_enterprise(self, as_doctor, guard, account, pay, provider):
        enterprise = EnterpriseFactory(world=provider.person.world, name="Cabinet Test SRL")
        FiscalBeneficiaryFactory(provider=provider, enterprise=enterprise, income_year=2026)
        pay(MAY)
        assert "Cabinet Test SRL" in text_of(as_doctor.get(detail(1)))

    def test_a_guard_that_another_has_now_opens_nothing(self, as_doctor, guard, account, pay, provider):
        pay(MAY)
        Guard.objects.filter(pk=guard.pk).update(provider=CareProviderFactory())

        assertNotContains(as_doctor.get(detail(1)), reverse("bhod:own_guard", args=[guard.reference]))


class TestWhoReads:
    def test_a_colleague_finds_nothing(self, client, guard, account, pay, world):
        pay(MAY)
        open_file(client, CareProviderFactory(person__world=world).person, PHYSICIAN)

        assert client.get(detail(1)).status_code == 404
        assert client.get(URL).context["payments"] == []

    @pytest.mark.parametrize(
        ("kind", "status"), [(MandateKind.ADMINISTRATIVE_FILE, 200), (MandateKind.SOCIAL_STATUS, 403)]
    )
    def test_a_mandate_opens_it_or_does_not(self, client, provider, kind, status):
        mandate = MandateFactory(provider=provider, kind=kind)
        choice = ProfileChoice(ProfileKind.CITIZEN, capacity=Capacity.MANDATARY, mandate_id=mandate.pk)
        open_file(client, mandate.holder_person, choice)

        assert client.get(URL).status_code == status

    def test_asks_the_database_the_same_for_any_number(
        self, as_doctor, guard, unit, account, pay, provider, django_assert_num_queries
    ):
        pay(MAY)
        later = timedelta(days=63)
        GuardFactory(
            unit=unit,
            provider=provider,
            confirmed=True,
            confirmed_at=JULY,
            starts_at=guard.starts_at + later,
            ends_at=guard.ends_at + later,
        )
        as_doctor.get(URL)
        for at in (MAY, JULY):
            if at == JULY:
                pay(JULY)
            with django_assert_num_queries(13):
                as_doctor.get(URL)
        with django_assert_num_queries(10):
            as_doctor.get(detail(2))
