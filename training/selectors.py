from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access_mgmt import selectors as access
from access_mgmt.models import RoleAssignment, RoleChange
from bhod_portal.core.models import World
from training.demo import people

# The table's rows from here on are the circles' doctors: of use in the lists, seldom to log in with.
_FIRST_DOCTOR = 27
_START_LABELS: dict[str, str | Promise] = {
    people.CSAM: "CSAM",
    people.ACCESS: _("Gestion des accès"),
    people.PROSANTE: "ProSanté",
}


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


@dataclass(frozen=True, slots=True)
class PersonaRow:
    """Someone of the demo world as the portal home presents him."""

    persona: people.Persona

    @property
    def keys(self) -> str:
        """The keys with which he can identify himself today."""
        return ", ".join(str(key) for key in self.persona.keys if key in people.WORKING_KEYS)

    @property
    def later_keys(self) -> str:
        """The keys he has that the simulator doesn't know yet."""
        return ", ".join(str(key) for key in self.persona.keys if key not in people.WORKING_KEYS)

    @property
    def start_url(self) -> str:
        return reverse(self.persona.start)

    @property
    def start_label(self) -> str | Promise:
        return _START_LABELS[self.persona.start]


def personas() -> list[PersonaRow]:
    """Who plays a part in the demo world."""
    return [PersonaRow(persona) for persona in people.PEOPLE if persona.number < _FIRST_DOCTOR]


def doctors() -> list[PersonaRow]:
    """The doctors who fill the circles of the demo world."""
    return [PersonaRow(persona) for persona in people.PEOPLE if persona.number >= _FIRST_DOCTOR]
