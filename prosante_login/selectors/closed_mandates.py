"""Why a mandate can't be used by somebody on a day: what its holder is told instead of the file."""

from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from bhod_portal.core import clock
from csam.enums import ManagerKind
from csam.models import AccessManager, Employment, LegalFunction, Person
from prosante_login.enums import MandateState
from prosante_login.models import Mandate, MandateDelegate
from prosante_login.selectors.mandate_holders import state_of
from prosante_login.selectors.mandates import may_use_mandates_of


class Tie(Enum):
    """What became of a person's tie to the enterprise that holds a mandate."""

    FUNCTION_OVER = auto()
    GAP_REPLACED = auto()
    GAP_LEFT = auto()
    DELEGATION_OVER = auto()
    DELEGATE_LEFT = auto()
    NONE = auto()


class Party(Enum):
    """What became of who gave a mandate, or of the enterprise that got it; their mandate ends with them."""

    GRANTOR_GONE = auto()
    HOLDER_STOPPED = auto()


@dataclass(frozen=True, slots=True)
class ClosedMandate:
    """A mandate that can't be used: why, since which day (Brussels), and by whose act if by somebody's.

    The reason is the state of the mandate, or with an active one what became of its parties, or of the person's tie to the
    enterprise that holds it.
    """

    mandate: Mandate
    reason: MandateState | Party | Tie
    day: date | None = None
    by: Person | None = None
    transferred: bool = False


def closed_mandate(
    *, person: Person, enterprise_id: int | None, mandate_id: int, on: date
) -> ClosedMandate | None:
    """Why the mandate in whose file a person was can't be used any more; None when it isn't there or can be used."""
    mandate = (
        Mandate.objects.filter(pk=mandate_id, provider__person__world=person.world_id)
        .select_related("provider__person", "holder_enterprise", "refused_by", "stopped_by")
        .first()
    )
    if mandate is None:
        return None
    if found := why_closed(mandate, on=on):
        return found
    enterprise = mandate.holder_enterprise
    if mandate.holder_enterprise_id != enterprise_id or mandate.holder_person_id not in (None, person.pk):
        return ClosedMandate(mandate, Tie.NONE)
    if enterprise is None or may_use_mandates_of(person, enterprise, on=on):
        return None
    return _tie_ended(mandate, person, on)


def why_closed(mandate: Mandate, *, on: date) -> ClosedMandate | None:
    """Why the mandate itself opens nothing on that day, whoever asks; None when it does."""
    match state := state_of(mandate, on):
        case MandateState.ACTIVE:
            return _party_gone(mandate, on)
        case MandateState.REFUSED if mandate.refused_at:
            return ClosedMandate(mandate, state, clock.day_of(mandate.refused_at), mandate.refused_by)
        case MandateState.STOPPED if mandate.stopped_at:
            went_on = mandate.transferred_to.filter(accepted_at__isnull=False).exists()
            day = clock.day_of(mandate.stopped_at)
            return ClosedMandate(mandate, state, day, mandate.stopped_by, transferred=went_on)
        case MandateState.TO_ACCEPT:
            return ClosedMandate(mandate, state, clock.day_of(mandate.given_at))
        case MandateState.TO_COME:
            return ClosedMandate(mandate, state, mandate.valid_from)
        case _over:
            return ClosedMandate(mandate, state, mandate.valid_until)


def _party_gone(mandate: Mandate, on: date) -> ClosedMandate | None:
    if not mandate.provider.person.is_active:
        return ClosedMandate(mandate, Party.GRANTOR_GONE)
    if mandate.holder_enterprise and not mandate.holder_enterprise.is_active(on):
        return ClosedMandate(mandate, Party.HOLDER_STOPPED, mandate.holder_enterprise.stopped_on)
    return None


def _tie_ended(mandate: Mandate, person: Person, on: date) -> ClosedMandate:
    """By which tie the person last acted for the enterprise that holds the mandate, and when that tie ended."""
    mine = {"person": person, "enterprise": mandate.holder_enterprise}
    ended: list[ClosedMandate] = []
    function = LegalFunction.objects.filter(**mine, valid_until__lt=on).order_by("valid_until").last()
    if function is not None:
        ended.append(ClosedMandate(mandate, Tie.FUNCTION_OVER, function.valid_until))
    managers = AccessManager.objects.filter(**mine, kind=ManagerKind.MAIN)
    if gap := managers.select_related("ended_by").order_by("designated_at").last():
        # One still in office, without access, left the enterprise more than 30 days ago.
        ended.append(
            ClosedMandate(mandate, Tie.GAP_REPLACED, clock.day_of(gap.ended_at), gap.ended_by)
            if gap.ended_at
            else ClosedMandate(mandate, Tie.GAP_LEFT, on)
        )
    delegations = MandateDelegate.objects.filter(**mine, ended_at__isnull=False).select_related("ended_by")
    if (delegation := delegations.order_by("ended_at").last()) and delegation.ended_at:
        day = clock.day_of(delegation.ended_at)
        ended.append(ClosedMandate(mandate, Tie.DELEGATION_OVER, day, delegation.ended_by))
    job = Employment.objects.filter(**mine, valid_until__lt=on).order_by("valid_until").last()
    if job is not None and MandateDelegate.objects.filter(**mine, ended_at=None).exists():
        ended.append(ClosedMandate(mandate, Tie.DELEGATE_LEFT, job.valid_until))
    return max(ended, key=lambda each: each.day or on, default=ClosedMandate(mandate, Tie.NONE))
