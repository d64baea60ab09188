"""Who is a doctor: the register of care providers lies above this app; it says so, access management asks."""

from collections.abc import Callable

from csam.models import Person

_is_doctor: list[Callable[[Person], bool]] = []


def register_doctors(is_doctor: Callable[[Person], bool]) -> None:
    """Make the register of doctors known, from `AppConfig.ready` of its app; a later one replaces the earlier."""
    _is_doctor[:] = [is_doctor]


def is_doctor(person: Person) -> bool:
    """Whether a register knows this person as a doctor."""
    return any(knows(person) for knows in _is_doctor)
