from dataclasses import dataclass

from prosante_login.enums import ProfileKind

# Which effective functions bring an organisation into the list of ProSanté (design 4, ProSanté 1).
FUNCTION_PREFIX = "INAMI_"


@dataclass(frozen=True, slots=True)
class ProfileChoice:
    """What a person chose, and nothing of what it grants."""

    kind: ProfileKind
    enterprise_id: int | None


@dataclass(frozen=True, slots=True)
class ActiveProfile:
    """As what, and for which organisation, a person goes on; its functions were read at this very request."""

    kind: ProfileKind
    enterprise_id: int | None
    functions: frozenset[str]
