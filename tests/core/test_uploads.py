"""What a form sees of the files that are sent to it, read as a server reads them."""

import tempfile

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import reverse

from bhod_portal.core.uploads import MAX_FILE_BYTES, MAX_REQUEST_BYTES
from tests.csam.factories import WorldFactory


def sent(**sizes):
    """The files of a request, by name."""
    files = {name: SimpleUploadedFile(f"{name}.pdf", b"x" * size) for name, size in sizes.items()}
    return RequestFactory().post("/", {"text": "gardé", **files})


def test_keeps_a_file_of_five_megabytes():
    request = sent(one=MAX_FILE_BYTES)

    assert request.FILES["one"].size == MAX_FILE_BYTES
    assert request.FILES["one"].read() == b"x" * MAX_FILE_BYTES


def test_keeps_nothing_of_a_file_that_is_too_big_and_all_of_the_rest():
    request = sent(big=MAX_FILE_BYTES + 1, small=3, empty=0)

    assert request.FILES["big"].size > MAX_FILE_BYTES
    assert request.FILES["big"].read() == b""
    assert request.FILES["small"].read() == b"xxx"
    assert request.FILES["empty"].size == 0
    assert request.POST["text"] == "gardé"


def test_keeps_no_more_than_fifteen_megabytes_of_one_request():
    request = sent(**{f"file{number}": MAX_FILE_BYTES for number in range(5)})

    kept = [len(file.read()) for file in request.FILES.values()]
    assert kept == [MAX_FILE_BYTES] * 3 + [0] * 2
    assert [file.size > MAX_FILE_BYTES for file in request.FILES.values()] == [False] * 3 + [True] * 2


def test_a_file_that_was_dropped_leaves_its_room_to_the_next():
    request = sent(
        a=MAX_FILE_BYTES + 1, b=MAX_FILE_BYTES, c=MAX_FILE_BYTES + 1, d=MAX_FILE_BYTES, e=MAX_FILE_BYTES
    )

    assert [len(file.read()) for file in request.FILES.values()] == [
        0,
        MAX_FILE_BYTES,
        0,
        *[MAX_FILE_BYTES] * 2,
    ]


def test_writes_nothing_to_disk(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a file was made")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    monkeypatch.setattr(tempfile, "mkstemp", refuse)

    assert len(sent(a=MAX_FILE_BYTES, b=MAX_FILE_BYTES + 1).FILES) == 2


def test_does_not_even_read_what_is_too_big_by_far():
    request = sent(one=1)
    request.META["CONTENT_LENGTH"] = str(MAX_REQUEST_BYTES + 1)

    with pytest.raises(RequestDataTooBig):
        request.FILES  # noqa: B018  (reading it is the act)


def test_such_a_request_gets_a_page(client):
    WorldFactory()

    response = client.post(
        reverse("csam:designation_follow_up"), {}, CONTENT_LENGTH=str(MAX_REQUEST_BYTES + 1)
    )

    assert response.status_code == 400
    assert "Demande incomprise" in response.text
