"""Which application a function opens: the applications above ProSanté say so, ProSanté asks."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Application:
    """An application behind ProSanté: its name on screen, its first page, and whether a set of functions opens it."""

    name: str | Promise
    url_name: str
    opens: Callable[[frozenset[str]], bool]


_registered: dict[str, Application] = {}


def register(application: Application) -> None:
    """Make an application known, from `AppConfig.ready` of its app; the same first page again replaces the older entry."""
    _registered[application.url_name] = application


def application_for(functions: frozenset[str]) -> Application | None:
    """The first application that these functions open; none when they open nothing."""
    return next((each for each in _registered.values() if each.opens(functions)), None)


def registered() -> tuple[Application, ...]:
    """Every application behind ProSanté."""
    return tuple(_registered.values())
