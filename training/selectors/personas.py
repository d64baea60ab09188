from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.models import World
from csam.models import Person, sort_name
from training.demo import people

# The rows of the table that are the circles' doctors: of use in the lists, seldom to log in with.
_DOCTORS = range(27, 43)
_START_LABELS: dict[str, str | Promise] = {
    people.CSAM: "CSAM",
    people.ACCESS: _("Gestion des accès"),
    people.PROSANTE: _("ProSanté"),
    people.AGENT_QUEUE: _("Traitement des demandes"),
    people.INAMI_HOME: _("Tarifs et paiements"),
    people.HELPDESK_START: _("Centre de contact : « Pourquoi ? »"),
}


def persons_of(world: World) -> QuerySet[Person]:
    """Everyone of a world, citizens and the simulator's staff."""
    return Person.objects.filter(world=world).select_related("world")


@dataclass(frozen=True, slots=True)
class PersonaRow:
    """Someone of the demo world as the portal home presents him; `person` is missing where he isn't loaded."""

    persona: people.Persona
    person: Person | None

    @property
    def keys(self) -> str:
        """The keys with which he can identify himself."""
        return ", ".join(str(key) for key in self.persona.keys)

    @property
    def start_url(self) -> str:
        return reverse(self.persona.start)

    @property
    def start_label(self) -> str | Promise:
        return _START_LABELS[self.persona.start]


@dataclass(frozen=True, slots=True)
class StaffRow:
    """Someone of the simulator's own staff.

    `start_label` is empty as long as he has no screen, `start_url` for a visitor who isn't he and must quit first.
    """

    member: people.StaffMember
    person: Person | None
    start_url: str

    @property
    def start_label(self) -> str | Promise:
        return _START_LABELS.get(self.member.start, "")


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays a part in the demo world: those one logs in with, the doctors who fill the circles, the staff."""

    personas: list[PersonaRow]
    doctors: list[PersonaRow]
    staff: list[StaffRow]


def cast_of(world: World, *, visitor: Person | AnonymousUser) -> Cast:
    """The table of the demo world, each row with its person of this world."""
    names = [sort_name(each.first_name, each.last_name) for each in people.PEOPLE if not each.niss]
    found = persons_of(world).filter(
        Q(niss__in=[each.niss for each in people.PEOPLE if each.niss])
        | Q(sort_name__in=names)
        | Q(username__in=[each.username for each in people.STAFF])
    )
    known = _Known(found)
    rows = [PersonaRow(persona, known.citizen(persona)) for persona in people.PEOPLE]
    return Cast(
        personas=[row for row in rows if row.persona.number not in _DOCTORS],
        doctors=[row for row in rows if row.persona.number in _DOCTORS],
        staff=[
            StaffRow(member, known.usernames.get(member.username), _staff_start(member, visitor))
            for member in people.STAFF
        ],
    )


@dataclass(frozen=True, slots=True)
class Part:
    """What someone's part in the story is and where he begins; all empty for whom the trainees have added."""

    who: str | Promise = ""
    start_url: str = ""
    start_label: str | Promise = ""


def part_of(person: Person, *, visitor: Person | AnonymousUser) -> Part:
    """The part that the table of the demo world gives to this person."""
    known = _Known([person])
    for persona in people.PEOPLE:
        if known.citizen(persona):
            return Part(persona.who, reverse(persona.start), _START_LABELS[persona.start])
    for member in people.STAFF:
        if member.username in known.usernames:
            label = _START_LABELS.get(member.start, "")
            return Part(member.role.label, _staff_start(member, visitor), label)
    return Part()


class _Known:
    """Persons by what the table of the demo world knows of them."""

    def __init__(self, persons: Iterable[Person]) -> None:
        persons = list(persons)
        self.usernames = {person.username: person for person in persons if person.username}
        self._niss = {person.niss: person for person in persons if person.niss}
        self._names = {person.sort_name: person for person in persons}

    def citizen(self, persona: people.Persona) -> Person | None:
        if persona.niss:
            return self._niss.get(persona.niss)
        # A number that someone got later doesn't make him another one.
        return self._names.get(sort_name(persona.first_name, persona.last_name))


def _staff_start(member: people.StaffMember, visitor: Person | AnonymousUser) -> str:
    # To whoever is logged in as someone else, the agents' pages don't exist.
    somebody_else = isinstance(visitor, Person) and visitor.staff_role != member.role
    return "" if somebody_else or not member.start else reverse(member.start)
