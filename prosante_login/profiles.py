"""As what, and for whom, somebody goes on: the choice, and what it grants at one request."""

import re
from dataclasses import dataclass, field
from typing import Self

from bhod_portal.core import menus
from bhod_portal.core.menus import Entry
from csam.models import Enterprise
from prosante_login.enums import Capacity, FileAct, FilePart, MandateKind, Profession, ProfileKind
from prosante_login.models import CareProvider, Mandate

# Which effective functions bring an organisation into the list of ProSanté (design 4, ProSanté 1).
FUNCTION_PREFIX = "INAMI_"

# What a mandate opens of the provider's file (domain.md 4.2); only he himself gives mandates.
OPENED_BY = {
    MandateKind.SOCIAL_STATUS: frozenset({FilePart.IDENTITY, FilePart.SOCIAL_STATUS}),
    MandateKind.ADMINISTRATIVE_FILE: frozenset(FilePart) - {FilePart.MANDATES, FilePart.SOCIAL_STATUS},
}


_STAMP = re.compile(
    r"(?P<kind>[a-z]+)\.(?P<profession>[A-Z]+|-)\.(?P<enterprise_id>[0-9]{1,18}|-)"
    r"\.(?P<capacity>[a-z]+|-)\.(?P<mandate_id>[0-9]{1,18}|-)"
)


# Of which part of the file an act is; entering and leaving are of none.
PART_OF = {
    FileAct.ACCOUNT_ADDED: FilePart.FINANCES,
    FileAct.ACCOUNT_WITHDRAWN: FilePart.FINANCES,
    FileAct.BENEFICIARY_SET: FilePart.FINANCES,
    FileAct.ADDRESS_ADDED: FilePart.ADDRESSES,
    FileAct.ADDRESS_ENDED: FilePart.ADDRESSES,
    FileAct.CONTRACT_ADDED: FilePart.SOCIAL_STATUS,
    FileAct.CONTRACT_ENDED: FilePart.SOCIAL_STATUS,
    FileAct.FEED_CREATED: FilePart.GUARDS,
    FileAct.FEED_REVOKED: FilePart.GUARDS,
    FileAct.GUARD_OFFERED: FilePart.GUARDS,
    FileAct.OFFER_WITHDRAWN: FilePart.GUARDS,
    FileAct.GUARD_TAKEN: FilePart.GUARDS,
    FileAct.OFFER_REFUSED: FilePart.GUARDS,
    FileAct.GUARD_CONTESTED: FilePart.GUARDS,
}


@dataclass(frozen=True, slots=True)
class ProfileChoice:
    """What a person chose, and nothing of what it grants.

    `profession` is that of a care provider, `capacity` what a citizen chose who can go on as several things, `mandate_id`
    the mandate in whose file he is now.
    """

    kind: ProfileKind
    enterprise_id: int | None = None
    profession: Profession | None = None
    capacity: Capacity | None = None
    mandate_id: int | None = None

    @property
    def stamp(self) -> str:
        """The choice in one word, by which a page tells under which profile it was shown; no secret."""
        parts = (self.kind, self.profession, self.enterprise_id, self.capacity, self.mandate_id)
        return ".".join(str(part) if part else "-" for part in parts)

    @classmethod
    def of_stamp(cls, stamp: str) -> Self | None:
        """The choice that a stamp names, whoever may make it; None for what no choice is called."""
        match = _STAMP.fullmatch(stamp)
        if match is None:
            return None
        said = {name: "" if text == "-" else text for name, text in match.groupdict().items()}
        try:
            return cls(
                ProfileKind(said["kind"]),
                int(said["enterprise_id"] or 0) or None,
                Profession(said["profession"]) if said["profession"] else None,
                Capacity(said["capacity"]) if said["capacity"] else None,
                int(said["mandate_id"] or 0) or None,
            )
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class ActiveProfile:
    """As what, and for whom, a person goes on; what it grants was read at this very request.

    `provider` is the file that is open: one's own of a care provider, or the grantor's, by `mandate`.
    """

    choice: ProfileChoice
    functions: frozenset[str] = frozenset()
    provider: CareProvider | None = None
    mandate: Mandate | None = None
    # Of the choice, for who shows it.
    enterprise: Enterprise | None = field(default=None, compare=False)

    @property
    def kind(self) -> ProfileKind:
        return self.choice.kind

    @property
    def enterprise_id(self) -> int | None:
        return self.choice.enterprise_id

    @property
    def stamp(self) -> str:
        return self.choice.stamp

    @property
    def parts(self) -> frozenset[FilePart]:
        """The parts of the file that this profile opens; none without a file."""
        if self.provider is None:
            return frozenset()
        return OPENED_BY[MandateKind(self.mandate.kind)] if self.mandate else frozenset(FilePart)


# The menu of the file, to which applications above add parts of theirs; the parts have the order of FilePart.
FILE_MENU = "provider_file"
_PAGES = {
    FilePart.IDENTITY: "prosante_login:file_home",
    FilePart.ADDRESSES: "prosante_login:address_list",
    FilePart.SOCIAL_STATUS: "prosante_login:social_contract_list",
    FilePart.FINANCES: "prosante_login:financial_data",
    FilePart.MANDATES: "prosante_login:mandate_list",
}


def file_menu(parts: frozenset[FilePart]) -> list[Entry]:
    """The parts of a file that have a page, of those which a profile opens."""
    pages = {part: Entry(part.value, part.label, url_name) for part, url_name in _PAGES.items()}
    added = {part: entry for part in FilePart if (entry := menus.entry(FILE_MENU, part.value))}
    return [entry for part in FilePart if part in parts and (entry := (pages | added).get(part))]
