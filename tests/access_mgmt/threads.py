from threading import Barrier, Thread

from django.core.exceptions import ValidationError
from django.db import connection

from bhod_portal.core.refusals import refusal_codes


def at_once(act) -> list[str]:
    """What becomes of the same act done four times at once: « done », or the codes of the refusal.

    Any other exception is lost with its thread, so that a test sees less than four answers.
    """
    start = Barrier(4)
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

    threads = [Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
