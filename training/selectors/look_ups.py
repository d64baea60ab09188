"""Who of the help desk looked at whose rights, and why: the person himself sees it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bhod_portal.core.audit import subject_of
from bhod_portal.core.models import AuditEntry
from csam.models import Enterprise, Person

LOOKED_UP = "training.why.looked_up"
SHOWN_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class LookUp:
    """The help desk looked at an instant of the world, about an enterprise (empty: none the BCE knows), for a reason."""

    at: datetime
    by: Person
    enterprise: str
    reason: str


def look_ups_about(person: Person, *, at: datetime) -> list[LookUp]:
    """Those of the last thirty days about someone, the latest first."""
    entries = list(
        AuditEntry.objects.filter(
            world=person.world_id, act=LOOKED_UP, subject=subject_of(person), done_at__gt=at - SHOWN_FOR
        )
        .select_related("done_by")
        .order_by("-done_at", "-pk")
    )
    wanted = {entry.details["enterprise"] for entry in entries}
    names = dict(Enterprise.objects.filter(pk__in=wanted).values_list("pk", "name"))
    return [
        LookUp(
            entry.done_at,
            entry.done_by,
            names.get(entry.details["enterprise"], ""),
            entry.details["reason"],
        )
        for entry in entries
    ]
