"""Sweeps over all pages run without the measure of coverage, which takes nearly half of their time.

They say who gets a page and what may not stand on it; that its code is tested, only the tests of the page itself may claim.
"""

import sys


def unmeasured(act):
    """Do something that coverage does not see; gives what that gives."""
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        return act()
    finally:
        # In the frame in which it was taken away: the tracer keeps a stack of its own.
        sys.settrace(tracer)
