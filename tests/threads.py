from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from bhod_portal.core.refusals import refusal_codes


def at_once(act, *, times=4) -> list[str]:
    """What becomes of an act done several times at once, each with its number: « done », or the codes of the refusal.

    Any other exception is lost with its thread, so that a test sees fewer answers.
    """
    start = Barrier(times)
    found = []

    def run(number):
        start.wait()
        try:
            act(number)
            found.append("done")
        except ValidationError as refusal:
            found.extend(refusal_codes(refusal))
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def until_someone_waits():
    """Go on once a statement of any connection waits for what another holds."""
    with connection.cursor() as cursor:
        for _ in range(2000):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return
            # A transaction is told the same as before, unless it asks anew.
            cursor.execute("SELECT pg_stat_clear_snapshot(), pg_sleep(0.01)")
    pytest.fail("Nobody waits.")
