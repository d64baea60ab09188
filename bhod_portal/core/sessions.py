from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS


class SessionStore(db.SessionStore):
    """Sessions in the database (SESSION_ENGINE); a key that we never gave is not even looked for.

    Django asks for eight characters only, and PostgreSQL refuses a query with a NUL in it: a hostile cookie would be
    answered by an error page.
    """

    def _validate_session_key(self, key: str | None) -> bool:
        valid = super()._validate_session_key(key)  # type: ignore[misc]  # the stubs don't know it
        return bool(valid) and set(key or "") <= set(VALID_KEY_CHARS)
