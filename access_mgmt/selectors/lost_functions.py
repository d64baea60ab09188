"""Why the applications grant a person none of some functions for an organisation."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto

from django.db.models import QuerySet

from access_mgmt.models import EffectiveRole
from access_mgmt.selectors.access_memory import taken_by_a_block
from bhod_portal.core import clock
from bhod_portal.core.periods import Period
from bhod_portal.core.prepared import Prepared
from csam.models import Enterprise, Person

# How long before and after a day a loss explains why an organisation is missing.
REMEMBERED = timedelta(days=30)


class Loss(Enum):
    """What keeps a function from being effective today."""

    NEVER_HELD = auto()
    TO_COME = auto()
    ENDED = auto()
    WITHDRAWN = auto()
    BLOCKED = auto()


@dataclass(frozen=True, slots=True)
class LostFunction:
    """The function that a person will have next, or had last; the day is the one in Brussels.

    Of one that was withdrawn, or that he lost by being blocked, also when the applications knew and who asked it.
    """

    loss: Loss
    function: str = ""
    day: date | None = None
    withdrawn_at: datetime | None = None
    withdrawn_by: Person | None = None


def lost_function(
    *, person: Person, enterprise_id: int, on: date, functions: Collection[str] = (), prefix: str = ""
) -> LostFunction:
    """Why none of these functions (or of those whose code starts so) is effective on that day of the world.

    To be asked only when none is.
    """
    roles = _roles(person, prefix).filter(enterprise=enterprise_id)
    if functions:
        roles = roles.filter(function__in=functions)
    next_or_last = _next_or_last(roles, on)
    return LostFunction(Loss.NEVER_HELD) if next_or_last is None else _losses([next_or_last], person, on)[0]


def lost_organisations(*, person: Person, prefix: str, on: date) -> list[tuple[Enterprise, LostFunction]]:
    """Where a person's functions whose code starts so were or will be effective, and none is on that day; by name.

    With why, as `lost_function` says it; only what was lost in the 30 days before, or comes in the 30 days after.
    """
    by_enterprise: dict[Enterprise, list[EffectiveRole]] = {}
    for role in _every_role.rows(person=person.pk):
        if role.function.startswith(prefix):
            by_enterprise.setdefault(role.enterprise, []).append(role)
    lost = {
        enterprise: found
        for enterprise, roles in by_enterprise.items()
        if not any(_is_effective(role, on) for role in roles) and (found := _next_or_last(roles, on))
    }
    losses = _losses(list(lost.values()), person, on)
    near = [
        (enterprise, loss)
        for enterprise, loss in zip(lost, losses, strict=True)
        if loss.day is not None and abs(loss.day - on) <= REMEMBERED
    ]
    return sorted(near, key=lambda found: (found[0].name, found[0].pk))


def _roles(person: Person, prefix: str) -> QuerySet[EffectiveRole]:
    return _of(person.pk).filter(function__startswith=prefix)


@Prepared
def _every_role(*, person: int) -> QuerySet[EffectiveRole]:
    return _of(person).select_related("enterprise")


def _of(person: int) -> QuerySet[EffectiveRole]:
    roles = EffectiveRole.objects.filter(person=person)
    return roles.select_related("assignment__member", "assignment__revoked_by").order_by("valid_from", "pk")


def _is_effective(role: EffectiveRole, on: date) -> bool:
    return role.withdrawn_at is None and Period(role.valid_from, role.valid_until).covers(on)


def _next_or_last(roles: Iterable[EffectiveRole], on: date) -> EffectiveRole | None:
    """Of roles by their first day: the first to come, else the one that ended or was withdrawn last."""
    gone = []
    for role in roles:
        if role.withdrawn_at:
            gone.append((clock.day_of(role.withdrawn_at), role.pk, role))
        elif role.valid_from > on:
            return role
        elif role.valid_until and role.valid_until < on:
            gone.append((role.valid_until, role.pk, role))
    return max(gone, key=lambda found: found[:2])[2] if gone else None


def _losses(roles: Sequence[EffectiveRole], person: Person, on: date) -> list[LostFunction]:
    """What became of each role of a person, none of which is effective; one query for all."""
    withdrawn = [role.assignment for role in roles if role.withdrawn_at]
    blocked = taken_by_a_block(withdrawn, person) if withdrawn else frozenset()
    return [_loss(role, on, by_block=role.assignment_id in blocked) for role in roles]


def _loss(role: EffectiveRole, on: date, *, by_block: bool) -> LostFunction:
    if role.withdrawn_at is None:
        if role.valid_from > on:
            return LostFunction(Loss.TO_COME, role.function, role.valid_from)
        return LostFunction(Loss.ENDED, role.function, role.valid_until)
    return LostFunction(
        Loss.BLOCKED if by_block else Loss.WITHDRAWN,
        role.function,
        clock.day_of(role.withdrawn_at),
        role.withdrawn_at,
        role.assignment.revoked_by,
    )
