"""Which pages stand above a page, from the home of its portal down: its breadcrumbs.

The address is the tree: above a page stands each page whose address begins it and that an app has given a name here.
Where an address doesn't tell, the app says which page stands above.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.urls import (
    NoReverseMatch,
    Resolver404,
    URLResolver,
    get_resolver,
    get_script_prefix,
    get_urlconf,
    resolve,
    reverse,
)
from django.utils.functional import Promise
from django.utils.translation import get_language

# Of the page that has none above it.
HOME = ""

_names: dict[str, str | Promise] = {}
_above: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Crumb:
    """A page above the one that is shown: where it is, and what it is called in the reader's language."""

    url: str
    label: str


def register(names: Mapping[str, str | Promise], *, above: Mapping[str, str]) -> None:
    """Name the pages under which others stand, from `AppConfig.ready` of their app.

    `above` says of a page (by URL name) which one stands above it where its address doesn't; `HOME`: none at all.
    """
    _names.update(names)
    _above.update(above)


def crumbs(url_name: str, arguments: Mapping[str, Any]) -> tuple[Crumb, ...]:
    """The pages above this one, the portal's home first; of one that these arguments don't lead to there is no crumb."""
    known = tuple(sorted(arguments.items()))
    return _crumbs(url_name, known, get_language(), get_script_prefix(), get_resolver(get_urlconf()))


# Of a few hundred bytes each: a page is asked for again and again with the same arguments.
@lru_cache(maxsize=2048)
def _crumbs(
    url_name: str,
    arguments: tuple[tuple[str, Any], ...],
    _language: str | None,
    _prefix: str,
    resolver: URLResolver,
) -> tuple[Crumb, ...]:
    return tuple(_lead_to(_pages_above(url_name, resolver), _routes(resolver), dict(arguments)))


def crumb_of(url_name: str) -> tuple[Crumb, ...]:
    """The crumb of a page without arguments itself; none while no installed app has it."""
    routes = _routes(get_resolver(get_urlconf()))
    return tuple(_lead_to((url_name,), routes, {})) if url_name in routes else ()


def nearest(address: str) -> str:
    """The address itself, or the first page above it that opens: some addresses only take what is sent to them.

    One that is no address of ours stays: whoever asks for it is told so.
    """
    prefix = get_script_prefix().rstrip("/")
    path = urlsplit(address).path.removeprefix(prefix)
    if _opens(path) is not False:
        return address
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if _opens(path):
            break
    return prefix + path


def _opens(path: str) -> bool | None:
    """Whether a page can be asked for; ``None``: there is none."""
    try:
        view = getattr(resolve(path).func, "view_class", None)
    except Resolver404:
        return None
    return view is None or ("get" in view.http_method_names and hasattr(view, "get"))


def _lead_to(
    pages: tuple[str, ...], routes: Mapping[str, str], arguments: Mapping[str, Any]
) -> Iterator[Crumb]:
    for page in pages:
        asked = re.findall(r"<(?:\w+:)?(\w+)>", routes[page])
        if all(name in arguments for name in asked):
            try:
                url = reverse(page, kwargs={name: arguments[name] for name in asked})
            except NoReverseMatch:
                continue
            yield Crumb(url, str(_names[page]))


@cache
def _pages_above(url_name: str, resolver: URLResolver) -> tuple[str, ...]:
    # Of two names for one address the one that an app has named counts.
    named = {route: name for name, route in _routes(resolver).items() if name in _names}
    found: list[str] = []
    page = _page_above(url_name, resolver, named)
    while page != HOME:
        found.insert(0, page)
        page = _page_above(page, resolver, named)
    return tuple(found)


def _page_above(url_name: str, resolver: URLResolver, named: Mapping[str, str]) -> str:
    if url_name in _above:
        return _above[url_name]
    route = _routes(resolver).get(url_name, "")
    steps = route.rstrip("/").split("/")
    beginnings = ("".join(f"{step}/" for step in steps[:length]) for length in range(len(steps) - 1, -1, -1))
    return next((named[each] for each in beginnings if each in named and named[each] != url_name), HOME)


@cache
def _routes(resolver: URLResolver) -> dict[str, str]:
    """The route of each URL name."""
    return dict(_walk(resolver, "", ""))


def _walk(resolver: URLResolver, namespace: str, route: str) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = ":".join(filter(None, [namespace, entry.namespace]))
            yield from _walk(entry, inner, here)
        elif entry.name:
            yield ":".join(filter(None, [namespace, entry.name])), here
