from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache

from bhod_portal.core.limits import is_too_often

MINUTE = timedelta(minutes=1)
AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def stopped_clock(db):
    cache.clear()
    with time_machine.travel(AT, tick=False) as travel:
        yield travel


def asked(times, key="a"):
    return [is_too_often("test", key, most=2, within=MINUTE) for _ in range(times)]


def test_lets_so_many_through():
    assert asked(4) == [False, False, True, True]


def test_counts_each_key_by_itself():
    asked(3)
    assert asked(1, key="b") == [False]


def test_counts_anew_in_the_next_stretch(stopped_clock):
    asked(3)
    stopped_clock.shift(MINUTE)
    assert asked(1) == [False]


def test_lets_nothing_through_where_nothing_may():
    assert is_too_often("test", "a", most=0, within=MINUTE)


def test_a_counter_that_the_cache_lost_refuses_nobody(monkeypatch):
    def lost(key):
        raise ValueError(key)

    asked(2)
    monkeypatch.setattr(cache, "incr", lost)
    assert asked(1) == [False]
