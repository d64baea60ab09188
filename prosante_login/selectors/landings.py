"""Where a choice of profile leads: the table of design.md 4, « ProSanté » 2, and domain.md 4.1."""

from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from access_mgmt.selectors import effective_functions
from csam.models import Person
from prosante_login.applications import Application, application_for
from prosante_login.enums import Capacity, ProfileKind
from prosante_login.profiles import ProfileChoice
from prosante_login.selectors.contacts import contacts_of
from prosante_login.selectors.mandates import holds_usable_mandates, usable_mandates


class Place(Enum):
    """Where a choice leads."""

    FILE = auto()
    NON_PROVIDER_FILE = auto()
    GRANTOR_SEARCH = auto()
    SELECTION = auto()
    APPLICATION = auto()
    CITIZEN_HOME = auto()
    ORGANISATION_CLOSED = auto()
    REFUSED = auto()


class Refusal(Enum):
    """Why a choice leads nowhere: one goes on for an organisation as a citizen only."""

    PROVIDER_FOR_CIRCLE = "provider_for_circle"
    PROVIDER_FOR_MANDATE = "provider_for_mandate"
    PROVIDER_FOR_ORGANISATION = "provider_for_organisation"


_PAGES = {
    Place.FILE: "prosante_login:file_home",
    Place.NON_PROVIDER_FILE: "prosante_login:non_provider_file",
    Place.GRANTOR_SEARCH: "prosante_login:grantor_search",
    Place.SELECTION: "prosante_login:profile_select",
    Place.CITIZEN_HOME: "prosante_login:citizen_home",
    Place.ORGANISATION_CLOSED: "prosante_login:organisation_closed",
}
# Those that open what a link may lead to; the others are one page, ask for more, explain or refuse.
_LEADING_ON = frozenset({Place.FILE, Place.APPLICATION})


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person has on a day that counts for a choice.

    `functions` are those at the organisation of the choice; `holds_mandates`, of that organisation, or without one of his
    own; `is_known`, that INAMI knows him as one who is no care provider.
    """

    functions: frozenset[str] = frozenset()
    holds_mandates: bool = False
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class Landing:
    place: Place
    application: Application | None = None
    refusal: Refusal | None = None

    @property
    def url_name(self) -> str:
        """The page; none for a choice that is refused (KeyError)."""
        return self.application.url_name if self.application else _PAGES[self.place]

    @property
    def leads_on(self) -> bool:
        """Whether one goes on from there to where one was going."""
        return self.place in _LEADING_ON


def landing(*, person: Person, choice: ProfileChoice, on: date) -> Landing:
    """Where a choice leads that is the person's to make, on that day of the world."""
    return landing_of(choice, standing(person=person, choice=choice, on=on))


def standing(*, person: Person, choice: ProfileChoice, on: date) -> Standing:
    enterprise_id = choice.enterprise_id
    if enterprise_id is None:
        mandates = usable_mandates(person=person, enterprise_id=None, on=on)
        return Standing(holds_mandates=mandates.exists(), is_known=contacts_of(person, on=on).exists())
    functions = effective_functions(person=person, enterprise_id=enterprise_id, on=on)
    holds = holds_usable_mandates(person=person, enterprise_id=enterprise_id, on=on)
    return Standing(functions, holds_mandates=holds)


def landing_of(choice: ProfileChoice, has: Standing) -> Landing:
    """One cell of the table; the database is not asked."""
    if choice.kind == ProfileKind.PROVIDER:
        return _of_a_provider(choice, has)
    if choice.mandate_id is not None:
        return Landing(Place.FILE)
    offered = capacities(choice, has)
    if offered and choice.capacity not in offered:
        return Landing(Place.SELECTION)
    if choice.capacity == Capacity.MANDATARY if offered else has.holds_mandates:
        return Landing(Place.GRANTOR_SEARCH)
    if choice.enterprise_id is None:
        return Landing(Place.NON_PROVIDER_FILE if has.is_known else Place.CITIZEN_HOME)
    application = application_for(has.functions)
    return Landing(Place.APPLICATION, application) if application else Landing(Place.ORGANISATION_CLOSED)


def capacities(choice: ProfileChoice, has: Standing) -> tuple[Capacity, ...]:
    """As what a citizen may go on who can be several things (seed 003, lines 125-129); none who can't."""
    if choice.kind == ProfileKind.PROVIDER or not has.holds_mandates:
        return ()
    if choice.enterprise_id is None:
        return (Capacity.MANDATARY, Capacity.CITIZEN) if has.is_known else ()
    return (Capacity.MANDATARY, Capacity.APPLICATION) if application_for(has.functions) else ()


def _of_a_provider(choice: ProfileChoice, has: Standing) -> Landing:
    if choice.enterprise_id is None:
        return Landing(Place.FILE)
    if application_for(has.functions):
        return Landing(Place.REFUSED, refusal=Refusal.PROVIDER_FOR_CIRCLE)
    if has.holds_mandates:
        return Landing(Place.REFUSED, refusal=Refusal.PROVIDER_FOR_MANDATE)
    return Landing(Place.REFUSED, refusal=Refusal.PROVIDER_FOR_ORGANISATION)
