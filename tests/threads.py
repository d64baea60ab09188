from threading import Barrier, Thread

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
