"""What a care provider's file holds over a period: practice addresses and contracts of the social status."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bhod_portal.core import clock
from bhod_portal.core.periods import Period
from bhod_portal.core.shown import shown_day
from csam.models import Person
from prosante_login.enums import FileAct
from prosante_login.models import CareProvider, Mandate, PracticeAddress, SocialContract
from prosante_login.services import acting

# An address or a contract may be told this long before it begins (guess).
AHEAD = timedelta(days=366)


@transaction.atomic
def add_address(
    *,
    provider: CareProvider,
    name: str,
    street: str,
    postal_code: str,
    town: str,
    valid_from: date,
    mandate: Mandate | None,
    by: Person,
    at: datetime,
) -> PracticeAddress:
    """Add a practice address from a day on, past or up to a year ahead.

    Raises ValidationError `too_far`, or `address_twice` when it is in the file already for a part of that time.
    """
    address = PracticeAddress(
        provider=provider,
        name=name,
        street=street,
        postal_code=postal_code,
        town=town,
        valid_from=valid_from,
        added_at=at,
        added_by=by,
    )
    _add(address, FileAct.ADDRESS_ADDED, mandate)
    return address


@transaction.atomic
def end_address(
    *, address: PracticeAddress, last_day: date, mandate: Mandate | None, by: Person, at: datetime
) -> bool:
    """Say which day was or will be the last at an address; False when that was said already.

    Raises ValidationError `period_out_of_order` for a day before the first, `too_far`, or `already_ended` for another day.
    """
    return _end(address, FileAct.ADDRESS_ENDED, last_day=last_day, mandate=mandate, by=by, at=at)


@transaction.atomic
def add_contract(
    *,
    provider: CareProvider,
    insurer: str,
    number: str,
    valid_from: date,
    mandate: Mandate | None,
    by: Person,
    at: datetime,
) -> SocialContract:
    """Add the contract for which the social status is asked, from a day on; one at a time.

    Raises ValidationError `too_far` or `contract_overlap`.
    """
    contract = SocialContract(
        provider=provider, insurer=insurer, number=number, valid_from=valid_from, added_at=at, added_by=by
    )
    _add(contract, FileAct.CONTRACT_ADDED, mandate)
    return contract


@transaction.atomic
def end_contract(
    *, contract: SocialContract, last_day: date, mandate: Mandate | None, by: Person, at: datetime
) -> bool:
    """Say which day was or will be the last of a contract, as `end_address` does."""
    return _end(contract, FileAct.CONTRACT_ENDED, last_day=last_day, mandate=mandate, by=by, at=at)


def _add(row: PracticeAddress | SocialContract, act: FileAct, mandate: Mandate | None) -> None:
    acting.lock_file(row.provider_id)
    _check_not_too_far(row.valid_from, row.added_at)
    row.full_clean()
    row.save()
    _record(act, row, mandate, row.added_by, row.added_at)


def _end(
    row: PracticeAddress | SocialContract,
    act: FileAct,
    *,
    last_day: date,
    mandate: Mandate | None,
    by: Person,
    at: datetime,
) -> bool:
    acting.lock_file(row.provider_id)
    row.refresh_from_db(fields=["valid_from", "valid_until", "ended_at", "ended_by"])
    if row.valid_until == last_day:
        return False
    if row.valid_until is not None:
        raise ValidationError(
            _("Une fin était déjà indiquée : le %(day)s."),
            code="already_ended",
            params={"day": shown_day(row.valid_until)},
        )
    _check_not_too_far(last_day, at)
    Period(row.valid_from, last_day)
    row.valid_until, row.ended_at, row.ended_by = last_day, at, by
    row.full_clean()
    row.save(update_fields=["valid_until", "ended_at", "ended_by"])
    _record(act, row, mandate, by, at)
    return True


def _check_not_too_far(day: date, at: datetime) -> None:
    if day > clock.day_of(at) + AHEAD:
        raise ValidationError(_("Indiquez un jour dans l'année qui vient, au plus tard."), code="too_far")


def _record(
    act: FileAct, row: PracticeAddress | SocialContract, mandate: Mandate | None, by: Person, at: datetime
) -> None:
    acting.record(act, provider=row.provider, mandate=mandate, by=by, at=at, about=str(row), row=row.pk)
