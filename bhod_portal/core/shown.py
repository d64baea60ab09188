"""Days, times, numbers and amounts as the reader's language writes them (`bhod_portal.formats`); times are Belgian.

Templates ask the same names of Django's filter: `{{ day|date:"SHORT_DATE_FORMAT" }}`.
"""

from datetime import date, datetime, time
from decimal import Decimal

from django.utils.formats import date_format, get_format, number_format
from django.utils.timezone import localtime

from bhod_portal.core.clock import BRUSSELS


def shown_day(day: date | None, form: str = "SHORT_DATE_FORMAT") -> str:
    """A day as « 23/12/2026 », or in another of the forms; nothing for none."""
    return date_format(day, form) if day else ""


def shown_instant(instant: datetime, form: str = "SHORT_DATETIME_FORMAT") -> str:
    """An instant as « 23/12/2026 19:00 » in Belgium, or in another of the forms."""
    return date_format(localtime(instant, BRUSSELS), form)


def shown_time(of_day: time | datetime) -> str:
    """A time of the day as « 19:00 »; that of an instant is the one in Belgium."""
    there = localtime(of_day, BRUSSELS).time() if isinstance(of_day, datetime) else of_day
    return f"{there:%H:%M}"


def shown_number(number: float | Decimal, places: int = 0) -> str:
    """A number with its thousands apart, as « 1 234,5 »."""
    return number_format(number, decimal_pos=places, use_l10n=True, force_grouping=True)


def shown_amount(euros: Decimal) -> str:
    """An amount as « 1 234,50 € »."""
    form = get_format("NEGATIVE_AMOUNT_FORMAT" if euros < 0 else "AMOUNT_FORMAT")
    return str(form) % shown_number(abs(euros), 2)


def shown_hours(minutes: int) -> str:
    """Minutes as « 13 h » or « 13 h 30 »; below zero when more was taken back than counts."""
    if minutes < 0:
        return f"-{shown_hours(-minutes)}"
    whole, rest = divmod(minutes, 60)
    if rest:
        return str(get_format("HOURS_MINUTES_FORMAT")) % (shown_number(whole), rest)
    return str(get_format("HOURS_FORMAT")) % shown_number(whole)


def shown_percent(percent: float | Decimal, places: int = 0) -> str:
    """A share in hundred, as « 12,5 % »."""
    return str(get_format("PERCENT_FORMAT")) % shown_number(percent, places)
