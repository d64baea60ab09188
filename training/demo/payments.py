"""The payment that the demo world has behind it: of the latest two months that could be confirmed and paid by now."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bhod_portal.core.clock import BRUSSELS
from bhod_portal.core.periods import months_later

# Circles confirm a month on this day of the next; INAMI opens, closes and the bank answers some days later.
CONFIRMED_ON = 5
MORNING = time(9)
MONTHS = 2
OPENED, CLOSED, ANSWERED = timedelta(days=2), timedelta(days=4), timedelta(days=6)


@dataclass(frozen=True, slots=True)
class PastPayment:
    """When, in the world's time, the payment was opened, closed and answered."""

    opened_at: datetime
    closed_at: datetime
    answered_at: datetime


def confirmed_at(month: date) -> datetime:
    """When the circles confirmed the guards that ended in a month."""
    day = months_later(month.replace(day=1), 1).replace(day=CONFIRMED_ON)
    return datetime.combine(day, MORNING, tzinfo=BRUSSELS)


def past_payment(at: datetime) -> PastPayment:
    """The latest payment whose two months were confirmed, and that the bank answered, before `at`."""
    day = at.astimezone(BRUSSELS).date()
    last_month = months_later(day.replace(month=day.month - (day.month - 1) % MONTHS, day=1), -1)
    while (confirmed := confirmed_at(last_month)) + ANSWERED >= at:
        last_month = months_later(last_month, -MONTHS)
    return PastPayment(confirmed + OPENED, confirmed + CLOSED, confirmed + ANSWERED)
