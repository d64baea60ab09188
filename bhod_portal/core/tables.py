"""Tables that people send, CSV or XLSX: judged by their content, bounded before they are parsed, read into plain texts.

`read_table` raises ValidationError with a code: `too_big`, `empty`, `wrong_type`, `old_excel`, `unreadable`, `unpacked_too_big`,
`too_many_lines`, `too_many_columns`, `too_long`.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import count
from typing import Any
from xml.etree.ElementTree import ParseError

import filetype
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string
from openpyxl.utils.exceptions import InvalidFileException

from bhod_portal.core.names import plain
from bhod_portal.core.uploads import MAX_FILE_BYTES

MAX_LINES = 10_000
MAX_COLUMNS = 60
MAX_CELL = 1_000
# Lines that somebody only coloured are empty, and may be many.
_MAX_PHYSICAL_LINES = 5 * MAX_LINES
# Twice what our largest file takes as a workbook; to parse this much takes some seconds.
_MAX_UNPACKED = 20 * 1024 * 1024
_MAX_PARTS = 200
# A cell is an element with another in it; what takes the time is their number, and an empty one takes four letters.
_MAX_ELEMENTS = 2 * MAX_LINES * MAX_COLUMNS + 100_000
_DELIMITERS = (";", "\t", ",")
_FORMULA = ("=", "+", "@", "'=", "'+", "'@")
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
# Bounded, or a sheet of tags that never end would be searched for hours.
_MERGED = re.compile(
    rb'<(?:\w{1,20}:)?mergeCell\s[^<>]{0,200}?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"'
)
_MAX_MERGED = 1_000
_Range = tuple[bytes, bytes, bytes, bytes]
# What zipfile, openpyxl and defusedxml (a ValueError) raise of a workbook that is none, or is broken, or a bomb.
_NO_WORKBOOK = (
    InvalidFileException,
    ParseError,
    zipfile.BadZipFile,
    zlib.error,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    EOFError,
    RuntimeError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not empty: its number in the file, and its cells as texts; days are written jj-mm-aaaa.

    `formulas` and `merged` are the places of cells that calculate, and of those that are part of a merged range.
    """

    number: int
    cells: tuple[str, ...]
    formulas: frozenset[int] = frozenset()
    merged: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of a file, its heading first; the encoding of a CSV file, and the sheets of a workbook not read."""

    lines: Sequence[Line]
    encoding: str = ""
    sheet: str = ""
    other_sheets: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """Which column of ours stands where; what a heading names besides, what it lacks, and what it names twice."""

    places: Mapping[str, int]
    unknown: Sequence[str] = ()
    missing: Sequence[str] = ()
    doubled: Sequence[str] = field(default_factory=tuple)


def read_table(*, content: bytes, size: int) -> Table:
    """Read a file of `size` bytes, of which `content` may be empty when too big; at least one line. Errors: see above."""
    if size > MAX_FILE_BYTES:
        raise ValidationError(
            _("Ce fichier est trop grand : 5 Mo au plus. Partagez-le en plusieurs."), code="too_big"
        )
    if not content.strip():
        raise _empty()
    if content.startswith(_OLE):
        raise ValidationError(
            _(
                "Ce classeur est d'un ancien format (.xls) ou protégé par un mot de passe : enregistrez-le comme classeur "
                "Excel (.xlsx) sans mot de passe, ou comme CSV."
            ),
            code="old_excel",
        )
    table = _read_workbook(content) if content.startswith(b"PK") else _read_csv(content)
    if not table.lines:
        raise _empty()
    return table


def find_columns(heading: Line, columns: Mapping[str, Iterable[str]], *, mandatory: Iterable[str]) -> Heading:
    """Recognise our columns in a heading by their words, whatever their order, case and accents.

    `columns`: the names that each column of ours may bear, the one to say first.
    """
    known = {words(name): key for key, names in columns.items() for name in names}
    places: dict[str, int] = {}
    unknown, doubled = [], []
    for place, name in enumerate(heading.cells):
        key = known.get(words(name))
        if key is None:
            unknown += [name] if name else []
        elif key in places:
            doubled.append(name)
        else:
            places[key] = place
    missing = [next(iter(columns[key])) for key in mandatory if key not in places]
    return Heading(places, unknown, missing, doubled)


def words(text: str) -> str:
    """What counts in a heading, or in a choice: letters and figures, without accents, in lower case."""
    return " ".join(re.findall(r"[a-z0-9]+", plain(text)))


# CSV


def _read_csv(content: bytes) -> Table:
    if not _is_text(content):
        raise _wrong_type()
    text, encoding = _decoded(content)
    skipped = 0
    if text[:4].lower() == "sep=":
        # What Excel itself writes above a CSV file to say its separator.
        delimiter, skipped = text[4:5], 1
        text = text.partition("\n")[2]
        delimiter = delimiter if delimiter in _DELIMITERS else _delimiter_of(text)
    else:
        delimiter = _delimiter_of(text)
    return Table(list(_bounded(_csv_lines(text, delimiter, skipped))), encoding=encoding)


def _is_text(content: bytes) -> bool:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return b"\0" not in content and filetype.guess(content) is None


def _decoded(content: bytes) -> tuple[str, str]:
    encodings = (
        ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "windows-1252"]
    )
    for encoding in encodings:
        try:
            return content.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    raise ValidationError(
        _("Ce fichier n'est pas lisible : enregistrez-le comme CSV UTF-8 ou comme classeur Excel (.xlsx)."),
        code="unreadable",
    )


def _delimiter_of(text: str) -> str:
    """The separator that the first line which is not empty has most of, outside quotation marks."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    return max(_DELIMITERS, key=bare.count)


