"""Which account and which fiscal beneficiary count for a type of fee (domain.md 1.6)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from bhod_portal.core.models import World
from csam.models import Enterprise
from prosante_login.enums import FeeType
from prosante_login.models import CareProvider, FiscalBeneficiary, ProviderAccount
from prosante_login.models.finances import LAST_DAY, LAST_MONTH

# Of the first availability fees (royal decree of 25 November 2002, domain.md 1.1).
FIRST_YEAR = 2002


@dataclass(frozen=True, slots=True)
class FeeAccounts:
    """The accounts of one type of fee: the one used now, those to come (the next first), and the others (the latest first)."""

    fee_type: FeeType
    used: ProviderAccount | None
    to_come: list[ProviderAccount]
    history: list[ProviderAccount]


@dataclass(frozen=True, slots=True)
class BeneficiaryYear:
    """For whose taxes a type of fee of an income year counts; None is the provider himself.

    `last_day` is the last one on which it may change; `set_in` the year of the row that says it, None without any.
    """

    fee_type: FeeType
    year: int
    enterprise: Enterprise | None
    set_in: int | None
    last_day: date
    open: bool


def accounts_of(provider: CareProvider, *, on: date) -> list[FeeAccounts]:
    """All accounts that a provider named, by type of fee, as they stand on that day."""
    named = ProviderAccount.objects.filter(provider=provider).select_related("registered_by", "withdrawn_by")
    rows = list(named.order_by("-used_from", "-registered_at", "-pk"))
    return [
        _accounts(fee_type, [row for row in rows if row.fee_type == fee_type], on) for fee_type in FeeType
    ]


def _accounts(fee_type: FeeType, rows: list[ProviderAccount], on: date) -> FeeAccounts:
    standing = [row for row in rows if row.withdrawn_at is None]
    used = next((row for row in standing if row.used_from <= on), None)
    to_come = [row for row in reversed(standing) if row.used_from > on]
    history = [row for row in rows if row is not used and row not in to_come]
    return FeeAccounts(fee_type, used, to_come, history)


def account_on(provider: CareProvider, fee_type: FeeType, *, on: date) -> ProviderAccount | None:
    """The account on which a type of fee is paid on that day."""
    named = ProviderAccount.objects.filter(provider=provider, fee_type=fee_type, withdrawn_at=None)
    return named.filter(used_from__lte=on).order_by("-used_from").first()


def accounts_serving(world: World, fee_type: FeeType, *, on: date) -> QuerySet[ProviderAccount, Any]:
    """For each provider of a world who has one, the account on which a type of fee is paid on that day: its key and his."""
    named = ProviderAccount.objects.filter(
        provider__person__world=world, fee_type=fee_type, withdrawn_at=None, used_from__lte=on
    )
    return named.order_by("provider", "-used_from").distinct("provider").values("id", "provider_id")


def beneficiaries_set(world: World, fee_type: FeeType, *, year: int) -> QuerySet[FiscalBeneficiary, Any]:
    """For each provider of a world who named one, the enterprise for whose taxes a type of fee of a year counts, or none."""
    named = FiscalBeneficiary.objects.filter(
        provider__person__world=world, fee_type=fee_type, replaced_at=None, income_year__lte=year
    )
    return (
        named.order_by("provider", "-income_year").distinct("provider").values("provider_id", "enterprise_id")
    )


def beneficiary_years(provider: CareProvider, *, on: date) -> list[BeneficiaryYear]:
    """For each type of fee the beneficiary of this income year, of the last one, and of older ones that were set; latest first."""
    rows = list(_beneficiaries(provider).order_by("-income_year"))
    years = sorted({on.year, on.year - 1} | {row.income_year for row in rows}, reverse=True)
    return [
        _year(fee_type, year, [row for row in rows if row.fee_type == fee_type], on)
        for fee_type in FeeType
        for year in years
    ]


def beneficiary_of(provider: CareProvider, fee_type: FeeType, year: int, *, on: date) -> BeneficiaryYear:
    """The beneficiary of one income year."""
    rows = _beneficiaries(provider).filter(fee_type=fee_type).order_by("-income_year")
    return _year(fee_type, year, list(rows), on)


def last_day_to_change(year: int) -> date:
    """Until when the beneficiary of an income year may change, included."""
    return date(year + 1, LAST_MONTH, LAST_DAY)


def is_income_year(year: int, *, on: date) -> bool:
    """Whether availability fees were paid for that year, or may be this year."""
    return FIRST_YEAR <= year <= on.year


def may_change(year: int, *, on: date) -> bool:
    """Whether the beneficiary of an income year may change on that day: it has begun, and 31 May of the next is not over."""
    return year <= on.year and on <= last_day_to_change(year)


def _beneficiaries(provider: CareProvider) -> QuerySet[FiscalBeneficiary]:
    rows = FiscalBeneficiary.objects.filter(provider=provider, replaced_at=None)
    return rows.select_related("enterprise", "set_by")


def _year(fee_type: FeeType, year: int, rows: list[FiscalBeneficiary], on: date) -> BeneficiaryYear:
    row = next((row for row in rows if row.income_year <= year), None)
    return BeneficiaryYear(
        fee_type,
        year,
        row.enterprise if row else None,
        row.income_year if row else None,
        last_day_to_change(year),
        may_change(year, on=on),
    )
