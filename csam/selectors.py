from django.contrib.auth.models import AnonymousUser

from bhod_portal.core.models import World
from csam.models import Person

DEMO_WORLD_CODE = "demo"


def world_of(user: Person | AnonymousUser) -> World:
    """The world in which a visitor finds himself: his own, else the demo world."""
    if isinstance(user, Person):
        return user.world
    return World.objects.get(code=DEMO_WORLD_CODE)
