"""Workbooks to fill in: the headings of an import, and the words that some columns take."""

import io
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PREPARED_LINES = 1_000
_WIDTH = 24


def workbook_of(
    *,
    title: str,
    headings: Sequence[str],
    days: Sequence[int],
    choices: Sequence[tuple[str, Sequence[str]]] = (),
) -> bytes:
    """A workbook with one sheet to fill in, and one that lists the choices where there are any.

    `days` are the places, from 1 on, of columns of days; all others are texts, so that no number loses its zeros.
    """
    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.title = title
    sheet.append(list(headings))
    sheet.freeze_panes = "A2"
    for place in range(1, len(headings) + 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = _WIDTH
        sheet[f"{letter}1"].font = Font(bold=True)
        written = "dd-mm-yyyy" if place in days else "@"
        for number in range(2, _PREPARED_LINES + 2):
            sheet.cell(number, place).number_format = written
    if choices:
        _list_choices(workbook.create_sheet(_("Choix")), choices)
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def _list_choices(listed: Any, choices: Sequence[tuple[str, Sequence[str]]]) -> None:
    for place, (name, words) in enumerate(choices, start=1):
        listed.column_dimensions[get_column_letter(place)].width = 2 * _WIDTH
        listed.cell(1, place, name).font = Font(bold=True)
        for number, word in enumerate(words, start=2):
            listed.cell(number, place, word)
