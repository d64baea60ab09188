"""Files of users, as tests make them: a line by the names of our columns, CSV by default, or a real workbook."""

import csv
import io

from openpyxl import Workbook

from access_mgmt.services.import_files import COLUMNS


def line(person, **cells):
    """A line about somebody whom the register knows."""
    return {"niss": person.niss, "last_name": person.last_name, "first_name": person.first_name} | cells


def rows(lines, columns=tuple(COLUMNS)):
    return [
        [str(COLUMNS[key]) for key in columns],
        *([each.get(key, "") for key in columns] for each in lines),
    ]


def csv_file(*lines, columns=tuple(COLUMNS), delimiter=";", encoding="utf-8-sig"):
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter).writerows(rows(lines, columns))
    return target.getvalue().encode(encoding)


def xlsx_file(*lines, columns=tuple(COLUMNS)):
    book = Workbook()
    for row in rows(lines, columns):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
