import subprocess
import sys
import threading

import pytest

from tests.unmeasured import measure_stopped, unmeasured


def test_coverage_looks_away_and_again_afterwards():
    before = sys.gettrace()

    assert unmeasured(sys.gettrace) is None
    assert sys.gettrace() is before


def test_coverage_looks_again_after_a_failure():
    before = sys.gettrace()

    with pytest.raises(ZeroDivisionError):
        unmeasured(lambda: 1 / 0)

    assert sys.gettrace() is before


def test_a_stopped_measure_sees_no_thread_and_goes_on_afterwards():
    before = threading.gettrace()

    with measure_stopped():
        assert sys.gettrace() is None
        assert threading.gettrace() is None

    assert (threading.gettrace() is None) == (before is None)


def test_a_process_that_a_test_starts_is_not_measured():
    asked = "import sys, threading; print(sys.gettrace() or threading.gettrace())"

    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout

    assert said == "None\n"
