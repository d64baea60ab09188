"""Lists as CSV files for the spreadsheets of Belgian offices: UTF-8 with a mark, semicolons, nothing that calculates."""

import csv
from collections.abc import Iterable, Iterator

_MARK = "\ufeff"
# A spreadsheet takes a cell that starts so for a formula, and runs it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Line:
    """What the csv module writes to: it hands each line on."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """The lines of a file, one by one, its heading being the first row; a formula gets an apostrophe before it."""
    writer = csv.writer(_Line(), delimiter=";")
    yield _MARK
    for row in rows:
        yield writer.writerow([_harmless(cell) for cell in row])


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell
