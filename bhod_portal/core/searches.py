"""Searches whose criteria may stand in no address (a NISS): kept in the session, known to the URL by an opaque key."""

from collections.abc import Mapping
from uuid import uuid4

from django.contrib.sessions.backends.base import SessionBase

_IN_SESSION = "searches"
# Of each list in each tab someone may go back to; older ones are asked again.
_KEPT = 20


def keep(session: SessionBase, scope: str, criteria: Mapping[str, str]) -> str:
    """Keep what was asked of a list and return the key for its address; `scope` names the list."""
    key = str(uuid4())
    searches = [*session.get(_IN_SESSION, []), [key, scope, dict(criteria)]]
    session[_IN_SESSION] = searches[-_KEPT:]
    return key


def kept(session: SessionBase, scope: str, key: str) -> dict[str, str] | None:
    """What was asked under this key of this list; None when the session knows no such search (any more)."""
    for known, where, criteria in session.get(_IN_SESSION, []):
        if (known, where) == (key, scope):
            return dict(criteria)
    return None
