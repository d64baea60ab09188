"""Files that people send: held in memory up to a limit and never written to disk; what is too big is counted, not kept."""

import io
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

MAX_FILE_BYTES = 5 * 1024 * 1024
MAX_KEPT_BYTES = 3 * MAX_FILE_BYTES
# Nobody sends that by mistake: it is not even read.
MAX_REQUEST_BYTES = 20 * MAX_FILE_BYTES


class BoundedUploadHandler(FileUploadHandler):
    """Keeps the files of one request in memory: 5 MB each and 15 MB in all (FILE_UPLOAD_HANDLERS).

    A file beyond that arrives in the form without content and with a size over `MAX_FILE_BYTES`, so that the form says
    which one is too big. Raises RequestDataTooBig for a request whose announced length is beyond reason.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: bytearray | None = bytearray()
        self._kept_in_all = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: Mapping[str, Any],  # noqa: N803  (Django's name)
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        if content_length > MAX_REQUEST_BYTES:
            raise RequestDataTooBig("The files sent are too big by far.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._kept = bytearray()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._kept is None:
            return
        self._kept_in_all += len(raw_data)
        if len(self._kept) + len(raw_data) > MAX_FILE_BYTES or self._kept_in_all > MAX_KEPT_BYTES:
            self._kept_in_all -= len(self._kept) + len(raw_data)
            self._kept = None
        else:
            self._kept += raw_data

    def file_complete(self, file_size: int) -> UploadedFile:
        kept = bytes(self._kept or b"")
        return UploadedFile(
            file=io.BytesIO(kept),
            name=self.file_name,
            content_type=self.content_type,
            size=len(kept) if self._kept is not None else max(file_size, MAX_FILE_BYTES + 1),
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
