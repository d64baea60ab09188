"""What a link of the chain is, in each of its states, and how its words are written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access_mgmt.enums import Function
from bhod_portal.core import clock
from bhod_portal.core.shown import shown_day, shown_time


class LinkState(Enum):
    """How a link is; only the first one that does not hold is broken, later ones are not reached."""

    HELD = "held"
    BROKEN = "broken"
    NOT_REACHED = "waiting"


_SHORT = {
    "known": _("BCE"),
    "registered": _("CSAM"),
    "gap": _("GAP"),
    "quality": _("Qualité"),
    "member": _("Utilisateur"),
    "function": _("Fonction"),
    "dates": _("Dates"),
    "propagated": _("Propagation"),
    "acts": _("Droit d'agir"),
    "given": _("Mandat"),
    "accepted": _("Signature"),
    "current": _("Dates"),
    "key": _("Clé"),
    "profile": _("Profil"),
}


@dataclass(frozen=True, slots=True)
class Mender:
    """Who can mend a link: as what and, where the asker may know, who and at which address."""

    role: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a link is mended; without an address for who may not open it."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the chain: its key, its name, the step of `core.chain` to which it belongs, and what is known of it."""

    key: str
    label: str
    step: str
    state: LinkState
    sentence: str
    menders: Sequence[Mender] = ()
    screen: Screen | None = None

    @property
    def short(self) -> str:
        """Its name in a word or two, for the picture."""
        return str(_SHORT[self.key])

    @property
    def is_held(self) -> bool:
        return self.state == LinkState.HELD

    @property
    def is_broken(self) -> bool:
        return self.state == LinkState.BROKEN


class Maker:
    """Makes one link, in each of its states."""

    def __init__(self, key: str, label: str, step: str) -> None:
        self.place = key, label, step

    def held(self, sentence: str) -> Link:
        return Link(*self.place, LinkState.HELD, sentence)

    def waiting(self, sentence: str) -> Link:
        return Link(*self.place, LinkState.NOT_REACHED, sentence)

    def broken(self, sentence: str, menders: Sequence[Mender], screen: Screen | None = None) -> Link:
        return Link(*self.place, LinkState.BROKEN, sentence, menders, screen)


def moment(instant: datetime | None) -> str:
    """In Brussels."""
    if instant is None:
        return ""
    words = {"day": shown_day(clock.day_of(instant)), "time": shown_time(instant)}
    return gettext("%(day)s à %(time)s") % words


def names(functions: Iterable[str], joined: str = ", ") -> str:
    return joined.join(Function(code).value for code in dict.fromkeys(functions))
