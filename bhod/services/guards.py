"""Single acts upon a guard: register, change, cancel, confirm, reopen (design.md 4, BHOD 1 and 4).

Each is a plan of one entry (`services.planning`), and refuses as the rules do (`rules.checks`).
"""

from dataclasses import replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bhod.enums import GuardAct, GuardState
from bhod.models import Guard, GuardUnit
from bhod.selectors.plans import Entry, Plan
from bhod.services.planning import carry_out
from csam.models import Person
from prosante_login.models import CareProvider


@transaction.atomic
def register_guard(
    *,
    unit: GuardUnit,
    provider: CareProvider,
    starts_at: datetime,
    ends_at: datetime,
    by: Person,
    at: datetime,
    state: GuardState = GuardState.REGISTERED,
) -> Guard:
    """Put an enrolled doctor on guard for a unit, or plan it as a draft. Instants are aware, the end is excluded."""
    entry = Entry(unit_id=unit.pk, provider_id=provider.pk, starts_at=starts_at, ends_at=ends_at, state=state)
    return _done(unit.enterprise_id, entry, by=by, at=at)


@transaction.atomic
def change_guard(
    *,
    guard: Guard,
    unit: GuardUnit,
    provider: CareProvider,
    starts_at: datetime,
    ends_at: datetime,
    by: Person,
    at: datetime,
    seen_version: int | None = None,
    state: GuardState | None = None,
) -> Guard:
    """Give a standing guard another unit of the same circle, another doctor or other hours.

    A confirmed guard that changes is to be confirmed anew; a draft stays one unless `state` registers it, and nothing
    becomes one again. Refuses also with `already_cancelled`, `unit_of_another_circle`, and `changed_meanwhile` when its
    version is no longer the one that was seen.
    """
    stays_draft = guard.state == GuardState.DRAFT and state != GuardState.REGISTERED
    state = GuardState.DRAFT if stays_draft else GuardState.REGISTERED
    entry = Entry(
        unit_id=unit.pk,
        provider_id=provider.pk,
        starts_at=starts_at,
        ends_at=ends_at,
        state=state,
        act=GuardAct.CHANGED,
        guard=guard,
        seen_version=seen_version,
    )
    return _done(guard.unit.enterprise_id, entry, by=by, at=at)


@transaction.atomic
def cancel_guard(
    *, guard: Guard, reason: str, by: Person, at: datetime, seen_version: int | None = None
) -> Guard:
    """Cancel a standing guard and keep it, with the reason.

    Refuses with `already_cancelled`, `reason_required`, and `changed_meanwhile` when its version is no longer the one
    that was seen.
    """
    if not reason.strip():
        raise ValidationError(_("Indiquez le motif de l'annulation."), code="reason_required")
    entry = Entry.of(guard, act=GuardAct.CANCELLED, state=GuardState.CANCELLED, reason=reason.strip())
    if seen_version is not None:
        entry = replace(entry, seen_version=seen_version)
    return _done(guard.unit.enterprise_id, entry, by=by, at=at)


@transaction.atomic
def confirm_guard(*, guard: Guard, by: Person, at: datetime) -> Guard:
    """Say that a guard was performed as it stands. Refuses with `not_over`, and with what the rules say of it."""
    entry = Entry.of(guard, act=GuardAct.CONFIRMED, state=GuardState.CONFIRMED)
    return _done(guard.unit.enterprise_id, entry, by=by, at=at)


@transaction.atomic
def reopen_guard(*, guard: Guard, reason: str, by: Person, at: datetime) -> Guard:
    """Take a confirmation back. Refuses with `not_confirmed` and `reason_required`."""
    if not reason.strip():
        raise ValidationError(_("Indiquez pourquoi la confirmation est retirée."), code="reason_required")
    if guard.state != GuardState.CONFIRMED:
        raise ValidationError(_("Cette garde n'est pas confirmée."), code="not_confirmed")
    entry = Entry.of(guard, act=GuardAct.REOPENED, state=GuardState.REGISTERED, reason=reason.strip())
    return _done(guard.unit.enterprise_id, entry, by=by, at=at)


def _done(enterprise_id: int, entry: Entry, *, by: Person, at: datetime) -> Guard:
    [guard] = carry_out(plan=Plan(enterprise_id, [entry]), by=by, at=at).guards
    if entry.guard:
        entry.guard.refresh_from_db()
        return entry.guard
    return guard
