"""Whether a circle may pass straight to the creation of its users (seed 000, lines 10-11)."""

from dataclasses import dataclass
from datetime import date

from access_mgmt.enums import QualityKind
from access_mgmt.models import Quality
from csam.enums import ManagerKind
from csam.models import AccessManager, Enterprise

_IN_CHARGE = (ManagerKind.MAIN, ManagerKind.DPO)


@dataclass(frozen=True, slots=True)
class Shortcut:
    """The four conditions; `ehealth` is the active quality « eHealth Soins de Santé », if there is one."""

    on_portal: bool
    employer: bool
    ehealth: Quality | None
    health_care: bool
    in_charge: bool

    @property
    def open(self) -> bool:
        """« vous pouvez passer à la création des utilisateurs »."""
        return self.on_portal and self.employer and self.ehealth is not None and self.in_charge


def shortcut_of(enterprise: Enterprise, *, on: date) -> Shortcut:
    """How an enterprise stands with the conditions on a day of its world.

    « Soins de Santé » is told, not asked for: the condition of line 11 names « eHealth Soins de Santé » only.
    """
    active = {quality.kind: quality for quality in Quality.objects.active().filter(enterprise=enterprise)}
    in_charge = AccessManager.objects.with_access(on).filter(enterprise=enterprise, kind__in=_IN_CHARGE)
    return Shortcut(
        on_portal=bool(active),
        employer=bool(enterprise.onss_number),
        ehealth=active.get(QualityKind.EHEALTH),
        health_care=QualityKind.HEALTH_CARE in active,
        in_charge=in_charge.exists(),
    )
