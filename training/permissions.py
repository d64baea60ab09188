from django.contrib.auth.models import AnonymousUser

from bhod_portal.core.models import World
from csam.enums import StaffRole
from csam.models import Person
from csam.selectors import DEMO_WORLD_CODE


def can_run(world: World) -> bool:
    """Whether any visitor may move the world's clock, start it afresh, read its messages and put keys out of order.

    Only in the demo world: elsewhere a trainer does.
    """
    return world.code == DEMO_WORLD_CODE


def can_hold_devices(visitor: Person | AnonymousUser, person: Person) -> bool:
    """Whether a visitor may take a person's phone and mailbox in hand: his own, and anyone's in the demo world."""
    return can_run(person.world) or visitor.pk == person.pk


def helps(person: Person) -> bool:
    """Whether he is one of the agents of the help desk, who look at anyone's rights in their world."""
    return person.staff_role == StaffRole.HELPDESK
