"""Why a person has no access to BHOD for an organisation."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto

from access_mgmt.enums import CIRCLE_FUNCTIONS
from access_mgmt.models import EffectiveRole
from bhod_portal.core import clock
from csam.models import Person


class Loss(Enum):
    """What keeps a circle function from being effective today."""

    NEVER_HELD = auto()
    TO_COME = auto()
    ENDED = auto()
    WITHDRAWN = auto()


@dataclass(frozen=True, slots=True)
class LostRole:
    """The circle function that a person will have next, or had last; the day is the one in Brussels."""

    loss: Loss
    function: str = ""
    day: date | None = None
    withdrawn_at: datetime | None = None


def lost_role(*, person: Person, enterprise_id: int, on: date) -> LostRole:
    """Why no circle function is effective on that day of the world; to be asked only when none is."""
    roles = EffectiveRole.objects.filter(
        person=person, enterprise=enterprise_id, function__in=CIRCLE_FUNCTIONS
    )
    coming, gone = [], []
    for role in roles.order_by("valid_from", "pk"):
        if role.withdrawn_at:
            day = clock.day_of(role.withdrawn_at)
            gone.append((day, role.pk, LostRole(Loss.WITHDRAWN, role.function, day, role.withdrawn_at)))
        elif role.valid_from > on:
            coming.append(LostRole(Loss.TO_COME, role.function, role.valid_from))
        elif role.valid_until:
            gone.append((role.valid_until, role.pk, LostRole(Loss.ENDED, role.function, role.valid_until)))
    if coming:
        return coming[0]
    return max(gone)[2] if gone else LostRole(Loss.NEVER_HELD)
