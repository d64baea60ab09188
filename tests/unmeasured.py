"""Sweeps over all pages run without the measure of coverage.

They say who gets a page and what may not stand on it; that its code is tested, only the tests of the page itself may claim.
"""

from tests.probes import Reached


def unmeasured(act):
    """Do something that coverage does not see; gives what that gives."""
    before, Reached.paused = Reached.paused, True
    try:
        return act()
    finally:
        Reached.paused = before
