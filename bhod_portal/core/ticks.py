"""Tasks that beat sends every few seconds, when the database does not answer them."""

import logging
from collections import Counter
from collections.abc import Callable
from functools import wraps

from django.db import InterfaceError, OperationalError

logger = logging.getLogger(__name__)

_failed_in_a_row: Counter[str] = Counter()


def tried_again(task: Callable[[], None]) -> Callable[[], None]:
    """For a task without arguments that the next tick does as well: a server that went away fails nothing for good.

    The log gets a line, without traceback, for the first failure in a row, the second, the fourth, the eighth…, and one
    when it is over: of an hour without database remain a dozen lines.
    """

    @wraps(task)
    def run() -> None:
        try:
            task()
        except (OperationalError, InterfaceError) as error:
            _failed_in_a_row[task.__name__] += 1
            failed = _failed_in_a_row[task.__name__]
            if failed & (failed - 1) == 0:
                logger.warning(
                    "%s is tried again at the next tick, after %d failures in a row: %s",
                    task.__name__,
                    failed,
                    str(error).partition("\n")[0],
                )
        else:
            if failed := _failed_in_a_row.pop(task.__name__, 0):
                logger.info("%s works again, after %d failures", task.__name__, failed)

    return run
