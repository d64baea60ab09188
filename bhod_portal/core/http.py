"""Answers that several apps give: files to keep, and back to a page whose draft was changed."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from bhod_portal.core import drafts
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


def changed_since(request: HttpRequest, draft: Mapping[str, Any]) -> HttpResponse | None:
    """Back to a check page when what is confirmed on it (`draft_mark`) is not what its draft says now."""
    if request.POST.get("draft_mark") in {None, drafts.mark_of(draft)}:
        return None
    messages.warning(
        request,
        _(
            "Ce que vous confirmiez a été changé depuis, sans doute dans un autre onglet. Rien n'a été enregistré : "
            "relisez, puis confirmez."
        ),
    )
    return redirect(request.path)
