from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from bhod_portal.core import clock
from bhod_portal.core.prepared import Prepared


@Prepared
def _alive(*, key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


class SessionStore(db.SessionStore):
    """Sessions in the database (SESSION_ENGINE); a key that we never gave is not even looked for.

    Django asks for eight characters only, and PostgreSQL refuses a query with a NUL in it: a hostile cookie would be
    answered by an error page.
    """

    def _validate_session_key(self, key: str | None) -> bool:
        valid = super()._validate_session_key(key)  # type: ignore[misc]  # the stubs don't know it
        return bool(valid) and set(key or "") <= set(VALID_KEY_CHARS)

    def _get_session_from_db(self) -> Session | None:
        found = _alive.rows(key=self.session_key, now=clock.real_now()) if self.session_key else []
        if not found:
            # As Django does: a key under which nothing is found is forgotten.
            self._session_key = None
            return None
        return found[0]
