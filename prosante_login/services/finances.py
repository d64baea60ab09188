"""Accounts and fiscal beneficiaries of a care provider: named by himself or on his behalf, never by a circle."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from bhod_portal.core import clock
from bhod_portal.core.kept_texts import keep
from bhod_portal.core.messages import absolute
from csam.models import Enterprise, Person
from prosante_login.enums import FeeType, FileAct
from prosante_login.models import CareProvider, FiscalBeneficiary, Mandate, ProviderAccount
from prosante_login.selectors import finances
from prosante_login.services import acting
from prosante_login.services.notices import tell

# An account may be named this long before it is used (guess).
AHEAD = timedelta(days=366)


@transaction.atomic
def add_account(
    *,
    provider: CareProvider,
    fee_type: FeeType,
    iban: str,
    used_from: date,
    mandate: Mandate | None,
    by: Person,
    at: datetime,
) -> ProviderAccount:
    """Name the account of a type of fee from a day on, which is today or later; the one before it serves until then.

    `iban` is bare (`identifiers.read_iban`). Raises what `account_to_add` does. The provider is mailed. Source: domain.md 1.6
    (R36).
    """
    acting.lock_file(provider.pk)
    account = account_to_add(
        provider=provider, fee_type=fee_type, iban=iban, used_from=used_from, by=by, at=at
    )
    account.save()
    _leave_trace(FileAct.ACCOUNT_ADDED, account, mandate, by, at)
    return account


def account_to_add(
    *, provider: CareProvider, fee_type: FeeType, iban: str, used_from: date, by: Person, at: datetime
) -> ProviderAccount:
    """An account that may be added, not saved: what it is refused for is told when it is typed, not when it is confirmed.

    Raises ValidationError `past`, `too_far`, `same_account` (that account serves on that day already) or `account_twice`.
    """
    today = clock.day_of(at)
    if used_from < today:
        raise ValidationError(
            _(
                "Un compte sert au plus tôt à partir d'aujourd'hui : ce qui est payé n'est pas payé autrement."
            ),
            code="past",
        )
    if used_from > today + AHEAD:
        raise ValidationError(_("Indiquez un compte au plus un an avant qu'il serve."), code="too_far")
    before = finances.account_on(provider, fee_type, on=used_from)
    if before is not None and before.iban == iban:
        raise ValidationError(
            _("Ce compte sert déjà à cette date : rien ne changerait."), code="same_account"
        )
    account = ProviderAccount(
        provider=provider,
        fee_type=fee_type,
        iban=iban,
        used_from=used_from,
        registered_at=at,
        registered_by=by,
    )
    account.full_clean()
    return account


@transaction.atomic
def withdraw_account(*, account: ProviderAccount, mandate: Mandate | None, by: Person, at: datetime) -> bool:
    """Take back an account that is not used yet; False when it was taken back already.

    Raises ValidationError `in_use` from the day on which it is used: another one is named instead.
    """
    acting.lock_file(account.provider_id)
    account.refresh_from_db()
    if account.withdrawn_at is not None:
        return False
    if account.used_from <= clock.day_of(at):
        raise ValidationError(
            _("Ce compte sert déjà : il reste dans l'historique. Ajoutez le compte qui le remplace."),
            code="in_use",
        )
    account.withdrawn_at, account.withdrawn_by = at, by
    account.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _leave_trace(FileAct.ACCOUNT_WITHDRAWN, account, mandate, by, at)
    return True


@transaction.atomic
def set_beneficiary(
    *,
    provider: CareProvider,
    fee_type: FeeType,
    year: int,
    enterprise: Enterprise | None,
    mandate: Mandate | None,
    by: Person,
    at: datetime,
) -> bool:
    """Say for whose taxes a type of fee of an income year counts (None: the provider's own); False when nothing changes.

    Until 31 May of the next year, included, by the world's day in Brussels. Raises ValidationError `year_closed`,
    `year_to_come` or `enterprise_stopped`. Source: domain.md 1.6 (R36).
    """
    acting.lock_file(provider.pk)
    today = clock.day_of(at)
    if year > today.year:
        raise ValidationError(_("L'année %(year)d n'a pas commencé.") % {"year": year}, code="year_to_come")
    if not finances.may_change(year, on=today):
        raise ValidationError(
            _("Le bénéficiaire fiscal de %(year)d pouvait être modifié jusqu'au 31 mai %(next)d.")
            % {"year": year, "next": year + 1},
            code="year_closed",
        )
    if enterprise is not None and not enterprise.is_active(today):
        raise ValidationError(
            _("Cette entreprise est arrêtée à la BCE : elle ne peut plus être bénéficiaire."),
            code="enterprise_stopped",
        )
    known = finances.beneficiary_of(provider, fee_type, year, on=today)
    if known.enterprise == enterprise:
        return False
    standing = FiscalBeneficiary.objects.filter(
        provider=provider, fee_type=fee_type, income_year=year, replaced_at=None
    )
    standing.update(replaced_at=at, replaced_by=by)
    FiscalBeneficiary.objects.create(
        provider=provider,
        fee_type=fee_type,
        income_year=year,
        enterprise=enterprise,
        set_at=at,
        set_on=today,
        set_by=by,
    )
    acting.record(
        FileAct.BENEFICIARY_SET,
        provider=provider,
        mandate=mandate,
        by=by,
        at=at,
        about=keep("%(fee)s, %(year)s", fee=fee_type.label, year=year),
        fee_type=fee_type.value,
        year=year,
        enterprise=enterprise.pk if enterprise else None,
    )
    tell(
        [provider.person],
        "prosante_login/emails/beneficiary_set",
        at=at,
        fee=fee_type.label,
        year=year,
        beneficiary=enterprise or provider.person,
        by=by,
        url=absolute(reverse("prosante_login:financial_data")),
    )
    return True


def _leave_trace(
    act: FileAct, account: ProviderAccount, mandate: Mandate | None, by: Person, at: datetime
) -> None:
    fee = FeeType(account.fee_type).label
    acting.record(
        act,
        provider=account.provider,
        mandate=mandate,
        by=by,
        at=at,
        about=keep("%(fee)s", fee=fee),
        account=account.pk,
    )
    tell(
        [account.provider.person],
        "prosante_login/emails/account_added"
        if act == FileAct.ACCOUNT_ADDED
        else "prosante_login/emails/account_withdrawn",
        at=at,
        fee=fee,
        # Enough to know it by, too little to use it: mails are read elsewhere.
        ending=account.iban[-4:],
        used_from=account.used_from,
        by=by,
        url=absolute(reverse("prosante_login:financial_data")),
    )
