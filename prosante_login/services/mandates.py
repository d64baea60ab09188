"""Mandates: given by the provider, accepted or refused by the holder, stopped by either, transferred (domain.md 4.2).

Every act takes the lock of the provider's file first: of two at once, the second sees what the first one wrote.
`at` is the world's time; days are those in Brussels.
"""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bhod_portal.core import audit, clock
from bhod_portal.core.periods import Period
from bhod_portal.core.shown import shown_day
from csam.models import Enterprise, Person
from prosante_login import selectors
from prosante_login.enums import MandateKind, MandateState
from prosante_login.models import CareProvider, Mandate
from prosante_login.services import mandate_notices
from prosante_login.services.acting import lock_file
from prosante_login.services.mandate_holders import Holder, check_holder, check_own_file

# What may still be stopped: what opens something, or would.
STOPPABLE = (MandateState.TO_ACCEPT, MandateState.TO_COME, MandateState.ACTIVE)
TRANSFERABLE = (MandateState.TO_COME, MandateState.ACTIVE)


def check_new(*, provider: CareProvider, kind: MandateKind, holder: Holder, period: Period, on: date) -> None:
    """Whether such a mandate can be given on that day.

    Raises ValidationError `to_oneself`, `holder_stopped`, `enterprise_stopped`, `nobody_signs`, `back_dated` or
    `mandate_overlap`.
    """
    check_holder(provider=provider, holder=holder, on=on)
    if period.start < on:
        raise ValidationError(
            _(
                "Un mandat ne commence pas avant le jour où vous le signez. Choisissez le %(today)s ou un jour plus tard."
            ),
            code="back_dated",
            params={"today": shown_day(on)},
        )
    _check_free(_unsigned(provider, kind, holder, period))


def _unsigned(provider: CareProvider, kind: MandateKind, holder: Holder, period: Period) -> Mandate:
    return Mandate(
        provider=provider,
        kind=kind,
        holder_person=holder if isinstance(holder, Person) else None,
        holder_enterprise=holder if isinstance(holder, Enterprise) else None,
        valid_from=period.start,
        valid_until=period.end,
    )


def _check_free(mandate: Mandate) -> None:
    """The database refuses it too; this says which mandate is in the way, and what to do about it."""
    others = Mandate.objects.standing().filter(
        provider=mandate.provider,
        kind=mandate.kind,
        holder_person=mandate.holder_person,
        holder_enterprise=mandate.holder_enterprise,
    )
    wanted = Period(mandate.valid_from, mandate.valid_until)
    for other in others:
        if wanted.overlaps(Period(other.valid_from, other.valid_until)):
            end = shown_day(other.valid_until)
            raise ValidationError(
                _(
                    "%(holder)s a déjà un mandat de ce type pour une partie de la période (du %(start)s au %(end)s). "
                    "Arrêtez d'abord celui-là, ou choisissez d'autres dates."
                )
                if other.valid_until
                else _(
                    "%(holder)s a déjà un mandat de ce type, du %(start)s et sans fin. Arrêtez d'abord celui-là, ou "
                    "choisissez d'autres dates."
                ),
                code="mandate_overlap",
                params={"holder": holder_of(mandate), "start": shown_day(other.valid_from), "end": end},
            )


def holder_of(mandate: Mandate) -> Holder:
    """The person or the enterprise to whom a mandate is given."""
    holder = mandate.holder_enterprise or mandate.holder_person
    assert holder is not None  # noqa: S101  (mandate_one_holder)
    return holder


@transaction.atomic
def give_mandate(
    *,
    provider: CareProvider,
    kind: MandateKind,
    holder: Holder,
    period: Period,
    by: Person,
    at: datetime,
    transfers: Mandate | None = None,
) -> Mandate:
    """Sign a mandate as the provider: it opens something once the holder has signed too; both sides are told.

    Raises PermissionDenied for who is not the provider, and ValidationError as `check_new` does.
    """
    check_own_file(provider=provider, by=by)
    lock_file(provider.pk)
    check_new(provider=provider, kind=kind, holder=holder, period=period, on=clock.day_of(at))
    mandate = _unsigned(provider, kind, holder, period)
    mandate.given_at, mandate.given_by, mandate.transfers = at, by, transfers
    mandate.full_clean()
    mandate.save()
    _record("given", mandate, by=by, at=at, kind=kind.value, transfers=transfers.pk if transfers else None)
    mandate_notices.tell_giver(mandate, "prosante_login/emails/mandate_given", at=at, to_sign=False)
    mandate_notices.tell_holder(mandate, "prosante_login/emails/mandate_given", at=at, to_sign=True)
    return mandate


