"""Lists as CSV files for the spreadsheets of Belgian offices: UTF-8 with a mark, semicolons, nothing that calculates."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice

_MARK = "\ufeff"
# A spreadsheet takes a cell that starts so for a formula, and runs it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


# What a cell starts with that needs a closer look, blanks before a formula included.
_SUSPECT = frozenset(_FORMULA) | {" "}
# An amount below zero calculates nothing, and is no longer one behind an apostrophe.
_BELOW_ZERO = re.compile(r"-[0-9]+(,[0-9]+)?")
_AT_A_TIME = 500


def csv_lines(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """The lines of a file, some hundred at a time, its heading being the first row; a formula gets an apostrophe before
    it.

    As little memory for many rows as for few; each line by itself would cost the server a message on the network.
    """
    yield _MARK
    cleaned = ([_harmless(cell) if cell[:1] in _SUSPECT else cell for cell in row] for row in rows)
    while some := list(islice(cleaned, _AT_A_TIME)):
        text = io.StringIO()
        csv.writer(text, delimiter=";").writerows(some)
        yield text.getvalue()


def _harmless(cell: str) -> str:
    if not cell.lstrip(" ").startswith(_FORMULA) or _BELOW_ZERO.fullmatch(cell):
        return cell
    return f"'{cell}"
