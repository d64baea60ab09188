from bhod_portal.core.models import World
from csam.selectors import DEMO_WORLD_CODE


def can_run(world: World) -> bool:
    """Whether any visitor may move the world's clock and start it afresh: only in the demo world."""
    return world.code == DEMO_WORLD_CODE
