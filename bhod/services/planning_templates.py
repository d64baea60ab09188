"""Files that go out for an import of a planning: the template, and the refused lines to mend and send again."""

import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from bhod.eligibility import DAY_STARTS, SATURDAY
from bhod.enums import PlanningOutcome
from bhod.models import GuardUnit, PlanningImport
from bhod.selectors.doctors import doctors_to_choose
from bhod.selectors.planning_results import outcome_of
from bhod.services.planning_files import COLUMNS, REMARKS, TEMPLATE
from bhod.services.planning_lines import EXAMPLE
from bhod_portal.core.identifiers import format_bce, format_inami
from csam.models import Enterprise

_PREPARED_LINES = 500
_WIDTH = 24


def headings() -> list[str]:
    """The first line of the template (domain.md 1.8)."""
    return [COLUMNS[key][0] for key in TEMPLATE]


def example_of(enterprise: Enterprise, *, on: date) -> list[str]:
    """A line as one would write it: the circle's first unit and doctor, next Saturday; read, it has no effect."""
    unit = _units(enterprise).first()
    doctors = doctors_to_choose(enterprise.pk, on=on)
    saturday = on + timedelta(days=(SATURDAY - on.weekday()) % 7 or 7)
    return [
        format_bce(enterprise.bce_number),
        unit.zone.name if unit and unit.zone else "",
        unit.name if unit else "",
        format_inami(doctors[0].inami_number) if doctors else "",
        f"{saturday:%d-%m-%Y} {DAY_STARTS:%H:%M}",
        f"{saturday + timedelta(days=1):%d-%m-%Y} {DAY_STARTS:%H:%M}",
        EXAMPLE,
    ]


def template_workbook(enterprise: Enterprise, *, on: date) -> bytes:
    """One sheet to fill in, and one that lists the circle's units and its doctors with their numbers."""
    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.title = "Planning"
    sheet.append(headings())
    sheet.append(example_of(enterprise, on=on))
    sheet.freeze_panes = "A2"
    for place, key in enumerate(TEMPLATE, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = _WIDTH
        sheet[f"{letter}1"].font = Font(bold=True)
        # Numbers of circles and doctors are no numbers: their first zeros count.
        written = "dd-mm-yyyy hh:mm" if key in {"start", "end"} else "@"
        for number in range(3, _PREPARED_LINES + 3):
            sheet.cell(number, place).number_format = written
    known: Any = workbook.create_sheet(_("Unités et médecins"))
    known.append(["zone", "unite", "medecin", "inami"])
    units = [[unit.zone.name if unit.zone else "", unit.name] for unit in _units(enterprise)]
    doctors = [
        [f"{each.person.last_name} {each.person.first_name}", format_inami(each.inami_number)]
        for each in doctors_to_choose(enterprise.pk, on=on)
    ]
    for number in range(max(len(units), len(doctors))):
        known.append(
            [
                *(units[number] if number < len(units) else ["", ""]),
                *(doctors[number] if number < len(doctors) else []),
            ]
        )
    for letter in "ABCD":
        known.column_dimensions[letter].width = _WIDTH
        known[f"{letter}1"].font = Font(bold=True)
    for each in (sheet, known):
        _calculate_nothing(each)
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def refused_lines(planning_import: PlanningImport) -> Iterator[Sequence[str]]:
    """The refused lines as they stood in the file, each with its number and why; the heading first."""
    width = len(planning_import.headings)
    yield [*planning_import.headings, *map(str, REMARKS)]
    cells = {line[0]: line[1] for line in planning_import.lines}
    for packed in planning_import.plan.get("results", ()):
        number, problems = packed[0], packed[8]
        if outcome_of(packed) == PlanningOutcome.REFUSED and number:
            texts = [*cells[number][:width], *[""] * (width - len(cells[number]))]
            yield [*texts, str(number), " ".join(text for _code, text in problems)]


def _calculate_nothing(sheet: Any) -> None:
    """A name that begins like a formula is a text all the same."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                cell.data_type = "s"


def _units(enterprise: Enterprise) -> Any:
    return GuardUnit.objects.filter(enterprise=enterprise).select_related("zone").order_by("name", "pk")
