"""Runs a Python module as a process whose clock can be set back by an hour, and right again.

The process stands for one on a host whose clock was set back: time-machine changes it inside, for all its threads, when
the test sends a signal. Nothing in the product knows of it.
"""

import os
import runpy
import signal
import sys
import time

import time_machine

SET_BACK, SET_RIGHT = signal.SIGRTMIN + 1, signal.SIGRTMIN + 2
HOUR = 3600.0

_travels: list[time_machine.travel] = []


def _set_back(*_signal):
    travel = time_machine.travel(time.time() - HOUR, tick=True)
    travel.start()
    _travels.append(travel)
    os.write(1, b"clock set back\n")


def _set_right(*_signal):
    _travels.pop().stop()
    os.write(1, b"clock set right\n")


if __name__ == "__main__":
    signal.signal(SET_BACK, _set_back)
    signal.signal(SET_RIGHT, _set_right)
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
