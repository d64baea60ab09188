"""Swaps: a doctor offers one of his guards, a colleague takes it over, and where the circle wants so its manager decides.

Design.md 4, BHOD 1 and 4. Who acts for a doctor by mandate leaves his trace in the file (`prosante_login.services.acting`,
which raises PermissionDenied). An offer whose guard has changed, was cancelled or confirmed, or began holds no longer:
the act that comes upon it closes it and refuses with `offer_lapsed`. Every refusal is a ValidationError with a code.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bhod.enums import GuardAct, GuardState, SwapLapse, SwapState
from bhod.models import Guard, SwapOffer
from bhod.permissions import Capability
from bhod.rules.problems import Problem
from bhod.selectors.circles import organisation_of
from bhod.selectors.plans import Entry, Plan, judge
from bhod.selectors.swaps import STANDING, colleagues_for, lapse_of
from bhod.services import swap_notices
from bhod.services.doctors import lock_providers, lock_together
from bhod.services.planning import PlanRefusedError, write
from bhod.services.rights import check_capability
from bhod_portal.core import audit, clock
from bhod_portal.core.kept_texts import keep
from csam.models import Person
from prosante_login.enums import FileAct
from prosante_login.models import CareProvider, Mandate
from prosante_login.services import acting


class OfferLapsedError(ValidationError):
    """An offer that holds no longer."""

    def __init__(self, lapse: SwapLapse) -> None:
        text = _("Cette proposition ne tient plus : %(reason)s.") % {"reason": lapse.label}
        super().__init__(text, code="offer_lapsed")
        self.lapse = lapse


@transaction.atomic
def offer_guard(
    *,
    guard: Guard,
    provider: CareProvider,
    colleague: CareProvider | None,
    message: str,
    seen_version: int,
    mandate: Mandate | None,
    by: Person,
    at: datetime,
) -> SwapOffer:
    """Offer a doctor's own future guard to one colleague of its circle, or to all of them.

    The same offer a second time is the first one. Refuses with `not_own_guard`, `guard_draft`, `already_cancelled`,
    `guard_began`, `changed_meanwhile`, `not_a_colleague` and `already_offered`.
    """
    lock_providers({provider.pk})
    guard = _locked_guard(guard.pk)
    check_may_be_offered(guard=guard, provider=provider, seen_version=seen_version, at=at)
    if colleague and colleague not in colleagues_for(guard):
        text = _(
            "%(name)s n'est pas inscrit(e) dans le cercle le jour de cette garde : choisissez un autre confrère."
        )
        raise ValidationError(text, code="not_a_colleague", params={"name": str(colleague)})
    standing = SwapOffer.objects.filter(guard=guard, state__in=STANDING).select_related("guard").first()
    if standing and (lapse := lapse_of(standing, at=at)):
        _close_lapsed(standing, lapse, by=by, at=at)
        standing = None
    if standing:
        if standing.offered_to == colleague and standing.state == SwapState.OPEN:
            return standing
        text = _("Cette garde est déjà proposée : retirez d'abord cette proposition.")
        raise ValidationError(text, code="already_offered")
    offer = SwapOffer(
        guard=guard,
        guard_version=guard.version,
        offered_to=colleague,
        message=message.strip(),
        offered_at=at,
        offered_by=by,
    )
    offer.full_clean()
    offer.save()
    _trace(FileAct.GUARD_OFFERED, offer, provider=provider, mandate=mandate, by=by, at=at)
    if colleague:
        swap_notices.tell_offered(offer, provider, at=at)
    return offer


def withdraw_offer(
    *, offer: SwapOffer, provider: CareProvider, mandate: Mandate | None, by: Person, at: datetime
) -> SwapOffer:
    """Take one's offer back, while no colleague has the guard; a second time nothing happens.

    Refuses with `offer_closed`, `not_own_guard` and `offer_lapsed`.
    """
    with _closing_lapsed(offer, by=by, at=at):
        offer = _locked(offer, provider)
        if offer.state == SwapState.WITHDRAWN:
            return offer
        _check_stands(offer, at=at)
        _check_own(offer.guard, provider)
        asked = offer.taker or offer.offered_to
        _close(offer, SwapState.WITHDRAWN, by=by, at=at)
        _trace(FileAct.OFFER_WITHDRAWN, offer, provider=provider, mandate=mandate, by=by, at=at)
        if asked:
            swap_notices.tell_withdrawn(offer, asked, provider, at=at)
        return offer


def accept_offer(
    *,
    offer: SwapOffer,
    taker: CareProvider,
    seen_version: int,
    mandate: Mandate | None,
    by: Person,
    at: datetime,
) -> SwapOffer:
    """Take a colleague's guard over, as it was offered; where the circle decides, the acceptance waits for it.

    A second time nothing happens. Refuses as the rules do (PlanRefusedError: the offer stays open), and with
    `offer_taken`, `offer_closed`, `offer_lapsed`, `changed_meanwhile`, `own_guard`, `offered_to_another`.
    """
    with _closing_lapsed(offer, by=by, at=at):
        offer = _locked(offer, taker)
        if offer.state in {SwapState.ACCEPTED, SwapState.DONE}:
            if offer.taker == taker:
                return offer
            text = _("Un confrère a accepté cette garde avant vous : elle n'est plus proposée.")
            raise ValidationError(text, code="offer_taken")
        _check_stands(offer, at=at)
        if seen_version != offer.guard_version:
            text = _(
                "Cette garde a été modifiée, puis proposée à nouveau : relisez ses heures, puis acceptez-la."
            )
            raise ValidationError(text, code="changed_meanwhile")
        _check_meant_for(offer, taker)
        offerer = offer.guard.provider
        offer.taker, offer.accepted_at, offer.accepted_by = taker, at, by
        enterprise = offer.guard.unit.enterprise
        if organisation_of(enterprise.pk).swaps_need_manager:
            if refused := judge(swap_plan(offer, taker), at=at).refused:
                raise PlanRefusedError(refused)
            offer.state = SwapState.ACCEPTED
            offer.save(update_fields=["state", "taker", "accepted_at", "accepted_by"])
            swap_notices.tell_waiting(offer, offerer, on=clock.day_of(at), at=at)
        else:
            offer.save(update_fields=["taker", "accepted_at", "accepted_by"])
            _carry_out(offer, taker, by=by, at=at)
        _trace(FileAct.GUARD_TAKEN, offer, provider=taker, mandate=mandate, by=by, at=at)
        return offer


def refuse_offer(
    *,
    offer: SwapOffer,
    provider: CareProvider,
    reason: str,
    mandate: Mandate | None,
    by: Person,
    at: datetime,
) -> SwapOffer:
    """Say no, as the colleague whom an offer names; a second time nothing happens.

    Refuses with `offered_to_another`, `offer_closed` (he accepted it, say) and `offer_lapsed`.
    """
    with _closing_lapsed(offer, by=by, at=at):
        offer = _locked(offer, provider)
        if offer.offered_to != provider:
            raise _offered_to_another()
        if offer.state == SwapState.REFUSED:
            return offer
        _check_stands(offer, at=at)
        if offer.state == SwapState.ACCEPTED:
            text = _("Vous avez déjà accepté cette garde : le cercle décide. Dites-lui que vous y renoncez.")
            raise ValidationError(text, code="offer_closed")
        _close(offer, SwapState.REFUSED, reason=reason.strip(), by=by, at=at)
        _trace(FileAct.OFFER_REFUSED, offer, provider=provider, mandate=mandate, by=by, at=at)
        swap_notices.tell_refused(offer, [offer.guard.provider], by=str(provider), at=at)
        return offer


def decide_swap(*, offer: SwapOffer, approve: bool, reason: str, by: Person, at: datetime) -> SwapOffer:
    """Approve or refuse, for the circle, what a colleague accepted; the same decision twice is one.

    Raises PermissionDenied for who may not manage the guards of the circle. Refuses as the rules do (the swap goes on
    waiting), and with `reason_required`, `not_accepted`, `already_decided` and `offer_lapsed`.
    """
    enterprise = offer.guard.unit.enterprise
    check_capability(by=by, enterprise_id=enterprise.pk, capability=Capability.MANAGE_GUARDS, at=at)
    reason = reason.strip()
    with _closing_lapsed(offer, by=by, at=at):
        offer = _locked(offer, offer.taker)
        taker = offer.taker
        if taker and offer.state not in STANDING:
            if offer.state == (SwapState.DONE if approve else SwapState.REFUSED):
                return offer
            text = _("La décision est déjà prise : %(state)s.")
            raise ValidationError(text, code="already_decided", params={"state": offer.get_state_display()})
        if taker is None:
            text = _("Aucun confrère n'a accepté cette garde : il n'y a rien à décider.")
            raise ValidationError(text, code="not_accepted")
        _check_stands(offer, at=at)
        if approve:
            _carry_out(offer, taker, by=by, at=at)
        elif not reason:
            raise ValidationError(_("Indiquez pourquoi l'échange est refusé."), code="reason_required")
        else:
            _close(offer, SwapState.REFUSED, reason=reason, by=by, at=at)
            swap_notices.tell_refused(offer, [offer.guard.provider, taker], by=enterprise.name, at=at)
        decided: dict[str, Any] = {"guard": offer.guard_id, "taker": taker.pk}
        act = "bhod.swap.approved" if approve else "bhod.swap.refused"
        audit.record(act, offer, world=enterprise.world, by=by, at=at, **decided)
        return offer


def swap_plan(offer: SwapOffer, taker: CareProvider) -> Plan:
    """The guard in the name of the colleague, as the rules shall judge it."""
    reason = keep(
        gettext_noop("Échange : garde de %(giver)s reprise par %(taker)s"),
        giver=str(offer.guard.provider),
        taker=str(taker),
    )
    entry = Entry.of(offer.guard, act=GuardAct.SWAPPED, reason=reason)
    entry = replace(entry.moved(provider_id=taker.pk), seen_version=offer.guard_version)
    return Plan(offer.guard.unit.enterprise_id, [entry])


def check_may_be_offered(*, guard: Guard, provider: CareProvider, seen_version: int, at: datetime) -> None:
    """Refuses for a guard that isn't this doctor's, or is none that he can still offer."""
    _check_own(guard, provider)
    if guard.state == GuardState.CANCELLED:
        raise Problem("already_cancelled").refusal()
    if guard.state == GuardState.DRAFT:
        text = _("Le cercle n'a pas encore enregistré cette garde : elle ne se propose pas.")
        raise ValidationError(text, code="guard_draft")
    if guard.starts_at <= at:
        text = _("Cette garde a commencé : elle ne se propose plus. Adressez-vous au cercle.")
        raise ValidationError(text, code="guard_began")
    if guard.version != seen_version:
        text = _("Le cercle a modifié cette garde entre-temps : relisez ses heures, puis recommencez.")
        raise ValidationError(text, code="changed_meanwhile")


@contextmanager
def _closing_lapsed(offer: SwapOffer, *, by: Person, at: datetime) -> Iterator[None]:
    """An act upon an offer, all of it or nothing; only that it holds no longer is kept although the act is refused."""
    try:
        with transaction.atomic():
            yield
    except OfferLapsedError as lapsed:
        _close_lapsed(offer, lapsed.lapse, by=by, at=at)
        raise


def _close_lapsed(offer: SwapOffer, lapse: SwapLapse, *, by: Person, at: datetime) -> None:
    SwapOffer.objects.filter(pk=offer.pk, state__in=STANDING).update(
        state=SwapState.WITHDRAWN, closed_at=at, closed_by=by, close_reason=str(lapse.label)
    )


def _locked_guard(pk: int) -> Guard:
    guards = Guard.objects.select_related("unit__enterprise__world", "provider__person")
    return guards.select_for_update(of=("self",), no_key=True).get(pk=pk)


def _locked(offer: SwapOffer, other: CareProvider | None) -> SwapOffer:
    """The offer and its guard as they stand; doctors first, as whoever writes guards locks them."""
    enterprise_id = offer.guard.unit.enterprise_id
    pks = {offer.guard.provider_id} | ({other.pk} if other else set())
    lock_together(enterprise_id, pks)
    offers = SwapOffer.objects.select_related(
        "guard__unit__enterprise__world", "guard__provider__person", "offered_to__person", "taker__person"
    )
    return offers.select_for_update(of=("self", "guard"), no_key=True).get(pk=offer.pk)


def _check_own(guard: Guard, provider: CareProvider) -> None:
    if guard.provider_id != provider.pk:
        text = _("Cette garde n'est plus la vôtre : le cercle l'a donnée à un autre médecin.")
        raise ValidationError(text, code="not_own_guard")


def _check_stands(offer: SwapOffer, *, at: datetime) -> None:
    if offer.state not in STANDING:
        text = _("Cette garde n'est plus proposée : %(state)s.")
        raise ValidationError(text, code="offer_closed", params={"state": offer.get_state_display()})
    if lapse := lapse_of(offer, at=at):
        raise OfferLapsedError(lapse)


def _check_meant_for(offer: SwapOffer, taker: CareProvider) -> None:
    if offer.guard.provider_id == taker.pk:
        raise ValidationError(_("Cette garde est déjà la vôtre."), code="own_guard")
    if offer.offered_to and offer.offered_to != taker:
        raise _offered_to_another()


def _offered_to_another() -> ValidationError:
    return ValidationError(_("Cette garde est proposée à un autre confrère."), code="offered_to_another")


def _carry_out(offer: SwapOffer, taker: CareProvider, *, by: Person, at: datetime) -> None:
    write(plan=swap_plan(offer, taker), by=by, at=at)
    _close(offer, SwapState.DONE, by=by, at=at)


def _close(offer: SwapOffer, state: SwapState, *, reason: str = "", by: Person, at: datetime) -> None:
    offer.state, offer.closed_at, offer.closed_by, offer.close_reason = state, at, by, reason
    offer.save(update_fields=["state", "closed_at", "closed_by", "close_reason"])


def _trace(
    act: FileAct,
    offer: SwapOffer,
    *,
    provider: CareProvider,
    mandate: Mandate | None,
    by: Person,
    at: datetime,
) -> None:
    about = keep("%(start)s, %(unit)s", start=offer.guard.starts_at, unit=offer.guard.unit.name)
    acting.record(
        act,
        provider=provider,
        mandate=mandate,
        by=by,
        at=at,
        about=about,
        guard=offer.guard_id,
        offer=offer.pk,
    )
