"""Files that go out for an import of users: the template to fill in, and the refused lines to mend and send again."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from access_mgmt.enums import (
    ADDED_KINDS,
    CIRCLE_FUNCTIONS,
    MEMBER_TYPES,
    Function,
    MemberLink,
    QualityKind,
    SecuredApplication,
)
from access_mgmt.models import Quality
from access_mgmt.services.import_files import COLUMNS, LINE, PROBLEM, unpack
from csam.enums import Language, Title

_DAYS = ("valid_from", "valid_until")
_PREPARED_LINES = 1_000
_WIDTH = 24


def headings() -> list[str]:
    """The first line of the template."""
    return [str(name) for name in COLUMNS.values()]


def choices_for(quality: Quality) -> list[tuple[str, list[str]]]:
    """Column → what may stand in it, for those that take one of several words."""
    functions = [
        function
        for function in Function
        if quality.kind == QualityKind.EHEALTH or function not in CIRCLE_FUNCTIONS
    ]
    return [
        (str(COLUMNS["kind"]), [str(MEMBER_TYPES[kind]) for kind in ADDED_KINDS]),
        (str(COLUMNS["title"]), [str(title.label) for title in Title]),
        (str(COLUMNS["language"]), [str(language.label) for language in Language]),
        (str(COLUMNS["link"]), [str(link.label) for link in MemberLink]),
        (str(COLUMNS["secured_applications"]), [str(each.label) for each in SecuredApplication]),
        (str(COLUMNS["function"]), [str(function.label) for function in functions]),
    ]


def template_workbook(*, quality: Quality) -> bytes:
    """The template as a workbook: one sheet to fill in, one that lists the choices."""
    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.title = _("Utilisateurs")
    sheet.append(headings())
    sheet.freeze_panes = "A2"
    for place, key in enumerate(COLUMNS, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = _WIDTH
        sheet[f"{letter}1"].font = Font(bold=True)
        # A NISS is no number: its first zeros count.
        written = "dd-mm-yyyy" if key in _DAYS else "@"
        for number in range(2, _PREPARED_LINES + 2):
            sheet.cell(number, place).number_format = written
    listed: Any = workbook.create_sheet(_("Choix"))
    for place, (name, choices) in enumerate(choices_for(quality), start=1):
        listed.column_dimensions[get_column_letter(place)].width = 2 * _WIDTH
        listed.cell(1, place, name).font = Font(bold=True)
        for number, choice in enumerate(choices, start=2):
            listed.cell(number, place, choice)
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def refused_lines(rows: Sequence[Sequence[Any]]) -> Iterator[list[str]]:
    """The lines of the file of refused lines, its heading first; `rows` as of `member_imports.refused_rows`."""
    yield [*headings(), str(LINE), str(PROBLEM)]
    for packed, problem in rows:
        line = unpack(packed)
        yield [*(line.cells.get(key, "") for key in COLUMNS), str(line.number), problem]
