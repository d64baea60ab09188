"""The time of a world, and the real time that security uses. The only place that reads the machine's clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models

from bhod_portal.core.models import World

BRUSSELS = ZoneInfo("Europe/Brussels")


def real_now() -> datetime:
    """The machine's time in UTC: for sessions, codes, rate limits, never for dates of the domain."""
    return datetime.now(UTC)


def at(world: World, real: datetime) -> datetime:
    """The world's time at an instant of real time, in UTC."""
    return world.frozen_at or real + world.clock_offset


def now(world: World) -> datetime:
    """The world's time, in UTC."""
    return at(world, real_now())


def day_of(instant: datetime) -> date:
    """The day in Europe/Brussels on which an instant falls."""
    return instant.astimezone(BRUSSELS).date()


def instants_at(day: date, time_of_day: time) -> list[datetime]:
    """The instants (UTC) at which the clocks in Brussels show a time on a day, the earlier one first.

    None when the night of March skips it, two when the night of October has it twice, else one.
    """
    shown = datetime.combine(day, time_of_day)
    instants = {shown.replace(tzinfo=BRUSSELS, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(
        each for each in instants if each.astimezone(BRUSSELS).replace(tzinfo=None, fold=0) == shown
    )


def today(world: World) -> date:
    """The world's day in Europe/Brussels."""
    return day_of(now(world))


def advance(world: World, *, by: timedelta) -> None:
    """Move the world's clock forward; it ticks on from there, or stays stopped when it was. Refuses to go back."""
    if by < timedelta(0):
        raise ValueError("A world's clock only moves forward; to go back, reset the world.")
    # One statement, so that two clicks at once both count.
    rows = World.objects.filter(pk=world.pk)
    rows.update(clock_offset=models.F("clock_offset") + by)
    rows.exclude(frozen_at=None).update(frozen_at=models.F("frozen_at") + by)
    world.refresh_from_db(fields=["clock_offset", "frozen_at"])
