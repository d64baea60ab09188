from datetime import date

import pytest
from django.db import IntegrityError

from bhod_portal.core.identifiers import read_inami
from prosante_login.enums import MandateKind, Profession
from tests.csam.factories import AT, PersonFactory
from tests.prosante_login.factories import (
    AdministrativeContactFactory,
    CareProviderFactory,
    FiscalBeneficiaryFactory,
    MandateDelegateFactory,
    MandateFactory,
    PracticeAddressFactory,
    ProviderAccountFactory,
    SocialContractFactory,
)


def test_a_profession_is_exercised_once():
    provider = CareProviderFactory()

    with pytest.raises(IntegrityError, match="care_provider_profession_once"):
        CareProviderFactory(person=provider.person)


def test_two_professions_are_fine():
    provider = CareProviderFactory()

    CareProviderFactory(person=provider.person, profession=Profession.BANDAGIST)

    assert provider.person.care_providers.count() == 2


def test_an_inami_number_has_eleven_digits():
    with pytest.raises(IntegrityError, match="care_provider_inami_11_digits"):
        CareProviderFactory(inami_number="1999051200")


def test_is_shown_as_the_person():
    provider = CareProviderFactory(candidate=True)

    assert str(provider) == str(provider.person)
    assert provider.qualification_code == "005"


def test_factories_make_valid_numbers():
    for provider in (
        CareProviderFactory(),
        CareProviderFactory(candidate=True),
        CareProviderFactory(nurse=True),
    ):
        assert read_inami(provider.inami_number) == provider.inami_number
    assert CareProviderFactory(without_number=True).inami_number == ""


class TestMandate:
    def test_has_one_holder(self):
        with pytest.raises(IntegrityError, match="mandate_one_holder"):
            MandateFactory(holder_person=None, accepted_at=None, accepted_by=None)

    def test_of_one_kind_does_not_overlap_for_one_person(self):
        first = MandateFactory()

        with pytest.raises(IntegrityError, match="mandate_no_overlap_for_a_person"):
            MandateFactory(
                provider=first.provider, holder_person=first.holder_person, valid_from=date(2026, 6, 1)
            )

    def test_of_another_kind_or_after_a_stopped_one_is_fine(self):
        first = MandateFactory(stopped=True)
        same = {"provider": first.provider, "holder_person": first.holder_person}

        MandateFactory(**same)
        MandateFactory(**same, kind=MandateKind.SOCIAL_STATUS)

        assert first.provider.mandates.count() == 3

    def test_of_one_kind_does_not_overlap_for_one_enterprise(self):
        first = MandateFactory(for_enterprise=True)

        with pytest.raises(IntegrityError, match="mandate_no_overlap_for_an_enterprise"):
            MandateFactory(
                for_enterprise=True, provider=first.provider, holder_enterprise=first.holder_enterprise
            )

    def test_is_answered_once(self):
        with pytest.raises(IntegrityError, match="mandate_answered_once"):
            MandateFactory(refused_at=AT, refused_by=PersonFactory())

    def test_is_in_order(self):
        with pytest.raises(IntegrityError, match="mandate_period_in_order"):
            MandateFactory(valid_until=date(2025, 12, 31))

    @pytest.mark.parametrize("act", ["accepted", "refused", "stopped"])
    def test_each_act_has_its_author(self, act):
        values = {"to_accept": True, f"{act}_at": AT}

        with pytest.raises(IntegrityError, match=f"mandate_{act}_by_someone"):
            MandateFactory(**values)


@pytest.mark.parametrize(
    ("factory", "values", "constraint"),
    [
        (PracticeAddressFactory, {"postal_code": "0500"}, "practice_address_belgian_postal_code"),
        (PracticeAddressFactory, {"valid_until": date(2025, 1, 1)}, "practice_address_period_in_order"),
        (PracticeAddressFactory, {"ended_at": AT}, "practice_address_ended_by_someone"),
        (SocialContractFactory, {"valid_until": date(2025, 1, 1)}, "social_contract_period_in_order"),
        (SocialContractFactory, {"ended_at": AT}, "social_contract_ended_by_someone"),
        (ProviderAccountFactory, {"iban": "BE71 0961 2345 6769"}, "provider_account_iban_bare"),
        (ProviderAccountFactory, {"withdrawn_at": AT}, "provider_account_withdrawn_by_someone"),
        (FiscalBeneficiaryFactory, {"replaced_at": AT}, "fiscal_beneficiary_replaced_by_someone"),
        (MandateDelegateFactory, {"ended_at": AT}, "mandate_delegate_ended_by_someone"),
    ],
)
def test_is_refused(factory, values, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        factory(**values)


def test_an_address_is_there_once_at_a_time():
    first = PracticeAddressFactory(street="Rue Haute 1")

    with pytest.raises(IntegrityError, match="practice_address_no_overlap"):
        PracticeAddressFactory(provider=first.provider, street="Rue Haute 1")


def test_a_contract_is_the_only_one_of_its_time():
    first = SocialContractFactory()

    with pytest.raises(IntegrityError, match="social_contract_one_at_a_time"):
        SocialContractFactory(provider=first.provider)


def test_an_account_is_one_from_a_day_on():
    first = ProviderAccountFactory()

    with pytest.raises(IntegrityError, match="provider_account_one_per_day"):
        ProviderAccountFactory(provider=first.provider)


def test_a_delegate_is_delegated_once_at_a_time():
    first = MandateDelegateFactory()

    with pytest.raises(IntegrityError, match="mandate_delegate_once"):
        MandateDelegateFactory(enterprise=first.enterprise, person=first.person)


class TestFiscalBeneficiary:
    def test_is_one_per_year(self):
        first = FiscalBeneficiaryFactory()

        with pytest.raises(IntegrityError, match="fiscal_beneficiary_one_per_year"):
            FiscalBeneficiaryFactory(provider=first.provider)

    def test_may_be_set_until_the_last_day_of_may_of_the_next_year(self):
        FiscalBeneficiaryFactory(income_year=2025, set_on=date(2026, 5, 31))

        with pytest.raises(IntegrityError, match="fiscal_beneficiary_set_in_time"):
            FiscalBeneficiaryFactory(income_year=2025, set_on=date(2026, 6, 1))


def test_a_contact_is_in_order():
    with pytest.raises(IntegrityError, match="administrative_contact_period_in_order"):
        AdministrativeContactFactory(valid_until=date(2019, 1, 1))


@pytest.mark.parametrize(
    "factory",
    [
        AdministrativeContactFactory,
        FiscalBeneficiaryFactory,
        MandateDelegateFactory,
        MandateFactory,
        PracticeAddressFactory,
        ProviderAccountFactory,
        SocialContractFactory,
    ],
)
def test_each_has_a_name(factory):
    assert str(factory())
