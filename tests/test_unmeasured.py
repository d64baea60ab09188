import pytest

from tests.probes import Reached
from tests.unmeasured import unmeasured


@pytest.fixture
def reached(monkeypatch):
    # Whatever measures this very test may itself be paused.
    monkeypatch.setattr(Reached, "paused", False)
    return Reached()


def test_coverage_looks_away_and_again_afterwards(reached):
    unmeasured(lambda: reached[1, 2])
    assert not reached

    assert reached[2, 3] == 3
    assert set(reached) == {(2, 3)}


def test_coverage_looks_again_after_a_failure(reached):
    with pytest.raises(ZeroDivisionError):
        unmeasured(lambda: 1 / 0)

    assert reached[1, 2] == 2
    assert set(reached) == {(1, 2)}
