"""Two who change the same data at once: the second is told what the first one did, and loses nothing that he typed."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def comparable(value: Any) -> Any:
    """A value as a page keeps it: days and times as one types them, nothing as an empty text."""
    match value:
        case None:
            return ""
        case date():
            return f"{value:%d-%m-%Y}"
        case time():
            return f"{value:%H:%M}"
        case _other:
            return value


def changed_since(seen: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """The names of the values that are no longer as they were seen."""
    return [name for name, value in now.items() if seen.get(name) != value]


def check_seen(*, seen: Mapping[str, Any], now: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Refuse to write over what someone else wrote meanwhile (ValidationError `changed_meanwhile`).

    Who wants what stands already is refused nothing.
    """
    if any(wanted[name] != now[name] for name in changed_since(seen, now)):
        raise ValidationError(
            _("Ces données ont été modifiées entre-temps. Comparez, puis enregistrez à nouveau."),
            code="changed_meanwhile",
        )


def to_show_again(
    *, seen: Mapping[str, Any], now: Mapping[str, Any], typed: Mapping[str, Any]
) -> dict[str, Any]:
    """What the form shows after such a refusal: what was typed, and where nothing was, how things stand now."""
    return {name: now[name] if typed[name] == seen.get(name) else typed[name] for name in now}
