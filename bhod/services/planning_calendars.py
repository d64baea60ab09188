"""Calendars (iCal, RFC 5545) as lines of a planning: recurrences are laid out, instants written with their offset.

Bounded before anything is parsed or laid out: what a calendar of guards never has is refused with `calendar_too_big`,
`recurrence` or `unreadable_calendar`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from threading import Lock
from typing import Any

import recurring_ical_events
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from icalendar import Calendar
from icalendar.timezone import tzp

from bhod.eligibility import DAY_STARTS, NIGHT_STARTS, ONE_DAY, category_of
from bhod.enums import GuardCategory
from bhod.services.planning_files import PlanningFile
from bhod_portal.core import clock
from bhod_portal.core.identifiers import read_inami
from bhod_portal.core.periods import months_later
from bhod_portal.core.shown import shown_day
from bhod_portal.core.tables import words
from bhod_portal.core.uploads import MAX_FILE_BYTES

MAX_EVENTS = 5_000
MAX_MONTHS = 24
# Ours, in this order: what else a calendar says of a guard is of no use here.
HEADINGS = ("reference", "unite", "inami", "medecin", "debut", "fin", "etat")
_MAX_LINES, _MAX_COMPONENTS, _MAX_ZONES, _MAX_RULES, _MAX_DATES = 200_000, 12_000, 20, 500, 2_000
_NAMED, _LONGEST = 5, 100
# Forty for each event; each may part a list that the library takes its time for.
_MAX_COMMAS = 40 * MAX_EVENTS
# Of an event: among these its unit may be.
_CATEGORIES, _LONGEST_PLACE = 50, 1_000
_OLDEST = timedelta(days=10 * 366)
_INAMI = re.compile(r"(?<!\d)\d[-. ]?\d{5}[-. ]?\d{2}[-. ]?\d{3}(?!\d)")
_TITLE = re.compile(r"\b(?:dr|dokter|docteur)\b\.?\s+(?P<name>[^,;:()\n]{3,60})", re.IGNORECASE)
# Which parts a rule of each frequency may have: those that calendars of offices write, and all of them come again.
_PARTS: Mapping[str, set[frozenset[str]]] = {
    "DAILY": {frozenset()},
    "WEEKLY": {frozenset(), frozenset({"BYDAY"})},
    "MONTHLY": {
        frozenset(), frozenset({"BYDAY"}), frozenset({"BYMONTHDAY"}), frozenset({"BYDAY", "BYSETPOS"}),
    },
    "YEARLY": {
        frozenset(), frozenset({"BYMONTH"}), frozenset({"BYMONTH", "BYDAY"}), frozenset({"BYMONTH", "BYMONTHDAY"}),
    },
}  # fmt: skip
_WHENCE = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"})
_MOST_BETWEEN = 60
# What every month has, then what some have.
_LAST_WEEK, _LAST_DAY, _LAST_DAY_OF_ALL, _MONTHS = 4, 28, 31, 12
# Those of time zones, which the library lays out as soon as it reads them.
_RULE_OF_ZONE = re.compile(
    rb"FREQ=YEARLY(?:;(?:BYMONTH=0?(?:1[0-2]|[1-9])|BYDAY=[+-]?[1-4]?(?:MO|TU|WE|TH|FR|SA|SU)|"
    rb"BYMONTHDAY=(?:1\d|2[0-8]|0?[1-9])(?:,(?:1\d|2[0-8]|0?[1-9])){0,27}|UNTIL=\d{8}(?:T\d{6}Z?)?|INTERVAL=1|WKST=[A-Z]{2})){0,6}"
)
# Time zones that a calendar defines itself are kept by the library under their names, for all calendars of a process.
_ONE_AT_A_TIME = Lock()
# What the libraries raise of a calendar that is broken.
_BROKEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def is_calendar(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf \r\n\t")[:15].upper() == b"BEGIN:VCALENDAR"


def read_calendar(*, content: bytes, size: int, units: Iterable[str], at: datetime) -> PlanningFile:
    """The events of a calendar that have a day within two years of an instant, as lines; `units` are names known."""
    if size > MAX_FILE_BYTES:
        raise _too_big()
    _check_bounds(content)
    known = {words(name): name for name in units}
    start = months_later(clock.day_of(at), -MAX_MONTHS)
    end = months_later(clock.day_of(at), MAX_MONTHS)
    unknown: Counter[str] = Counter()
    with _ONE_AT_A_TIME:
        tzp.use_default()
        try:
            events, left_out = _events(Calendar.from_ical(content), start, end)
            events.sort(key=lambda event: _sorted_by(event.get("DTSTART")))
            zones = sorted({zone for event in events if (zone := _unknown_zone(event))})
            # What is broken in an event shows only when it is asked for.
            lines = [
                [number, _cells(event, known, unknown), [], []] for number, event in enumerate(events, 1)
            ]
        except _BROKEN as error:
            raise _unreadable() from error
        finally:
            tzp.use_default()
    if not events:
        raise ValidationError(
            _("Ce calendrier n'a aucun événement entre le %(start)s et le %(end)s."),
            code="no_lines",
            params={"start": shown_day(start), "end": shown_day(end)},
        )
    remarks = []
    if left_out:
        remarks.append(
            _("Événements hors de la période du %(start)s au %(end)s, laissés de côté : %(number)d.")
            % {"start": shown_day(start), "end": shown_day(end), "number": left_out}
        )
    if zones:
        remarks.append(
            _("Fuseaux horaires inconnus, lus comme l'heure de Bruxelles : %(zones)s.")
            % {"zones": ", ".join(zones[:_NAMED])}
        )
    if unknown:
        named = ", ".join(f"{name or '–'} ({number})" for name, number in unknown.most_common(_NAMED))
        remarks.append(
            _("Événements dont le lieu n'est pas une unité du cercle : %(places)s.") % {"places": named}
        )
    return PlanningFile(list(HEADINGS), lines, remarks)


def _check_bounds(content: bytes) -> None:
    """Judge the bytes before anything parses them."""
    upper = re.sub(rb"\r?\n[ \t]", b"", content.upper())
    if b"\0" in content:
        raise _unreadable()
    if (
        upper.count(b"BEGIN:VEVENT") > MAX_EVENTS
        or upper.count(b"\nBEGIN:") > _MAX_COMPONENTS
        or upper.count(b"\n") > _MAX_LINES
        or upper.count(b",") > _MAX_COMMAS
        or upper.count(b"BEGIN:VTIMEZONE") > _MAX_ZONES
        or upper.count(b"\nRRULE") > _MAX_RULES
    ):
        raise _too_big()
    for zone in re.findall(rb"BEGIN:VTIMEZONE(.*?)(?:END:VTIMEZONE|\Z)", upper, re.DOTALL):
        rules = re.findall(rb"\nRRULE[^:\n]*:([^\r\n]*)", zone)
        if len(rules) > _MAX_ZONES or not all(map(_RULE_OF_ZONE.fullmatch, rules)):
            raise _recurrence("VTIMEZONE")
        if zone.count(b"\nBEGIN:") > 2 * _MAX_ZONES or zone.count(b",") > _MAX_DATES:
            raise _recurrence("VTIMEZONE")


def _events(calendar: Any, start: date, end: date) -> tuple[list[Any], int]:
    """Each event, and each occurrence of one that comes again, of these days; and how many are of other days."""
    groups: dict[str, list[Any]] = {}
    for number, event in enumerate(calendar.walk("VEVENT")):
        if event.get("DTSTART") is None:
            raise ValueError("an event without start")
        groups.setdefault(str(event.get("UID", number)), []).append(event)
    found: list[Any] = []
    left_out = 0
    for events in groups.values():
        if any(name in event for event in events for name in ("RRULE", "RDATE", "EXRULE")):
            found += _laid_out(calendar, events, start, end)
        else:
            kept = [event for event in events if start <= _day_of(event["DTSTART"].dt) <= end]
            found += kept
            left_out += len(events) - len(kept)
        if len(found) > MAX_EVENTS:
            raise _too_big()
    return found, left_out


def _unknown_zone(event: Any) -> str:
    """The zone that a start names and nobody knows."""
    starts = event["DTSTART"]
    is_bare = isinstance(starts.dt, datetime) and starts.dt.tzinfo is None
    return str(starts.params.get("TZID", "")) if is_bare else ""


def _laid_out(calendar: Any, events: Sequence[Any], start: date, end: date) -> list[Any]:
    for event in events:
        _check_recurrence(event, start)
    alone = Calendar()
    if "X-WR-TIMEZONE" in calendar:
        alone.add("X-WR-TIMEZONE", str(calendar["X-WR-TIMEZONE"]))
    for event in events:
        alone.add_component(event)
    return list(recurring_ical_events.of(alone).between(start, end + ONE_DAY))


def _check_recurrence(event: Any, start: date) -> None:
    """Only rules of which the next day is near: another would be sought until the year 9999."""
    named = str(event.get("SUMMARY", ""))[:40]
    rules, dates = event.get("RRULE"), [event.get(name) for name in ("RDATE", "EXDATE")]
    if "EXRULE" in event or isinstance(rules, list) or sum(map(_number_of, dates)) > _MAX_DATES:
        raise _recurrence(named)
    if rules is None:
        return
    if _day_of(event["DTSTART"].dt) < start - _OLDEST:
        raise _recurrence(named)
    frequency = str(rules.get("FREQ", [""])[0]).upper()
    parts = frozenset(name.upper() for name in rules) - _WHENCE
    between = int(rules.get("INTERVAL", [1])[0])
    if parts not in _PARTS.get(frequency, set()) or not 1 <= between <= _MOST_BETWEEN:
        raise _recurrence(named)
    if "BYDAY" in parts and not all(_comes_again(str(day)) for day in rules["BYDAY"]):
        raise _recurrence(named)
    last = _LAST_DAY if frequency == "YEARLY" or between > 1 else _LAST_DAY_OF_ALL
    if not all(1 <= abs(int(day)) <= last for day in rules.get("BYMONTHDAY", ())):
        raise _recurrence(named)
    if not all(1 <= int(month) <= _MONTHS for month in rules.get("BYMONTH", ())):
        raise _recurrence(named)
    if any(not 1 <= abs(int(place)) <= _LAST_WEEK for place in rules.get("BYSETPOS", ())):
        raise _recurrence(named)


def _comes_again(day: str) -> bool:
    match = re.fullmatch(r"([+-]?\d{1,2})?(?:MO|TU|WE|TH|FR|SA|SU)", day.upper())
    return bool(match) and 1 <= abs(int((match and match[1]) or 1)) <= _LAST_WEEK


def _number_of(dates: Any) -> int:
    if dates is None:
        return 0
    return sum(len(getattr(each, "dts", ())) for each in (dates if isinstance(dates, list) else [dates]))


def _cells(event: Any, known: dict[str, str], unknown: Counter[str]) -> list[str]:
    """The event in the order of `HEADINGS`."""
    inami, doctor = _doctor(event)
    starts, ends = _hours(event)
    return [
        str(event.get("UID", ""))[:_LONGEST],
        _unit(event, known, unknown),
        inami,
        doctor,
        starts,
        ends,
        str(event.get("STATUS", ""))[:_LONGEST],
    ]


def _unit(event: Any, known: dict[str, str], unknown: Counter[str]) -> str:
    place = str(event.get("LOCATION", ""))[:_LONGEST_PLACE].strip()
    for text in (place, *(part.strip() for part in place.split(",")), *_categories(event)):
        if words(text) in known:
            return known[words(text)]
    unknown[place[:40]] += 1
    return ""


def _categories(event: Any) -> list[str]:
    found = event.get("CATEGORIES")
    lists = found if isinstance(found, list) else [found] if found is not None else []
    names = (name for each in lists for name in getattr(each, "cats", []))
    return [str(name) for name in islice(names, _CATEGORIES)]


def _doctor(event: Any) -> tuple[str, str]:
    """An INAMI number wherever it stands; else a name: the attendee's, or what follows « Dr », or the summary."""
    attendees = event.get("ATTENDEE")
    people = attendees if isinstance(attendees, list) else [attendees] if attendees is not None else []
    summary = str(event.get("SUMMARY", "")).strip()
    names = [str(each.params.get("CN", "")) for each in people]
    for text in (summary, str(event.get("DESCRIPTION", "")), *names, *map(str, people)):
        for number in _INAMI.finditer(text):
            if _is_inami(number.group()):
                return number.group(), ""
    for text in (summary, str(event.get("DESCRIPTION", ""))):
        if title := _TITLE.search(text):
            return "", title["name"].strip()
    return "", next((name for name in names if name), summary)[:_LONGEST]


