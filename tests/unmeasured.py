"""Sweeps over all pages, tests in a browser and processes that tests start run without the measure of coverage.

It takes nearly half of their time. They say who gets a page, what may not stand on it and how people come through; that its
code is tested, only the tests of the page itself may claim.
"""

import os
import sys
from contextlib import contextmanager

from coverage import Coverage


def unmeasured(act):
    """Do something that coverage does not see; gives what that gives."""
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        return act()
    finally:
        # In the frame in which it was taken away: the tracer keeps a stack of its own.
        sys.settrace(tracer)


@contextmanager
def measure_stopped():
    """Coverage sees nothing meanwhile, in no thread, nor in one that begins now."""
    measure = Coverage.current()
    if measure:
        measure.stop()
    try:
        yield
    finally:
        if measure:
            measure.start()
            # The start makes coverage reach for them again.
            leave_processes_alone()


def leave_processes_alone():
    """What tests start from now on is not measured; how coverage reaches the processes of pytest-xdist, these know by now."""
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
