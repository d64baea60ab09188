"""Why the applications grant a person none of some functions for an organisation."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto

from access_mgmt.models import EffectiveRole
from access_mgmt.selectors.access_memory import taken_by_a_block
from bhod_portal.core import clock
from csam.models import Person


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
    roles = EffectiveRole.objects.filter(
        person=person, enterprise=enterprise_id, function__startswith=prefix
    ).select_related("assignment__member", "assignment__revoked_by")
    if functions:
        roles = roles.filter(function__in=functions)
    coming, gone = [], []
    for role in roles.order_by("valid_from", "pk"):
        if role.withdrawn_at:
            gone.append((clock.day_of(role.withdrawn_at), role.pk, role))
        elif role.valid_from > on:
            coming.append(role)
        elif role.valid_until and role.valid_until < on:
            gone.append((role.valid_until, role.pk, role))
    if coming:
        return LostFunction(Loss.TO_COME, coming[0].function, coming[0].valid_from)
    if not gone:
        return LostFunction(Loss.NEVER_HELD)
    day, _pk, last = max(gone, key=lambda found: found[:2])
    if last.withdrawn_at is None:
        return LostFunction(Loss.ENDED, last.function, day)
    blocked = taken_by_a_block([last.assignment], person)
    return LostFunction(
        Loss.BLOCKED if blocked else Loss.WITHDRAWN,
        last.function,
        day,
        last.withdrawn_at,
        last.assignment.revoked_by,
    )
