import sys

import pytest

from tests.unmeasured import unmeasured


def test_coverage_looks_away_and_again_afterwards():
    before = sys.gettrace()

    assert unmeasured(sys.gettrace) is None
    assert sys.gettrace() is before


def test_coverage_looks_again_after_a_failure():
    before = sys.gettrace()

    with pytest.raises(ZeroDivisionError):
        unmeasured(lambda: 1 / 0)

    assert sys.gettrace() is before
