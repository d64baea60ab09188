"""A statement of amounts as a file: the same rows as CSV, as a workbook, and on paper."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, TYPE_STRING
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from bhod_portal.core import clock, pdf
from bhod_portal.core.shown import shown_instant, shown_number

TEMPLATE = "bhod/sheets/statement.typ"
Cell = str | int | Decimal | date | datetime | None
# How a spreadsheet shows each kind of cell; it puts in the separators of its own country.
_FORMATS = {Decimal: "#,##0.00", datetime: "dd-mm-yyyy hh:mm", date: "dd-mm-yyyy"}
_NARROWEST, _WIDEST = 10, 42


@dataclass(frozen=True, slots=True)
class Heading:
    """A column; one that is not `printed` stands in the files only."""

    label: str
    printed: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a statement: numbers are amounts in euros or hours, instants are aware; `total` is a row, or empty.

    `slug` names it in addresses and names of files.
    """

    slug: str
    name: str
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """What a file holds: `name` begins its name, `facts` are said of it all, each with its label."""

    name: str
    title: str
    circle: str
    facts: Sequence[tuple[str, str]]
    notes: Sequence[str]
    sheets: Sequence[Sheet]
    made_by: str
    made_at: datetime

    def sheet(self, slug: str) -> Sheet:
        """The table of that slug, or the first."""
        return next((sheet for sheet in self.sheets if sheet.slug == slug), self.sheets[0])


def as_table(sheet: Sheet) -> Iterator[list[str]]:
    """The rows of one table for a CSV file, headings first, numbers with a comma; without the total, to be added up."""
    yield [heading.label for heading in sheet.headings]
    for row in sheet.rows:
        yield [_plain(cell) for cell in row]


def as_workbook(statement: Statement) -> bytes:
    """A workbook: what it is on the first sheet, then each table; numbers and days are such, and a text is never a formula."""
    workbook = Workbook()
    first: Any = workbook.active
    first.title = _("Décompte")
    lines = [(statement.title, ""), (_("Cercle"), statement.circle), *statement.facts]
    lines += [(_("Établi"), _made(statement)), *((note, "") for note in _notes(statement))]
    for row, (label, value) in enumerate(lines, start=1):
        _write(first, row, 1, label, bold=row == 1)
        _write(first, row, 2, value)
    first.column_dimensions["A"].width = first.column_dimensions["B"].width = _WIDEST
    for sheet in statement.sheets:
        _fill(workbook.create_sheet(sheet.name), sheet)
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def as_document(statement: Statement) -> bytes:
    """A tagged PDF of all tables."""
    return pdf.render(TEMPLATE, printed(statement), at=statement.made_at)


def printed(statement: Statement) -> dict[str, Any]:
    """What the template prints: `facts`, `notes` and `sheets`, each with its columns (label, is_number), rows and total."""
    return {
        "mark": _("SIMULATEUR — aucune donnée réelle"),
        "title": statement.title,
        "circle": statement.circle,
        "facts": [list(fact) for fact in statement.facts],
        "notes": list(statement.notes),
        "nothing": _("Aucune ligne."),
        "sheets": [_printed_sheet(sheet) for sheet in statement.sheets],
        "made": _made(statement),
    }


def _fill(page: Any, sheet: Sheet) -> None:
    for place, heading in enumerate(sheet.headings, start=1):
        _write(page, 1, place, heading.label, bold=True)
    rows = [*sheet.rows, *([sheet.total] if sheet.total else ())]
    for number, row in enumerate(rows, start=2):
        for place, cell in enumerate(row, start=1):
            _write(page, number, place, cell, bold=row is sheet.total)
    for place, heading in enumerate(sheet.headings, start=1):
        longest = max(len(_plain(row[place - 1])) for row in [[heading.label] * place, *rows])
        page.column_dimensions[get_column_letter(place)].width = min(max(longest + 2, _NARROWEST), _WIDEST)
    page.freeze_panes = "A2"


def _write(page: Any, row: int, place: int, value: Cell, *, bold: bool = False) -> None:
    if isinstance(value, datetime):
        # A workbook knows no time zones.
        value = value.astimezone(clock.BRUSSELS).replace(tzinfo=None)
    elif isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell = page.cell(row, place, value)
    if isinstance(value, str):
        cell.data_type = TYPE_STRING
    elif type(value) in _FORMATS:
        cell.number_format = _FORMATS[type(value)]
    if bold:
        cell.font = Font(bold=True)


def _printed_sheet(sheet: Sheet) -> dict[str, Any]:
    places = [place for place, heading in enumerate(sheet.headings) if heading.printed]
    rows = [[row[place] for place in places] for row in sheet.rows]
    total = [sheet.total[place] for place in places] if sheet.total else []
    return {
        "name": sheet.name,
        "columns": [
            [
                sheet.headings[place].label,
                any(isinstance(row[place], (int, Decimal)) for row in sheet.rows),
            ]
            for place in places
        ],
        "rows": [[_shown(cell) for cell in row] for row in rows],
        "total": [_shown(cell) for cell in total],
    }


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell.astimezone(clock.BRUSSELS):%d-%m-%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d-%m-%Y}"
    return f"{cell:.2f}".replace(".", ",") if isinstance(cell, Decimal) else str(cell)


def _shown(cell: Cell) -> str:
    if isinstance(cell, (int, Decimal)):
        places = 2 if isinstance(cell, Decimal) else 0
        return shown_number(cell, places)
    return _plain(cell)


def _notes(statement: Statement) -> list[str]:
    return [*statement.notes, _("SIMULATEUR — aucune donnée réelle")]


def _made(statement: Statement) -> str:
    day = shown_instant(statement.made_at)
    return _("Établi le %(day)s par %(by)s") % {"day": day, "by": statement.made_by}
