"""Practice addresses and contracts of the social status: added from a day on, ended, never deleted."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from bhod_portal.core.models import AuditEntry
from bhod_portal.core.refusals import refusal_codes
from prosante_login.models import Mandate
from prosante_login.services import provider_files
from tests.csam.factories import AT, WorldFactory
from tests.prosante_login.factories import (
    CareProviderFactory,
    MandateFactory,
    PracticeAddressFactory,
    SocialContractFactory,
)
from tests.threads import at_once

TODAY = date(2026, 3, 10)
PLACE = {"name": "", "street": "Rue Haute 1", "postal_code": "5500", "town": "Dinant"}


@pytest.fixture
def provider():
    return CareProviderFactory(person__world=WorldFactory(frozen_at=AT))


def add_address(provider, *, mandate=None, by=None, **values):
    return provider_files.add_address(
        provider=provider,
        **PLACE | {"valid_from": TODAY} | values,
        mandate=mandate,
        by=by or provider.person,
        at=AT,
    )


def add_contract(provider, **values):
    values = {"insurer": "Assurances du Val", "number": "C-1", "valid_from": TODAY} | values
    return provider_files.add_contract(provider=provider, **values, mandate=None, by=provider.person, at=AT)


def end_address(address, last_day):
    return provider_files.end_address(
        address=address, last_day=last_day, mandate=None, by=address.added_by, at=AT
    )


def codes(act, *args, **kwargs):
    with pytest.raises(ValidationError) as refusal:
        act(*args, **kwargs)
    return refusal_codes(refusal.value)


def test_an_address_is_added_and_traced(provider):
    address = add_address(provider)

    entry = AuditEntry.objects.get(act="prosante.address.added")
    assert entry.details == {"row": address.pk, "about": "Rue Haute 1, 5500 Dinant"}
    assert entry.done_by_id == provider.person.pk


def test_one_may_have_begun_long_ago_but_not_begin_in_two_years(provider):
    add_address(provider, valid_from=date(2001, 1, 1))

    assert codes(add_address, provider, street="Rue Basse 2", valid_from=date(2027, 3, 12)) == {"too_far"}


def test_the_same_address_twice_is_refused_until_it_ended(provider):
    address = add_address(provider)
    assert codes(add_address, provider, valid_from=date(2026, 5, 1)) == {"address_twice"}

    end_address(address, date(2026, 4, 30))

    add_address(provider, valid_from=date(2026, 5, 1))
    assert provider.practice_addresses.count() == 2


def test_the_last_day_is_said_once(provider):
    address = add_address(provider)

    assert end_address(address, date(2026, 4, 30))
    assert not end_address(address, date(2026, 4, 30))

    assert codes(end_address, address, date(2026, 5, 30)) == {"already_ended"}
    address.refresh_from_db()
    assert (address.valid_until, address.ended_at) == (date(2026, 4, 30), AT)
    assert AuditEntry.objects.filter(act="prosante.address.ended").count() == 1


@pytest.mark.parametrize(
    ("last_day", "code"), [(date(2026, 3, 9), "period_out_of_order"), (date(2028, 1, 1), "too_far")]
)
def test_the_last_day_makes_sense(provider, last_day, code):
    address = add_address(provider)

    assert codes(end_address, address, last_day) == {code}

    address.refresh_from_db()
    assert address.valid_until is None


def test_a_mandatary_is_named_in_the_trace(provider):
    mandate = MandateFactory(provider=provider)

    add_address(provider, mandate=mandate, by=mandate.holder_person)

    assert AuditEntry.objects.get(act="prosante.address.added").details["mandate"] == mandate.pk


def test_by_a_mandate_that_was_stopped_meanwhile_nothing_is_done(provider):
    mandate = MandateFactory(provider=provider)
    Mandate.objects.update(stopped_at=AT, stopped_by=provider.person)

    with pytest.raises(PermissionDenied):
        add_address(provider, mandate=mandate, by=mandate.holder_person)

    assert not provider.practice_addresses.exists()


def test_one_contract_at_a_time(provider):
    contract = add_contract(provider)
    assert codes(add_contract, provider, number="C-2") == {"contract_overlap"}

    provider_files.end_contract(contract=contract, last_day=TODAY, mandate=None, by=provider.person, at=AT)

    add_contract(provider, number="C-2", valid_from=date(2026, 3, 11))
    assert provider.social_contracts.count() == 2
    assert AuditEntry.objects.filter(act="prosante.contract.ended").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_tabs_add_one_address(provider):
    assert sorted(at_once(lambda _number: add_address(provider), times=2)) == ["address_twice", "done"]


@pytest.mark.django_db(transaction=True)
def test_two_tabs_say_one_last_day():
    address = PracticeAddressFactory(provider__person__world=WorldFactory(frozen_at=AT))
    days = [date(2026, 4, 1), date(2026, 5, 1)]

    found = at_once(
        lambda number: end_address(type(address).objects.get(pk=address.pk), days[number]), times=2
    )

    assert sorted(found) == ["already_ended", "done"]


def test_factories_stand_for_what_services_make():
    assert SocialContractFactory().valid_until is None
