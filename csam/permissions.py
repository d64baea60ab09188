"""Who may name and remove which access managers (the seeds say it of the GAP only, the rest is a guess); who is an agent."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from csam.enums import ManagerKind, StaffRole
from csam.models import Person


class Capacity(models.TextChoices):
    """In what capacity someone has a say about the access managers of an enterprise."""

    REPRESENTATIVE = "REPRESENTATIVE", _("représentant légal")
    GAP = ManagerKind.MAIN.value, _("Gestionnaire d'Accès Principal (GAP)")
    CO_GAP = ManagerKind.CO_MAIN.value, _("co-Gestionnaire d'Accès Principal (co-GAP)")
    GA = ManagerKind.DOMAIN.value, _("Gestionnaire d'Accès (GA)")
    DPO = ManagerKind.DPO.value, _("Data protection officer (DPO)")


# For the GAP, « name » is « replace »: he is never removed (domain.md 2.1 and 2.4).
MAY_NAME: Mapping[Capacity, frozenset[ManagerKind]] = {
    Capacity.REPRESENTATIVE: frozenset(ManagerKind),
    Capacity.GAP: frozenset({ManagerKind.CO_MAIN, ManagerKind.DOMAIN, ManagerKind.DPO}),
    Capacity.CO_GAP: frozenset({ManagerKind.DOMAIN}),
    Capacity.GA: frozenset(),
    Capacity.DPO: frozenset(),
}


def may_name(capacities: frozenset[Capacity], kind: ManagerKind) -> bool:
    """Whether someone with these capacities names and removes managers of this kind."""
    return any(kind in MAY_NAME[capacity] for capacity in capacities)


def capacities_that_may_name(kind: ManagerKind) -> list[Capacity]:
    """In the order of their weight."""
    return [capacity for capacity in Capacity if kind in MAY_NAME[capacity]]


def decides_requests(person: Person) -> bool:
    """Whether he is one of the agents who decide the requests of the exceptional procedure."""
    return person.staff_role == StaffRole.CSAM
