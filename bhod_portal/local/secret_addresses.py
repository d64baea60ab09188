"""Addresses that are secrets by themselves stand in no log: neither Django's nor the web server's."""

import logging
import re

from gunicorn.glogging import Logger

# Calendars read guards under /bhod/agenda/<secret>.ics, whatever a mistyped one looks like.
_SECRET = re.compile(r"(/agenda/)[^/\s\"']{8,}")


class HiddenSecrets(logging.Filter):
    """Puts a star in the place of each secret, in the words of a line as in its arguments and its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        line = record.getMessage()
        hidden = hide_secrets(line)
        if hidden != line:
            record.msg, record.args = hidden, None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = hide_secrets(record.exc_text)
        return True


class SecretiveLogger(Logger):
    """The log of gunicorn, `--logger-class bhod_portal.local.secret_addresses.SecretiveLogger`."""

    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        for log in (self.access_log, self.error_log):
            log.addFilter(HiddenSecrets())


def hide_secrets(text: str) -> str:
    """A text without the secrets of addresses."""
    return _SECRET.sub(r"\1*", text)
