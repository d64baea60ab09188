from dataclasses import dataclass

from prosante_login.enums import ProfileKind


@dataclass(frozen=True, slots=True)
class ActiveProfile:
    """As what, and for which organisation, a person goes on; its functions were read at this very request."""

    kind: ProfileKind
    enterprise_id: int | None
    functions: frozenset[str]
