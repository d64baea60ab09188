"""How a manager takes office, and a GAP the place of another: below the acts that decide who may.

Every act on the managers of an enterprise takes its lock first: whoever comes second sees what the first one wrote.
"""

from datetime import datetime
from typing import Any

from bhod_portal.core import audit
from csam.enums import AccessDomain, ManagerKind
from csam.models import AccessManager, Enterprise, Person
from csam.services import codes

# What the GAP, who manages everything, no longer manages apart.
ABSORBED = (ManagerKind.CO_MAIN, ManagerKind.DOMAIN)


def lock(enterprise: Enterprise) -> Enterprise:
    """The enterprise as it stands, locked to the end of the transaction."""
    return Enterprise.objects.select_for_update(of=("self",), no_key=True).get(pk=enterprise.pk)


def take_office(
    *,
    enterprise: Enterprise,
    person: Person,
    kind: ManagerKind,
    domain: AccessDomain | str = "",
    email: str,
    phone: str,
    by: Person,
    at: datetime,
) -> AccessManager:
    """Write a manager down. Raises ValidationError as the model's constraints say; `at` is the world's time."""
    manager = AccessManager(
        enterprise=enterprise,
        person=person,
        kind=kind,
        domain=domain,
        email=email,
        phone=phone,
        designated_at=at,
        designated_by=by,
        # Whoever names himself has identified himself already.
        activated_at=at if person == by else None,
    )
    manager.full_clean()
    manager.save()
    # Blocked where he is no more than a user, he is trusted here with the accesses of an enterprise.
    codes.unblock_codes(person=person, by=by, at=at)
    return manager


def put_gap_in_office(
    *,
    enterprise: Enterprise,
    person: Person,
    replaces: AccessManager | None,
    email: str,
    phone: str,
    by: Person,
    at: datetime,
    **details: Any,
) -> AccessManager:
    """Make someone GAP, in the place of the one he replaces, and register the enterprise if it wasn't.

    The new GAP's other capacities end, since he is GA everywhere. Leaves one audit entry, with `details`. Raises
    ValidationError as the model's constraints say: `already_registered` while another one than `replaces` is in
    office. `at` is the world's time.
    """
    standing = AccessManager.objects.active().filter(enterprise=enterprise)
    ended = list(standing.filter(person=person, kind__in=ABSORBED).values_list("pk", flat=True))
    standing.filter(pk__in=[*ended, *([replaces.pk] if replaces else [])]).update(ended_at=at, ended_by=by)
    gap = take_office(
        enterprise=enterprise, person=person, kind=ManagerKind.MAIN, email=email, phone=phone, by=by, at=at
    )
    if enterprise.registered_at is None:
        enterprise.registered_at, enterprise.registered_by = at, by
        enterprise.save(update_fields=["registered_at", "registered_by"])
    record(
        "csam.gap.replaced" if replaces else "csam.gap.designated",
        gap,
        by=by,
        at=at,
        replaces=replaces.pk if replaces else None,
        ended=ended,
        **details,
    )
    return gap


def record(act: str, manager: AccessManager, *, by: Person, at: datetime, **details: Any) -> None:
    """Leave the audit entry of an act on a manager, under his enterprise."""
    enterprise = manager.enterprise
    known = {
        "manager": manager.pk,
        "person": manager.person_id,
        "kind": manager.kind,
        "domain": manager.domain,
    }
    audit.record(act, enterprise, world=enterprise.world, by=by, at=at, **known, **details)
