"""Accounts and fiscal beneficiaries: who is paid where, from when, and until when a year may be put right."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from bhod_portal.core.models import AuditEntry
from bhod_portal.core.refusals import refusal_codes
from prosante_login.enums import FeeType, MandateKind
from prosante_login.models import FiscalBeneficiary, Mandate
from prosante_login.selectors import finances as selectors
from prosante_login.services import finances
from tests.csam.factories import AT, EnterpriseFactory, WorldFactory
from tests.prosante_login.factories import CareProviderFactory, MandateFactory, ProviderAccountFactory
from tests.threads import at_once

TODAY = date(2026, 3, 10)
ONE, OTHER = "BE71096123456769", "BE48320070184927"
FEE = FeeType.AVAILABILITY


@pytest.fixture
def provider(world):
    return CareProviderFactory(person__world=world)


@pytest.fixture
def world():
    return WorldFactory(frozen_at=AT)


def add(provider, iban=ONE, used_from=TODAY, *, mandate=None, by=None, at=AT):
    return finances.add_account(
        provider=provider,
        fee_type=FEE,
        iban=iban,
        used_from=used_from,
        mandate=mandate,
        by=by or provider.person,
        at=at,
    )


def used_on(provider, day):
    account = selectors.account_on(provider, FEE, on=day)
    return account.iban if account else None


def set_beneficiary(provider, year, enterprise=None, *, at=AT):
    return finances.set_beneficiary(
        provider=provider,
        fee_type=FEE,
        year=year,
        enterprise=enterprise,
        mandate=None,
        by=provider.person,
        at=at,
    )


class TestAccounts:
    def test_the_one_before_serves_until_the_day_before(self, provider):
        add(provider)
        add(provider, OTHER, date(2026, 4, 1))

        assert used_on(provider, date(2026, 3, 9)) is None
        assert used_on(provider, date(2026, 3, 31)) == ONE
        assert used_on(provider, date(2026, 4, 1)) == OTHER

    def test_today_is_the_day_in_brussels(self, provider):
        midnight = datetime(2026, 3, 10, 23, 0, tzinfo=UTC)

        with pytest.raises(ValidationError) as refusal:
            add(provider, used_from=TODAY, at=midnight)

        assert refusal_codes(refusal.value) == {"past"}
        add(provider, used_from=date(2026, 3, 11), at=midnight)

    @pytest.mark.parametrize(
        ("iban", "used_from", "code"),
        [
            (OTHER, date(2026, 3, 9), "past"),
            (OTHER, date(2027, 3, 12), "too_far"),
            (ONE, date(2026, 5, 1), "same_account"),
            (OTHER, TODAY, "account_twice"),
        ],
    )
    def test_refuses(self, provider, iban, used_from, code):
        add(provider)

        with pytest.raises(ValidationError) as refusal:
            add(provider, iban, used_from)

        assert refusal_codes(refusal.value) == {code}
        assert provider.accounts.count() == 1

    def test_tells_the_provider_and_leaves_a_trace_without_the_number(
        self, provider, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            add(provider)

        entry = AuditEntry.objects.get(act="prosante.account.added")
        assert entry.done_by_id == provider.person.pk
        assert "0961" not in str(entry.details)
        [letter] = provider.person.world.messages.all()
        assert letter.recipient == provider.person.email
        assert "6769" in letter.body
        assert "0961" not in letter.body

    def test_by_a_mandatary_names_the_mandate(self, provider):
        mandate = MandateFactory(provider=provider)

        add(provider, mandate=mandate, by=mandate.holder_person)

        assert AuditEntry.objects.get(act="prosante.account.added").details["mandate"] == mandate.pk

    def test_by_a_mandate_that_was_stopped_meanwhile_nothing_is_done(self, provider):
        mandate = MandateFactory(provider=provider)
        Mandate.objects.update(stopped_at=AT, stopped_by=provider.person)

        with pytest.raises(PermissionDenied):
            add(provider, mandate=mandate, by=mandate.holder_person)

        assert provider.accounts.count() == 0

    def test_by_a_mandate_that_opens_another_part_nothing_is_done(self, provider):
        mandate = MandateFactory(provider=provider, kind=MandateKind.SOCIAL_STATUS)

        with pytest.raises(PermissionDenied):
            add(provider, mandate=mandate, by=mandate.holder_person)

        assert provider.accounts.count() == 0

    def test_one_that_is_not_used_yet_is_taken_back_once(self, provider):
        account = add(provider, used_from=date(2026, 4, 1))

        assert finances.withdraw_account(account=account, mandate=None, by=provider.person, at=AT)
        assert not finances.withdraw_account(account=account, mandate=None, by=provider.person, at=AT)

        assert used_on(provider, date(2026, 4, 1)) is None
        assert AuditEntry.objects.filter(act="prosante.account.withdrawn").count() == 1

    def test_one_that_is_used_stays(self, provider):
        account = add(provider)

        with pytest.raises(ValidationError) as refusal:
            finances.withdraw_account(account=account, mandate=None, by=provider.person, at=AT)

        assert refusal_codes(refusal.value) == {"in_use"}

    def test_stands_with_those_to_come_and_its_history(self, provider):
        old = ProviderAccountFactory(provider=provider, used_from=date(2025, 1, 1), iban=OTHER)
        used = add(provider)
        later = add(provider, OTHER, date(2026, 5, 1))
        gone = ProviderAccountFactory(
            provider=provider, used_from=date(2026, 6, 1), withdrawn_at=AT, withdrawn_by=provider.person
        )

        fees = {each.fee_type: each for each in selectors.accounts_of(provider, on=TODAY)}

        assert fees[FEE].used == used
        assert fees[FEE].to_come == [later]
        assert fees[FEE].history == [gone, old]
        assert fees[FeeType.ACCREDITATION].used is None


@pytest.mark.django_db(transaction=True)
def test_two_tabs_name_one_account(provider):
    outcomes = at_once(lambda _number: add(provider), times=2)

    assert sorted(outcomes) == ["done", "same_account"]
    assert provider.accounts.count() == 1


class TestBeneficiaries:
    def test_is_the_provider_himself_until_another_is_named(self, provider):
        assert selectors.beneficiary_of(provider, FEE, 2026, on=TODAY).enterprise is None

    def test_counts_for_the_years_that_follow(self, provider):
        enterprise = EnterpriseFactory(world=provider.person.world)

        assert set_beneficiary(provider, 2025, enterprise)

        this_year = selectors.beneficiary_of(provider, FEE, 2026, on=TODAY)
        assert (this_year.enterprise, this_year.set_in) == (enterprise, 2025)
        assert selectors.beneficiary_of(provider, FEE, 2024, on=TODAY).enterprise is None

    def test_the_same_again_changes_nothing(self, provider):
        enterprise = EnterpriseFactory(world=provider.person.world)
        set_beneficiary(provider, 2026, enterprise)

        assert not set_beneficiary(provider, 2026, enterprise)
        assert FiscalBeneficiary.objects.count() == 1

    def test_another_one_replaces_it_and_the_first_is_kept(self, provider):
        enterprise = EnterpriseFactory(world=provider.person.world)
        set_beneficiary(provider, 2026, enterprise)

        assert set_beneficiary(provider, 2026, None, at=AT + timedelta(days=1))

        first, second = FiscalBeneficiary.objects.order_by("pk")
        assert first.replaced_at == AT + timedelta(days=1)
        assert second.enterprise is None

    def test_of_a_year_may_change_until_the_last_of_may(self, provider):
        last_minute = datetime(2026, 5, 31, 21, 59, tzinfo=UTC)
        enterprise = EnterpriseFactory(world=provider.person.world)

        assert set_beneficiary(provider, 2025, enterprise, at=last_minute)
        with pytest.raises(ValidationError) as refusal:
            set_beneficiary(provider, 2025, None, at=last_minute + timedelta(minutes=1))

        assert refusal_codes(refusal.value) == {"year_closed"}

    def test_refuses_a_year_to_come_and_an_enterprise_that_stopped(self, provider):
        with pytest.raises(ValidationError) as too_early:
            set_beneficiary(provider, 2027, None)
        with pytest.raises(ValidationError) as stopped:
            set_beneficiary(provider, 2026, EnterpriseFactory(world=provider.person.world, stopped=True))

        assert refusal_codes(too_early.value) == {"year_to_come"}
        assert refusal_codes(stopped.value) == {"enterprise_stopped"}

    def test_lists_this_year_the_last_and_those_that_were_set(self, provider):
        enterprise = EnterpriseFactory(world=provider.person.world)
        set_beneficiary(provider, 2023, enterprise, at=datetime(2024, 1, 8, tzinfo=UTC))

        years = [each for each in selectors.beneficiary_years(provider, on=TODAY) if each.fee_type == FEE]

        assert [(each.year, each.open, each.last_day) for each in years] == [
            (2026, True, date(2027, 5, 31)),
            (2025, True, date(2026, 5, 31)),
            (2023, False, date(2024, 5, 31)),
        ]
        assert {each.enterprise for each in years} == {enterprise}
