"""The part of the demo world that ProSanté shows: non-providers, mandates, practice addresses, accounts."""

from collections.abc import Callable, Mapping
from datetime import datetime

from bhod_portal.core import clock
from csam.models import Enterprise, Person
from prosante_login.enums import FeeType
from prosante_login.models import (
    AdministrativeContact,
    CareProvider,
    Mandate,
    PracticeAddress,
    ProviderAccount,
)
from training.demo import circles, files
from training.demo.people import PEOPLE


def make_files(
    *,
    days_ago: Callable[[int], datetime],
    persons: Mapping[str, Person],
    enterprises: Mapping[str, Enterprise],
    physicians: Mapping[str, CareProvider],
) -> None:
    """Make what ProSanté shows; the mappings go by the slugs of `training.demo`."""
    AdministrativeContact.objects.bulk_create(
        AdministrativeContact(
            person=persons[contact.person],
            role=contact.role,
            institution=contact.institution,
            valid_from=clock.day_of(days_ago(files.KNOWN_TO_INAMI)),
        )
        for contact in files.CONTACTS
    )
    Mandate.objects.bulk_create(
        Mandate(
            provider=physicians[mandate.provider],
            kind=mandate.kind,
            holder_person=None if mandate.company else persons[mandate.accepted_by],
            holder_enterprise=enterprises.get(mandate.company),
            valid_from=clock.day_of(days_ago(_given(mandate))),
            given_at=days_ago(_given(mandate)),
            given_by=persons[mandate.provider],
            accepted_at=days_ago(files.ACCEPTED) if mandate.accepted_by else None,
            accepted_by=persons.get(mandate.accepted_by),
        )
        for mandate in files.MANDATES
    )
    PracticeAddress.objects.bulk_create(
        PracticeAddress(
            provider=physicians[practice.provider],
            name=practice.name,
            street=practice.street,
            postal_code=practice.postal_code,
            town=practice.town,
            valid_from=clock.day_of(days_ago(files.ADDRESS_ADDED)),
            added_at=days_ago(files.ADDRESS_ADDED),
            added_by=persons[practice.provider],
        )
        for practice in files.PRACTICES
    )
    _make_accounts(days_ago(files.ACCOUNT_NAMED), physicians)


def _given(mandate: files.GivenMandate) -> int:
    """How many days ago."""
    return files.GIVEN if mandate.accepted_by else files.GIVEN_LATELY


def _make_accounts(at: datetime, physicians: Mapping[str, CareProvider]) -> None:
    number_of = {persona.slug: persona.number for persona in PEOPLE}
    in_circles = {doctor for circle in circles.CIRCLES for doctor in circle.doctors} - files.WITHOUT_ACCOUNT
    ProviderAccount.objects.bulk_create(
        ProviderAccount(
            provider=physicians[doctor],
            fee_type=FeeType.AVAILABILITY,
            iban=files.iban_of(number_of[doctor]),
            used_from=clock.day_of(at),
            registered_at=at,
            registered_by=physicians[doctor].person,
        )
        for doctor in sorted(in_circles)
    )