@transaction.atomic
def transfer(*, mandate: Mandate, holder: Holder, by: Person, at: datetime) -> Mandate:
    """Give the same mandate to another holder; it stops this one when he signs, so that there is cover in between.

    It begins on the day of the world, or with the old one if that is still to come, and ends with it. Returns the new one.
    Raises PermissionDenied, and ValidationError `not_transferable`, `transfer_waits`, or as `check_new` does.
    """
    check_own_file(provider=mandate.provider, by=by)
    lock_file(mandate.provider_id)
    mandate, on = _again(mandate), clock.day_of(at)
    check_transferable(mandate=mandate, on=on)
    return give_mandate(
        provider=mandate.provider,
        kind=MandateKind(mandate.kind),
        holder=holder,
        period=transfer_period(mandate, on),
        by=by,
        at=at,
        transfers=mandate,
    )


def transfer_period(mandate: Mandate, on: date) -> Period:
    """The days of the mandate that takes over from one, signed on that day."""
    return Period(max(on, mandate.valid_from), mandate.valid_until)


def check_transferable(*, mandate: Mandate, on: date) -> None:
    """Raises ValidationError `not_transferable` or `transfer_waits`."""
    if selectors.state_of(mandate, on) not in TRANSFERABLE:
        raise ValidationError(
            _(
                "Seul un mandat accepté et qui n'a pas pris fin se transfère. Donnez plutôt un nouveau mandat."
            ),
            code="not_transferable",
        )
    waiting = Mandate.objects.standing().filter(transfers=mandate, accepted_at=None)
    if any(selectors.state_of(each, on) == MandateState.TO_ACCEPT for each in waiting):
        raise ValidationError(
            _(
                "Un transfert de ce mandat attend déjà la signature du nouveau mandataire. Arrêtez d'abord ce "
                "transfert-là."
            ),
            code="transfer_waits",
        )


@transaction.atomic
def accept(*, mandate: Mandate, by: Person, at: datetime) -> Mandate:
    """Sign as the holder: from now on, within its days, the mandate opens the file. What it transfers stops.

    Raises PermissionDenied, and ValidationError `already_accepted`, `already_refused`, `mandate_stopped`, `lapsed` or
    `enterprise_stopped`.
    """
    mandate = _to_answer(mandate, by=by, at=at)
    mandate.accepted_at, mandate.accepted_by = at, by
    mandate.save(update_fields=["accepted_at", "accepted_by"])
    _record("accepted", mandate, by=by, at=at)
    old = mandate.transfers
    if old is not None and selectors.state_of(old, clock.day_of(at)) in STOPPABLE:
        # The provider signed that it should stop now.
        _end(old, by=mandate.given_by, at=at, successor=mandate.pk)
        mandate_notices.tell_holder(
            old, "prosante_login/emails/mandate_stopped", at=at, by=mandate.given_by, transferred=True
        )
    mandate_notices.tell_giver(
        mandate, "prosante_login/emails/mandate_answered", at=at, by=by, accepted=True, replaced=old
    )
    mandate_notices.tell_holder(
        mandate, "prosante_login/emails/mandate_answered", at=at, by=by, accepted=True, replaced=None
    )
    return mandate


@transaction.atomic
def refuse(*, mandate: Mandate, by: Person, at: datetime) -> Mandate:
    """Decline a mandate as the holder; raises as `accept` does. What it should have replaced goes on."""
    mandate = _to_answer(mandate, by=by, at=at)
    mandate.refused_at, mandate.refused_by = at, by
    mandate.save(update_fields=["refused_at", "refused_by"])
    _record("refused", mandate, by=by, at=at)
    for tell in (mandate_notices.tell_giver, mandate_notices.tell_holder):
        tell(
            mandate,
            "prosante_login/emails/mandate_answered",
            at=at,
            by=by,
            accepted=False,
            replaced=mandate.transfers,
        )
    return mandate


