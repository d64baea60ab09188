"""Files of doctors, as tests make them: a line by the names of our columns, CSV by default, or a real workbook."""

import csv
import io

from openpyxl import Workbook

from bhod.services.doctor_files import COLUMNS


def line(inami, valid_from="1-4-2026", **cells):
    return {"inami": inami, "valid_from": valid_from} | cells


def rows(lines, columns=tuple(COLUMNS)):
    return [
        [str(COLUMNS[key]) for key in columns],
        *([each.get(key, "") for key in columns] for each in lines),
    ]


def csv_file(*lines, columns=tuple(COLUMNS), encoding="utf-8-sig"):
    target = io.StringIO()
    csv.writer(target, delimiter=";").writerows(rows(lines, columns))
    return target.getvalue().encode(encoding)


def xlsx_file(*lines, merged=""):
    book = Workbook()
    for row in rows(lines):
        book.active.append(row)
    if merged:
        book.active.merge_cells(merged)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
