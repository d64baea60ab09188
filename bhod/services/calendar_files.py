"""Guards as a calendar file (RFC 5545, RFC 7986), for Outlook, Google Calendar and Apple's Calendar.

Times are instants in UTC, not times of a zone: a guard is one event and recurs never, so that nothing is lost; no program
reads them wrongly, where some take a VTIMEZONE for their own zone; and in the hour that October repeats they still say
which of the two is meant. Programs show them by the clock of their reader.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vDuration

from bhod.eligibility import eligible
from bhod.selectors.calendars import Published
from bhod_portal.core.shown import shown_instant

CONTENT_TYPE = "text/calendar; charset=utf-8"
READ_AGAIN_AFTER = timedelta(hours=1)


def write_calendar(
    guards: Iterable[Published],
    *,
    name: str,
    language: str = settings.LANGUAGE_CODE,
    with_circle: bool = False,
) -> bytes:
    """A calendar of these guards, in a language; `with_circle`: they are of several circles, and each says which.

    The same guards give the same bytes. There is never an amount in it.
    """
    with translation.override(language):
        calendar = _empty(name)
        for guard in guards:
            calendar.add_component(_event(guard, with_circle=with_circle))
        return bytes(calendar.to_ical())


def _empty(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Simulateur BHOD//Gardes//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    # Once as the standard says it, and once as programs have read it for longer. The library writes both as they are: the
    # end of a line in them would begin another property.
    calendar.add("name", _on_one_line(name))
    calendar.add("x-wr-calname", _on_one_line(name))
    calendar.add("x-wr-caldesc", _("Gardes du simulateur BHOD : rien n'est réel."))
    calendar.add("x-wr-timezone", "Europe/Brussels")
    calendar.add("refresh-interval", vDuration(READ_AGAIN_AFTER), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(READ_AGAIN_AFTER))
    return calendar


def _event(guard: Published, *, with_circle: bool) -> Event:
    event = Event()
    event.add("uid", guard.reference)
    event.add("sequence", guard.version)
    event.add("dtstamp", guard.changed_at)
    event.add("last-modified", guard.changed_at)
    event.add("dtstart", guard.starts_at)
    event.add("dtend", guard.ends_at)
    event.add("summary", _summary(guard))
    event.add("location", f"{guard.unit}, {guard.circle}" if with_circle else guard.unit)
    event.add("description", _description(guard))
    counted = eligible(guard.starts_at, guard.ends_at).by_category
    if counted:
        event.add("categories", [str(category.label) for category in counted])
    event.add("status", "CANCELLED" if guard.is_over else "TENTATIVE" if guard.wavers else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if guard.is_over else "OPAQUE")
    return event


def _summary(guard: Published) -> str:
    facts = {"unit": guard.unit, "doctor": guard.doctor}
    if guard.is_over:
        # Some programs show what was cancelled like the rest.
        return _("Annulée : garde %(unit)s – Dr %(doctor)s") % facts
    return _("Garde %(unit)s – Dr %(doctor)s") % facts


def _description(guard: Published) -> str:
    lines = [
        _("Du %(start)s au %(end)s, heure de Bruxelles")
        % {"start": _on_the_wall(guard.starts_at), "end": _on_the_wall(guard.ends_at)},
        guard.circle,
    ]
    if guard.wavers:
        lines.append(_("Un échange est demandé : le cercle décide."))
    return "\n".join([*lines, _("Simulateur BHOD : rien n'est réel.")])


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _on_the_wall(instant: datetime) -> str:
    return shown_instant(instant, "WEEKDAY_DATETIME_FORMAT")
