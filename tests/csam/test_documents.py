import pytest

from bhod_portal.core.uploads import MAX_FILE_BYTES
from csam.enums import DocumentKind, DocumentType
from csam.services.documents import clean_name, read_document
from tests.csam.files import JPEG, JPEG_HEAD, PDF, PNG
from tests.csam.test_designations import refusal_of


def read(content, name="carte.pdf", size=None):
    size = len(content) if size is None else size
    return read_document(kind=DocumentKind.IDENTITY, name=name, content=content, size=size)


@pytest.mark.parametrize(
    ("content", "expected"),
    [(PDF, DocumentType.PDF), (PNG, DocumentType.PNG), (JPEG, DocumentType.JPEG)],
    ids=["pdf", "png", "jpeg"],
)
def test_knows_a_file_by_its_content(content, expected):
    document = read(content, name="peu importe.doc")

    assert (document.content_type, document.content) == (expected, content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "empty", id="nothing in it"),
        pytest.param(b"MZ\x90\x00" + b"\x00" * 300, "wrong_type", id="a program"),
        pytest.param(b"<!DOCTYPE html><script>alert(1)</script>", "wrong_type", id="a page"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg' onload='a()'/>", "wrong_type", id="svg"),
        pytest.param(b"GIF89a/*\x00*/=1;alert(1)//" + PDF, "wrong_type", id="a picture that is a script"),
        pytest.param(b"PK\x03\x04" + b"\x00" * 300, "wrong_type", id="an archive"),
        pytest.param(b"\n" * 2000 + PDF, "wrong_type", id="a pdf behind something else"),
        pytest.param(b"du texte", "wrong_type", id="text"),
        pytest.param(PDF[:-7], "truncated", id="half a pdf"),
        pytest.param(PNG[:-12], "truncated", id="half a png"),
        pytest.param(JPEG[:-2], "truncated", id="half a jpeg with a whole thumbnail"),
        pytest.param(JPEG_HEAD[:5], "truncated", id="a jpeg's first bytes"),
    ],
)
def test_refuses_what_is_no_such_file(content, code):
    assert refusal_of(read, content) == {code}


def test_takes_five_megabytes_and_not_a_byte_more():
    most = PDF[:9] + b" " * (MAX_FILE_BYTES - len(PDF)) + PDF[9:]
    assert len(read(most).content) == MAX_FILE_BYTES

    assert refusal_of(read, most + b"\n") == {"too_big"}
    assert refusal_of(read, b"", size=MAX_FILE_BYTES + 1) == {"too_big"}


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("Carte d'identité (recto).PDF", "Carte d_identité (recto).pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\maria\\carte.exe", "carte.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a_Set-Cookie_ x_1.pdf"),
        ("carte\u202efdp.exe", "carte_fdp.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("\u65e5\u672c.pdf", "\u65e5\u672c.pdf"),
        ("???", "document.pdf"),
        ("x" * 300, "x" * 100 + ".pdf"),
    ],
)
def test_gives_a_harmless_name(name, cleaned):
    assert clean_name(name, DocumentType.PDF) == cleaned
