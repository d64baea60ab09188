"""What is read, once, before the chain is looked through; who asks decides what is told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from access_mgmt.enums import QualityKind
from access_mgmt.selectors import enterprises_known_to
from access_mgmt.selectors.chain_state import (
    ChainState,
    InCharge,
    chain_state,
    in_charge_of_branch,
    in_charge_of_entity,
    in_charge_of_quality,
    was_lately_member,
)
from bhod_portal.core import clock
from bhod_portal.core.enums import PropagationMode
from csam.enums import SecurityLevel
from csam.models import Enterprise, LegalFunction, Person
from csam.selectors import GapLink, gap_link, legal_functions_of
from prosante_login.profiles import FUNCTION_PREFIX, ActiveProfile
from training.selectors.why.targets import Target

# The functions of the circle are given under this quality only (seed 000, line 164).
QUALITY = QualityKind.EHEALTH


@dataclass(frozen=True, slots=True)
class Session:
    """How somebody came in who asks about himself: the level of his keys, and the profile that he chose."""

    level: SecurityLevel
    profile: ActiveProfile | None


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: about himself (`session` is there), about a member of his, or at the help desk.

    `knows_names`: who is in charge is told to him by name, as « Vos Responsables » does, not by function alone.
    `sees_person`: what the person is in the quality is his to see; not for the manager of another quality.
    """

    person: Person
    knows_names: bool
    session: Session | None = None
    sees_person: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read of a person, an enterprise and a target at an instant of the world."""

    person: Person
    enterprise: Enterprise
    target: Target
    at: datetime
    mode: PropagationMode
    asker: Asker
    representatives: Sequence[LegalFunction]
    gap: GapLink | None
    entity: Sequence[InCharge]
    quality: Sequence[InCharge]
    branch: Sequence[InCharge]
    state: ChainState

    @property
    def on(self) -> date:
        return clock.day_of(self.at)

    @property
    def sees_it(self) -> bool:
        """Whether the applications grant one of the functions today."""
        return not self.target.functions.isdisjoint(self.state.effective)

    def has_charge(self, *groups: Sequence[InCharge]) -> bool:
        """Whether the asker is one of those who can mend it."""
        return any(each.person == self.asker.person for group in groups for each in group)

    @property
    def represents(self) -> bool:
        return any(each.person == self.asker.person for each in self.representatives)


def knows_names(asker: Person, bce_number: str, *, at: datetime) -> bool:
    """Whether someone is told by name who manages an enterprise: he is a member there, manages or represents it.

    Who lost his place is told so for thirty days more.
    """
    known = enterprises_known_to(asker, on=clock.day_of(at)).filter(bce_number=bce_number)
    return known.exists() or was_lately_member(asker, bce_number, at=at)


def read(person: Person, enterprise: Enterprise, target: Target, *, asker: Asker, at: datetime) -> Facts:
    """Read all that the links are judged by; as many queries whatever is found, but one each for place and branch."""
    on = clock.day_of(at)
    state = chain_state(person=person, enterprise=enterprise, kind=QUALITY, prefix=FUNCTION_PREFIX, on=on)
    if not asker.sees_person:
        state = replace(state, member=None, former=None, asked=(), effective=frozenset())
    functions = legal_functions_of(enterprise, on)
    return Facts(
        person=person,
        enterprise=enterprise,
        target=target,
        at=at,
        mode=PropagationMode(person.world.mode),
        asker=asker,
        representatives=[each for each in functions if covers(each, on)],
        gap=gap_link(enterprise, on),
        entity=in_charge_of_entity(enterprise, on=on),
        quality=in_charge_of_quality(state.quality) if state.quality else (),
        branch=in_charge_of_branch(state.member) if state.member else (),
        state=state,
    )


def covers(function: LegalFunction, on: date) -> bool:
    """Whether a legal function holds on a day; both ends are included."""
    return function.valid_from <= on and (function.valid_until is None or on <= function.valid_until)
