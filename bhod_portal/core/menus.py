"""Entries that an app above adds to a menu of an app below, which knows nothing of it (design 4, « Everywhere »)."""

from dataclasses import dataclass

from django.utils.functional import Promise

# What a page that refuses offers: « Pourquoi ? » about oneself, and about a member whom one manages.
REFUSALS, WHY, WHY_MEMBER = "refusals", "why", "why-member"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a menu: the key by which the menu places it, its words, and the name of its page."""

    key: str
    label: str | Promise
    url_name: str


_entries: dict[str, dict[str, Entry]] = {}


def register(menu: str, entry: Entry) -> None:
    """Add an entry, from `AppConfig.ready` of its app; the same key again replaces the older one."""
    _entries.setdefault(menu, {})[entry.key] = entry


def entry(menu: str, key: str) -> Entry | None:
    """The entry of a menu that has this key, if an app has registered one."""
    return _entries.get(menu, {}).get(key)
