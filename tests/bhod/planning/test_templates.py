"""The workbook to fill in."""

import io

from openpyxl import load_workbook

from bhod.services.planning_templates import template_workbook
from tests.bhod.factories import AT, GuardUnitFactory


def test_a_name_like_a_formula_calculates_nothing():
    name = '=HYPERLINK("https://exemple.invalid")'
    unit = GuardUnitFactory(name=name)

    workbook = load_workbook(io.BytesIO(template_workbook(unit.enterprise, on=AT.date())))

    cells = [cell for sheet in workbook.worksheets for row in sheet.iter_rows() for cell in row]
    assert name in {cell.value for cell in cells}
    assert not [cell for cell in cells if cell.data_type == "f"]
