from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from access_mgmt import selectors as access
from access_mgmt.models import RoleAssignment, RoleChange
from bhod_portal.core.models import World


@dataclass(frozen=True, slots=True)
class WaitingChange:
    """A change of role that the applications don't see yet, as the clock panel shows it."""

    change: RoleChange
    minutes_left: int

    @property
    def person(self) -> str:
        return str(self._assignment.member.person)

    @property
    def enterprise(self) -> str:
        return str(self._assignment.member.quality.enterprise.name)

    @property
    def function(self) -> str:
        return str(self._assignment.get_function_display())

    @property
    def _assignment(self) -> RoleAssignment:
        assignment = self.change.grants or self.change.withdraws
        assert assignment is not None  # noqa: S101  (the constraint role_change_kind_says_what)
        return assignment


def waiting_changes(*, world: World, at: datetime) -> list[WaitingChange]:
    """What still has to propagate in a world, the next one first, with the minutes left, rounded up (0: due)."""
    return [
        WaitingChange(change, minutes_left=max(0, ceil((change.due_at - at) / timedelta(minutes=1))))
        for change in access.pending_changes(world)
    ]
