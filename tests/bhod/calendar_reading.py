"""Guards as a reader of calendars finds them, and acts upon guards as `carry_out` leaves them behind."""

from datetime import date, timedelta

from icalendar import Calendar

from bhod.enums import GuardAct
from bhod.models import Guard
from bhod.selectors.calendars import published, window_on
from bhod.services.calendar_files import write_calendar
from tests.bhod.factories import AT, GuardChangeFactory

TODAY = date(2026, 3, 10)
WINDOW = window_on(TODAY)


def events(feed, **options):
    options = {"name": "Agenda", **options}
    return Calendar.from_ical(write_calendar(published(feed, window=WINDOW), **options)).events


def move(guard, **values):
    """What `carry_out` leaves behind: the guard as it became, and a line of what it was."""
    change = GuardChangeFactory(
        guard=guard,
        number=guard.version + 1,
        act=GuardAct.CHANGED,
        done_at=AT + timedelta(hours=guard.version),
        done_by=guard.registered_by,
        before_unit=guard.unit,
        before_provider=guard.provider,
        before_starts_at=guard.starts_at,
        before_ends_at=guard.ends_at,
        before_state=guard.state,
    )
    Guard.objects.filter(pk=guard.pk).update(version=change.number, **values)
    guard.refresh_from_db()