@transaction.atomic
def stop(*, mandate: Mandate, by: Person, at: datetime) -> Mandate:
    """End a mandate at once, as the provider or the holder; both sides are told.

    Raises PermissionDenied, and ValidationError `mandate_over` or, for a holder who has still to answer, `to_answer`.
    """
    lock_file(mandate.provider_id)
    mandate, on = _again(mandate), clock.day_of(at)
    check_may_stop(mandate=mandate, by=by, on=on)
    _end(mandate, by=by, at=at)
    for tell in (mandate_notices.tell_giver, mandate_notices.tell_holder):
        tell(mandate, "prosante_login/emails/mandate_stopped", at=at, by=by, transferred=False)
    return mandate


def check_may_stop(*, mandate: Mandate, by: Person, on: date) -> None:
    """Raises as `stop` does."""
    own = mandate.provider.person_id == by.pk
    if not own and not selectors.is_holder(by, mandate, on=on):
        raise _stranger()
    state = selectors.state_of(mandate, on)
    if state not in STOPPABLE:
        raise ValidationError(
            _("Ce mandat n'ouvre déjà plus rien : il n'y a plus rien à arrêter."), code="mandate_over"
        )
    if state == MandateState.TO_ACCEPT and not own:
        raise ValidationError(
            _("Ce mandat attend votre signature : refusez-le si vous n'en voulez pas."), code="to_answer"
        )


def _to_answer(mandate: Mandate, *, by: Person, at: datetime) -> Mandate:
    """The mandate as it stands, its file locked, to be answered by the holder."""
    lock_file(mandate.provider_id)
    mandate, on = _again(mandate), clock.day_of(at)
    if not selectors.is_holder(by, mandate, on=on):
        raise _stranger()
    match selectors.state_of(mandate, on):
        case MandateState.TO_ACCEPT:
            pass
        case MandateState.REFUSED:
            raise ValidationError(
                _("Ce mandat a déjà été refusé. Le mandant peut en donner un nouveau."),
                code="already_refused",
            )
        case MandateState.STOPPED:
            raise ValidationError(
                _("Ce mandat a été arrêté entre-temps. Le mandant peut en donner un nouveau."),
                code="mandate_stopped",
            )
        case MandateState.LAPSED:
            raise ValidationError(
                _(
                    "Ce mandat a pris fin le %(day)s sans avoir été accepté : il n'est plus à signer. Demandez au mandant "
                    "d'en donner un nouveau."
                ),
                code="lapsed",
                params={"day": shown_day(mandate.valid_until)},
            )
        case _other:
            raise ValidationError(_("Ce mandat est déjà accepté."), code="already_accepted")
    if mandate.holder_enterprise is not None and not mandate.holder_enterprise.is_active(on):
        raise ValidationError(
            _(
                "L'entreprise est arrêtée à la Banque-Carrefour des Entreprises : elle ne répond plus à un mandat. Le "
                "mandant peut le retirer."
            ),
            code="enterprise_stopped",
        )
    return mandate


def _stranger() -> PermissionDenied:
    return PermissionDenied(
        _("Seuls le mandant et le mandataire de ce mandat peuvent y répondre ou l'arrêter.")
    )


def _again(mandate: Mandate) -> Mandate:
    """The mandate as it stands now that its file is locked."""
    return selectors.with_parties(Mandate.objects.filter(pk=mandate.pk)).get()


def _end(mandate: Mandate, *, by: Person, at: datetime, successor: int | None = None) -> None:
    mandate.stopped_at, mandate.stopped_by = at, by
    mandate.save(update_fields=["stopped_at", "stopped_by"])
    _record("stopped", mandate, by=by, at=at, successor=successor)


def _record(act: str, mandate: Mandate, *, by: Person, at: datetime, **details: str | int | None) -> None:
    world = mandate.provider.person.world
    audit.record(f"prosante.mandate.{act}", mandate, world=world, by=by, at=at, **details)
