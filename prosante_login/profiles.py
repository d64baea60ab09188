"""As what, and for whom, somebody goes on: the choice, and what it grants at one request."""

from dataclasses import dataclass

from prosante_login.enums import Capacity, FilePart, MandateKind, Profession, ProfileKind
from prosante_login.models import CareProvider, Mandate

# Which effective functions bring an organisation into the list of ProSanté (design 4, ProSanté 1).
FUNCTION_PREFIX = "INAMI_"

# What a mandate opens of the provider's file (domain.md 4.2); only he himself gives mandates.
OPENED_BY = {
    MandateKind.SOCIAL_STATUS: frozenset({FilePart.IDENTITY, FilePart.SOCIAL_STATUS}),
    MandateKind.ADMINISTRATIVE_FILE: frozenset(FilePart) - {FilePart.MANDATES, FilePart.SOCIAL_STATUS},
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


@dataclass(frozen=True, slots=True)
class ActiveProfile:
    """As what, and for whom, a person goes on; what it grants was read at this very request.

    `provider` is the file that is open: one's own of a care provider, or the mandator's, by `mandate`.
    """

    choice: ProfileChoice
    functions: frozenset[str] = frozenset()
    provider: CareProvider | None = None
    mandate: Mandate | None = None

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
