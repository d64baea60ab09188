"""The circles over which a coordinator of a guard post plans: those that gave him a function of theirs (decision 12)."""

from datetime import date

from access_mgmt.selectors import effective_roles_on
from bhod.permissions import Capability, functions_with
from csam.models import Enterprise, Person


def coordinated_circles(*, person: Person, on: date) -> list[Enterprise]:
    """The circles of a person's world whose guards he may manage on a day, by name; one query."""
    held = effective_roles_on(on).filter(person=person, function__in=functions_with(Capability.MANAGE_GUARDS))
    circles = Enterprise.objects.filter(world=person.world_id, pk__in=held.values("enterprise"))
    return list(circles.order_by("search_name", "pk"))
