"""Addresses that are secrets by themselves stand in no log: neither Django's nor the web server's."""

import logging
import re

# Calendars read guards under /bhod/agenda/<secret>.ics; a mistyped one is nearly a secret too.
_SECRET = re.compile(r"(/agenda/)[^/\s\"']{8,}")
# Those that write the address of a request.
_LOGGERS = (
    "django.request",
    "django.server",
    "django.security.csrf",
    "gunicorn.access",
    "gunicorn.error",
)


class HiddenSecrets(logging.Filter):
    """Puts a star in the place of each secret, before any handler sees the line."""

    def filter(self, record: logging.LogRecord) -> bool:
        line = record.getMessage()
        hidden = hide_secrets(line)
        if hidden != line:
            record.msg, record.args = hidden, None
        return True


def hide_secrets(text: str) -> str:
    """A text without the secrets of addresses."""
    return _SECRET.sub(r"\1*", text)


def watch_logs() -> None:
    """Let no logger of requests write a secret; a second call changes nothing."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(each, HiddenSecrets) for each in logger.filters):
            logger.addFilter(HiddenSecrets())
