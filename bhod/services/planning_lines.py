"""What each line of a planning says, read from its cells; nothing here asks the database.

Dates as Belgian offices write them, as spreadsheets give them, and ISO with an offset; times by the clock in Brussels.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl.utils.datetime import from_excel

from bhod.eligibility import ONE_DAY
from bhod.enums import GuardCategory
from bhod.selectors.planning_results import Problem
from bhod_portal.core import clock
from bhod_portal.core.identifiers import read_bce, read_inami
from bhod_portal.core.tables import words

# The type of the line that the template has already: it means nothing.
EXAMPLE = "exemple"
_DAY = re.compile(r"(?:[^\W\d_]{2,9}\.? )?(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:(?:,? +|T)(\S.*))?")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?")
_TIME = re.compile(r"(\d{1,2})(?: ?[:hH.] ?(\d{2})?)?(?::(\d{2}))?")
# Days since 1900 as a spreadsheet keeps them, from 1982 to 2119, where a cell isn't written as a date.
_SERIAL = re.compile(r"[3-7]\d{4}(?:\.\d+)?")
_MIDNIGHT_AFTER = 24
_NUMBER = re.compile(r"\d[\d\s./-]*")
_REFERENCE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_CANCELLED = {
    *("annulee", "annule", "geannuleerd", "storniert", "cancelled", "canceled", "cancelled by organizer"),
}
_TYPES = {
    "weekend": GuardCategory.WEEKEND,
    "week end": GuardCategory.WEEKEND,
    "we": GuardCategory.WEEKEND,
    "wochenende": GuardCategory.WEEKEND,
    "ferie": GuardCategory.HOLIDAY,
    "jour ferie": GuardCategory.HOLIDAY,
    "feestdag": GuardCategory.HOLIDAY,
    "feiertag": GuardCategory.HOLIDAY,
    "holiday": GuardCategory.HOLIDAY,
    "public holiday": GuardCategory.HOLIDAY,
    "nuit": GuardCategory.WEEKNIGHT,
    "nuit de semaine": GuardCategory.WEEKNIGHT,
    "semaine": GuardCategory.WEEKNIGHT,
    "nacht": GuardCategory.WEEKNIGHT,
    "weeknacht": GuardCategory.WEEKNIGHT,
    "nacht unter der woche": GuardCategory.WEEKNIGHT,
    "night": GuardCategory.WEEKNIGHT,
    "weekday night": GuardCategory.WEEKNIGHT,
    "weeknight": GuardCategory.WEEKNIGHT,
}


@dataclass(slots=True)
class Asked:
    """What a line asks, as far as it could be read; `problems` are pairs of a code and a sentence.

    `unit`, `zone` and `doctor` are as the file writes them, `inami` and `circle` digits. `offsets` says for start and
    end whether the file itself tells which instant is meant.
    """

    number: int
    circle: str = ""
    zone: str = ""
    unit: str = ""
    inami: str = ""
    doctor: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    category: GuardCategory | None = None
    is_cancelled: bool = False
    is_example: bool = False
    reference: str = ""
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_line(packed: Sequence[Any], columns: Mapping[str, int]) -> Asked:
    """What a packed line (`planning_files.PlanningFile`) asks, its columns standing where `columns` says."""
    line, texts, formulas, merged = packed
    asked = Asked(line)
    if "type" in columns and words("".join(texts[columns["type"] :][:1])) == words(EXAMPLE):
        asked.is_example = True
        return asked
    places = set(columns.values())
    if places & set(formulas):
        asked.problems.append(
            ("formula", _("Une cellule contient une formule : remplacez-la par sa valeur."))
        )
    if places & set(merged):
        asked.problems.append(
            (
                "merged",
                _("Des cellules de cette ligne sont fusionnées : défaites la fusion et remplissez chacune."),
            )
        )
    cells = {key: texts[place] for key, place in columns.items() if place < len(texts) and texts[place]}
    asked.zone, asked.unit, asked.doctor = (cells.get(key, "") for key in ("zone", "unit", "doctor"))
    asked.is_cancelled = words(cells.get("state", "")) in _CANCELLED
    if reference := _REFERENCE.match(cells.get("reference", "")):
        asked.reference = reference.group().lower()
    if "circle" in cells:
        asked.circle = _tried(asked, _circle, cells["circle"]) or ""
    # Lists of names often have numbers among them.
    number = cells.get("inami") or (asked.doctor if _NUMBER.fullmatch(asked.doctor) else "")
    if number:
        asked.inami = _tried(asked, _inami, number) or ""
    elif not asked.doctor:
        asked.problems.append(("doctor_missing", _("Indiquez le médecin : son numéro INAMI ou son nom.")))
    if "type" in cells:
        asked.category = _TYPES.get(words(cells["type"]))
        if asked.category is None:
            asked.notes.append(_("Le type « %(type)s » n'est pas connu : il est sans effet.") % cells)
    _read_hours(asked, cells)
    return asked


def _tried(asked: Asked, read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except ValidationError as refusal:
        asked.problems += [(str(error.code), " ".join(error.messages)) for error in refusal.error_list]
        return None


def _circle(text: str) -> str:
    # A spreadsheet takes it for a number and drops the zero in front.
    return read_bce(text.zfill(10) if text.isdecimal() else text)


def _inami(text: str) -> str:
    return read_inami(text)


# Hours


def _read_hours(asked: Asked, cells: Mapping[str, str]) -> None:
    start = (
        _tried(asked, lambda text: _moment(text, _("début")), cells["start"]) if "start" in cells else None
    )
    if "start" not in cells:
        asked.problems.append(("start_missing", _("Indiquez quand la garde commence.")))
    starts = _tried(asked, _time, cells["start_time"]) if "start_time" in cells else None
    asked.starts_at = _joined(asked, start, starts, "start_time" in cells, _("Le début"))
    if asked.starts_at is None:
        # The end may need it, and is asked for once this is mended.
        return
    ends = _tried(asked, _time, cells["end_time"]) if "end_time" in cells else None
    end = _end_of(asked, cells)
    if "end" not in cells and "end_time" not in cells:
        asked.problems.append(("end_missing", _("Indiquez quand la garde se termine.")))
    if end is None and "end" not in cells and ends is not None:
        end = _next(asked.starts_at, ends)
        ends = None
        asked.ends_at = _joined(asked, end, None, is_timed=False, name=_("La fin"))
        return
    asked.ends_at = _joined(asked, end, ends, "end_time" in cells, _("La fin"))


def _end_of(asked: Asked, cells: Mapping[str, str]) -> Any:
    """The end as its cell says it; a time alone is the next one on the clock after the start."""
    if "end" not in cells or asked.starts_at is None:
        return None
    if _TIME.fullmatch(cells["end"]) and not _SERIAL.fullmatch(cells["end"]):
        found = _tried(asked, _time, cells["end"])
        return None if found is None else _next(asked.starts_at, found)
    return _tried(asked, lambda text: _moment(text, _("fin")), cells["end"])


def _next(starts_at: datetime, clock_time: "_Clock") -> datetime:
    """The wall clock's next passage at a time after the start, without zone."""
    wall = starts_at.astimezone(clock.BRUSSELS).replace(tzinfo=None)
    there = _shown(wall.date(), clock_time)
    return there if there > wall else there + ONE_DAY


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time of day; 24:00 is midnight on the day after."""

    hours: int
    minutes: int
    seconds: int = 0


def _shown(day: date, clock_time: _Clock) -> datetime:
    whole = datetime.combine(
        day, time(clock_time.hours % _MIDNIGHT_AFTER, clock_time.minutes, clock_time.seconds)
    )
    return whole + ONE_DAY if clock_time.hours == _MIDNIGHT_AFTER else whole


def _joined(
    asked: Asked, moment: Any, clock_time: _Clock | None, is_timed: bool, name: str
) -> datetime | None:
    """The instant of a day with its time, which may stand in the same cell or in one of its own."""
    if moment is None or (is_timed and clock_time is None):
        return None
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return moment
    if clock_time is not None:
        moment = _shown(moment.date() if isinstance(moment, datetime) else moment, clock_time)
    elif not isinstance(moment, datetime):
        asked.problems.append(
            (
                "time_missing",
                _("%(name)s n'a pas d'heure : écrivez par exemple 25-04-2026 19:00 ; minuit s'écrit 24:00.")
                % {"name": name},
            )
        )
        return None
    return _instant(asked, moment, name)


def _instant(asked: Asked, wall: datetime, name: str) -> datetime | None:
    instants = clock.instants_at(wall.date(), wall.time())
    if not instants:
        asked.problems.append(
            (
                "nonexistent_time",
                _(
                    "%(name)s tombe dans l'heure qui n'existe pas : cette nuit-là, l'heure d'été fait passer de 02:00 à "
                    "03:00."
                )
                % {"name": name},
            )
        )
        return None
    if len(instants) > 1:
        asked.notes.append(
            _(
                "%(name)s : cette nuit-là, l'horloge passe deux fois de 02:00 à 03:00 ; c'est la première des deux. Pour la "
                "seconde, écrivez le décalage : 2026-10-25T02:30+01:00."
            )
            % {"name": name}
        )
    return instants[0]


def _moment(text: str, name: str) -> datetime | date:
    """A day, or a day and a time; without zone unless the text has an offset. Raises ValidationError."""
    try:
        if match := _DAY.fullmatch(text):
            day, month, year, rest = match.groups()
            found = date(int(year), int(month), int(day))
            return _shown(found, _time(rest)) if rest else found
        if match := _ISO.fullmatch(text):
            year, month, day, hours, offset = match.groups()
            if offset:
                return datetime.fromisoformat(f"{year}-{month}-{day}T{hours}{offset}")
            found = date(int(year), int(month), int(day))
            return _shown(found, _time(hours)) if hours else found
        if _SERIAL.fullmatch(text):
            serial = from_excel(float(text))
            if isinstance(serial, datetime):
                return serial if "." in text else serial.date()
    except ValueError:
        # A day that the calendar doesn't have, or a time that is none.
        pass
    raise ValidationError(
        _("« %(text)s » n'est pas une date (%(name)s) : écrivez par exemple 25-04-2026 19:00."),
        code="invalid_date",
        params={"text": text[:30], "name": name},
    )


def _time(text: str) -> _Clock:
    match = _TIME.fullmatch(text.strip())
    if match:
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        is_midnight = hours == _MIDNIGHT_AFTER and not minutes and not seconds
        if is_midnight or (hours < _MIDNIGHT_AFTER and minutes < 60 and seconds < 60):  # noqa: PLR2004
            return _Clock(hours, minutes, seconds)
    raise ValidationError(
        _("« %(text)s » n'est pas une heure : écrivez par exemple 19:00."),
        code="invalid_time",
        params={"text": text[:30]},
    )