def _is_inami(text: str) -> bool:
    """A telephone number has as many digits, but not such check digits."""
    try:
        read_inami(text)
    except ValidationError:
        return False
    return True


def _hours(event: Any) -> tuple[str, str]:
    """From when to when, ISO; a whole day is what is paid at most of it (domain.md 1.2), each of several days too."""
    starts = event["DTSTART"].dt
    ends = event["DTEND"].dt if event.get("DTEND") is not None else None
    if ends is None and event.get("DURATION") is not None:
        # By the time that passes, whatever the clock on the wall does meanwhile (RFC 5545, 3.3.6).
        is_zoned = isinstance(starts, datetime) and starts.tzinfo
        ends = (starts.astimezone(UTC) if is_zoned else starts) + event["DURATION"].dt
    if isinstance(starts, datetime):
        return _written(starts), _written(ends) if isinstance(ends, datetime) else ""
    last = ends - ONE_DAY if isinstance(ends, date) and ends > starts else starts
    opens = NIGHT_STARTS if category_of(starts) == GuardCategory.WEEKNIGHT else DAY_STARTS
    return f"{starts}T{opens:%H:%M}", f"{last + ONE_DAY}T{DAY_STARTS:%H:%M}"


def _written(moment: datetime) -> str:
    """With its offset; of a time without zone, the clock in Brussels is read."""
    return moment.isoformat(timespec="seconds")


def _sorted_by(starts: Any) -> str:
    return _written(starts.dt) if isinstance(starts.dt, datetime) else f"{starts.dt}T00:00"


def _day_of(moment: date | datetime) -> date:
    if isinstance(moment, datetime):
        return clock.day_of(moment) if moment.tzinfo else moment.date()
    return moment


def _unreadable() -> ValidationError:
    return ValidationError(
        _(
            "Ce calendrier n'est pas lisible : exportez-le à nouveau (fichier .ics), ou envoyez le planning comme CSV."
        ),
        code="unreadable_calendar",
    )


def _too_big() -> ValidationError:
    return ValidationError(
        _(
            "Ce calendrier est trop grand : %(events)d événements et 5 Mo au plus. Exportez une période plus courte."
        ),
        code="calendar_too_big",
        params={"events": MAX_EVENTS},
    )


def _recurrence(name: str) -> ValidationError:
    return ValidationError(
        _(
            "La répétition de « %(name)s » est trop particulière pour être importée : exportez ces gardes une à une, ou "
            "envoyez le planning comme CSV."
        ),
        code="recurrence",
        params={"name": name},
    )
