"""Answers that are files to keep."""

from collections.abc import Iterable
from typing import TypeVar

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from bhod_portal.core.csv_files import csv_lines
from bhod_portal.core.workbooks import XLSX

_Response = TypeVar("_Response", bound=HttpResponseBase)


def to_keep(response: _Response, name: str) -> _Response:
    """The same answer, as a file of that name; a name is of letters, digits, dots and hyphens."""
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def csv_file(rows: Iterable[Iterable[str]], name: str) -> StreamingHttpResponse:
    """A list as a file, sent while it is read; the first row is its heading."""
    return to_keep(StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8"), name)


def workbook_file(content: bytes, name: str) -> HttpResponse:
    return to_keep(HttpResponse(content, content_type=XLSX), name)
