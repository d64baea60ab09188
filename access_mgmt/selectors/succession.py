"""Who can help when a manager can't act himself."""

from datetime import date

from access_mgmt.models import Quality
from access_mgmt.selectors.members import managers_of
from access_mgmt.selectors.rights import administering
from csam.enums import ManagerKind
from csam.models import Enterprise, Person

_RANK = (ManagerKind.MAIN, ManagerKind.CO_MAIN, ManagerKind.DPO, ManagerKind.DOMAIN)


def administrators_of(enterprise: Enterprise, *, on: date) -> list[Person]:
    """Who administers an entity on that day: the GAP first, then co-GAP, DPO, and GA of the domain."""
    found = administering(on).filter(enterprise=enterprise).select_related("person")
    ranked = sorted(found, key=lambda manager: (_RANK.index(ManagerKind(manager.kind)), manager.pk))
    return list(dict.fromkeys(manager.person for manager in ranked))


def who_can_help(quality: Quality, *, on: date, but: Person) -> list[Person]:
    """Who manages a quality besides someone: its own managers, else who administers the entity."""
    colleagues = [member.person for member in managers_of(quality) if member.person_id != but.pk]
    return colleagues or [person for person in administrators_of(quality.enterprise, on=on) if person != but]
