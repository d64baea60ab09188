"""The pages of ours, as the resolver knows them: their names, the methods that they answer, their arguments."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.urls import URLPattern, URLResolver, get_resolver

OURS = {"training", "csam", "access_mgmt", "prosante_login", "bhod", "bhod_portal"}
METHODS = ("GET", "POST")


@dataclass(frozen=True, slots=True)
class Address:
    """A URL of ours: its name, the methods that its view answers, its arguments with their converters."""

    name: str
    route: str
    methods: tuple[str, ...]
    converters: dict[str, str]


def _patterns(
    resolver: URLResolver, namespace: str = "", route: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    for entry in resolver.url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, entry.namespace or namespace, here)
        else:
            yield namespace, here, entry


def _methods_of(pattern: URLPattern) -> tuple[str, ...]:
    view = pattern.callback.view_class
    answered = {name for name in view.http_method_names if hasattr(view, name)}
    return tuple(method for method in METHODS if method.lower() in answered)


@cache
def addresses(resolver: URLResolver | None = None) -> dict[str, Address]:
    """Every URL of ours by its name; one that has none stands under its route, where no row of a table can find it."""
    found = {}
    for namespace, route, pattern in _patterns(resolver or get_resolver()):
        if pattern.callback.__module__.split(".")[0] not in OURS:
            continue
        name = ":".join(filter(None, [namespace, pattern.name or f"/{route}"]))
        converters = {key: type(value).__name__ for key, value in pattern.pattern.converters.items()}
        found[name] = Address(name, route, _methods_of(pattern), converters)
    return found