def _csv_lines(text: str, delimiter: str, skipped: int) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 1
    try:
        for row in reader:
            cells = tuple(cell.strip() for cell in row)
            calculating = frozenset(
                place for place, cell in enumerate(cells) if cell.startswith(_FORMULA) and len(cell) > 1
            )
            yield Line(number + skipped, cells, calculating)
            number = reader.line_num + 1
    except csv.Error as error:
        raise ValidationError(
            _(
                "Ce fichier n'est pas un CSV lisible à partir de la ligne %(number)d : un guillemet n'y est sans doute pas "
                "fermé."
            ),
            code="unreadable",
            params={"number": number + skipped},
        ) from error


# XLSX


def _read_workbook(content: bytes) -> Table:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _check_parts(parts)
            merged, elements = {}, 0
            for part in parts:
                text = archive.read(part)
                elements += text.count(b"<") - text.count(b"</")
                if elements > _MAX_ELEMENTS:
                    raise _unpacked_too_big()
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    merged[part.filename] = _MERGED.findall(text)
        # Not `data_only`: a formula must be seen as one, and what it once gave is not taken for what it says.
        workbook = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        try:
            return _first_sheet(workbook, merged)
        finally:
            workbook.close()
    except _NO_WORKBOOK as error:
        raise _wrong_type() from error


def _check_parts(parts: Sequence[zipfile.ZipInfo]) -> None:
    """Judge an archive by what it says of itself: nothing more than that is ever unpacked of it."""
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise _wrong_type()
    if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > _MAX_UNPACKED:
        raise _unpacked_too_big()


def _first_sheet(workbook: Any, merged: Mapping[str, list[_Range]]) -> Table:
    """The first sheet in which something stands; the others are named."""
    names = [sheet.title for sheet in workbook.worksheets]
    # Of all sheets together: openpyxl makes up the lines that are left out, and a sheet of a few bytes may leave out many.
    walked = count(1)
    for sheet in workbook.worksheets:
        path = sheet._worksheet_path.removeprefix("/")  # noqa: SLF001  (openpyxl tells it nowhere else)
        lines = list(_bounded(_sheet_lines(sheet, _Merged(merged.get(path, ())), walked)))
        if lines:
            return Table(
                lines, sheet=sheet.title, other_sheets=[name for name in names if name != sheet.title]
            )
    return Table([])


