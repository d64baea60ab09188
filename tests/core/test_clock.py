from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import IntegrityError

from bhod_portal.core import clock
from bhod_portal.core.models import World

REAL = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def world():
    return World.objects.create(code="horloge", name="Horloge")


def test_is_real_time_at_first(world):
    with time_machine.travel(REAL, tick=False):
        assert clock.now(world) == REAL


def test_goes_on_ticking_after_a_jump(world):
    clock.advance(world, by=timedelta(minutes=20))

    assert clock.at(world, REAL) == REAL + timedelta(minutes=20)
    assert clock.at(world, REAL + timedelta(seconds=5)) == REAL + timedelta(minutes=20, seconds=5)


def test_stays_stopped_after_a_jump(world):
    World.objects.filter(pk=world.pk).update(frozen_at=REAL)
    world.refresh_from_db()

    clock.advance(world, by=timedelta(days=1))

    assert clock.now(world) == REAL + timedelta(days=1)


def test_two_jumps_from_stale_copies_both_count(world):
    other_tab = World.objects.get(pk=world.pk)

    clock.advance(world, by=timedelta(minutes=5))
    clock.advance(other_tab, by=timedelta(minutes=5))

    assert clock.at(World.objects.get(pk=world.pk), REAL) == REAL + timedelta(minutes=10)


def test_never_goes_back(world):
    with pytest.raises(ValueError, match="only moves forward"):
        clock.advance(world, by=timedelta(seconds=-1))
    with pytest.raises(IntegrityError, match="world_clock_forward_only"):
        World.objects.filter(pk=world.pk).update(clock_offset=timedelta(seconds=-1))


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        pytest.param(
            datetime(2026, 1, 15, 22, 59, 59, tzinfo=UTC), date(2026, 1, 15), id="winter, before midnight"
        ),
        pytest.param(datetime(2026, 1, 15, 23, 0, tzinfo=UTC), date(2026, 1, 16), id="winter, midnight"),
        pytest.param(
            datetime(2026, 7, 15, 21, 59, 59, tzinfo=UTC), date(2026, 7, 15), id="summer, before midnight"
        ),
        pytest.param(datetime(2026, 7, 15, 22, 0, tzinfo=UTC), date(2026, 7, 16), id="summer, midnight"),
        pytest.param(datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29), id="March night begins"),
        pytest.param(
            datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30), id="March night's day is 23 hours"
        ),
        pytest.param(
            datetime(2026, 10, 24, 22, 0, tzinfo=UTC), date(2026, 10, 25), id="October night begins"
        ),
        pytest.param(
            datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25), id="October's day is 25 hours"
        ),
        pytest.param(datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26), id="October's day ends"),
    ],
)
def test_a_day_begins_at_midnight_in_brussels(instant, day):
    assert clock.day_of(instant) == day


def test_today_is_the_world_s_day(world):
    clock.advance(world, by=timedelta(hours=15))

    with time_machine.travel(REAL, tick=False):
        assert clock.today(world) == date(2026, 3, 11)


@pytest.mark.parametrize(
    ("day", "time_of_day", "hours"),
    [
        (date(2026, 3, 10), time(10, 30), [time(9, 30)]),
        (date(2026, 3, 29), time(1, 59), [time(0, 59)]),
        (date(2026, 3, 29), time(2, 30), []),
        (date(2026, 3, 29), time(3), [time(1)]),
        (date(2026, 10, 25), time(2), [time(0), time(1)]),
        (date(2026, 10, 25), time(2, 59), [time(0, 59), time(1, 59)]),
        (date(2026, 10, 25), time(3), [time(2)]),
    ],
)
def test_a_time_of_the_day_comes_once_never_or_twice(day, time_of_day, hours):
    assert clock.instants_at(day, time_of_day) == [datetime.combine(day, hour, UTC) for hour in hours]
