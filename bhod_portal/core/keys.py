"""Keys of rows that an address or a form names."""

import re
from collections.abc import Iterable

# As long as any key that PostgreSQL gives, and short enough for it to take.
_KEY = re.compile(r"[0-9]{1,18}")


def key_in(text: str) -> int | None:
    """The key that somebody's text is; None for what can be no key."""
    return int(text) if _KEY.fullmatch(text) else None


def keys_in(texts: Iterable[str]) -> list[int]:
    """Those of the texts that are keys; the others are as if they weren't there."""
    found = (key_in(text) for text in texts)
    return [key for key in found if key is not None]