class _Merged:
    """Which places of a line are part of a merged range; ranges may cover one another, all of the sheet many times."""

    def __init__(self, ranges: Iterable[_Range]) -> None:
        self._ranges = [
            (int(top), int(bottom), _mask(_column(left), _column(right)))
            for left, top, right, bottom in list(ranges)[:_MAX_MERGED]
        ]

    def places(self, number: int) -> frozenset[int]:
        mask = 0
        for top, bottom, columns in self._ranges:
            if top <= number <= bottom:
                mask |= columns
        return frozenset(place for place in range(mask.bit_length()) if mask >> place & 1)


def _mask(left: int, right: int) -> int:
    """A bit for each of these columns, counted from 1, as far to the right as we read."""
    return sum(1 << place for place in range(left - 1, min(right, MAX_COLUMNS + 1)))


def _column(letters: bytes) -> int:
    return column_index_from_string(letters.decode())


def _sheet_lines(sheet: Any, merged: _Merged, walked: Iterator[int]) -> Iterator[Line]:
    # What the sheet says of its size may be wrong.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), start=1):
        if next(walked) > _MAX_PHYSICAL_LINES:
            raise _too_many_lines()
        cells = tuple(_text_of(cell.value) for cell in row)
        formulas = frozenset(place for place, cell in enumerate(row) if cell.data_type == "f")
        yield Line(number, cells, formulas, merged.places(number) if any(cells) else frozenset())


def _text_of(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%d-%m-%Y}" if value.time() == time() else f"{value:%d-%m-%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return str(value).strip()


# Both


def _bounded(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines in which something stands, without the empty cells at their end. Refuses what goes beyond the bounds."""
    kept = 0
    for line in lines:
        if line.number > _MAX_PHYSICAL_LINES:
            raise _too_many_lines()
        last = max((place for place, cell in enumerate(line.cells) if cell), default=-1)
        if last < 0 and not line.formulas:
            continue
        kept += 1
        # The heading is one more.
        if kept > MAX_LINES + 1:
            raise _too_many_lines()
        if last >= MAX_COLUMNS:
            raise ValidationError(
                _("La ligne %(number)d a plus de %(columns)d colonnes : gardez celles du modèle."),
                code="too_many_columns",
                params={"number": line.number, "columns": MAX_COLUMNS},
            )
        if any("\0" in cell for cell in line.cells):
            # What is no text anywhere, and nothing that PostgreSQL keeps.
            raise _wrong_type()
        if any(len(cell) > MAX_CELL for cell in line.cells):
            raise ValidationError(
                _(
                    "Une cellule de la ligne %(number)d est trop longue : un guillemet n'est sans doute pas fermé, ou le texte "
                    "n'a pas sa place ici."
                ),
                code="too_long",
                params={"number": line.number},
            )
        yield Line(line.number, line.cells[: last + 1], line.formulas, line.merged)


def _too_many_lines() -> ValidationError:
    return ValidationError(
        _("Ce fichier compte plus de %(lines)d lignes : partagez-le en plusieurs."),
        code="too_many_lines",
        params={"lines": MAX_LINES},
    )


def _empty() -> ValidationError:
    return ValidationError(_("Ce fichier est vide : choisissez-en un autre."), code="empty")


def _unpacked_too_big() -> ValidationError:
    return ValidationError(
        _(
            "Ce classeur contient beaucoup plus que des lignes : copiez-les, sans mise en forme, dans un nouveau classeur "
            "ou dans un fichier CSV."
        ),
        code="unpacked_too_big",
    )


def _wrong_type() -> ValidationError:
    return ValidationError(
        _(
            "Ce fichier n'est ni un CSV ni un classeur Excel (.xlsx), quel que soit son nom. Partez du modèle à télécharger."
        ),
        code="wrong_type",
    )
