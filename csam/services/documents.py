"""Documents that someone joins to a request: judged by what they hold, never by their name or the browser's word."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

import filetype
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bhod_portal.core.uploads import MAX_FILE_BYTES
from csam.enums import DocumentKind, DocumentType

SUFFIXES = {DocumentType.PDF: ".pdf", DocumentType.JPEG: ".jpg", DocumentType.PNG: ".png"}
NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document that has been looked at: what it is for, a harmless name, the type that its content has."""

    kind: DocumentKind
    name: str
    content_type: DocumentType
    content: bytes


def read_document(*, kind: DocumentKind, name: str, content: bytes, size: int) -> NewDocument:
    """Judge a file of `size` bytes, of which `content` may be empty when it was too big to keep.

    Raises ValidationError `too_big`, `empty`, `wrong_type` or `truncated`.
    """
    if size > MAX_FILE_BYTES:
        raise ValidationError(
            _("Ce fichier est trop grand : 5 Mo au plus. Réduisez-le, ou envoyez-en une photo plus petite."),
            code="too_big",
        )
    if not content:
        raise ValidationError(_("Ce fichier est vide : choisissez-en un autre."), code="empty")
    guessed = filetype.guess_mime(content)
    if guessed not in DocumentType.values:
        raise ValidationError(
            _(
                "Ce fichier n'est ni un PDF, ni une image JPEG ou PNG, quel que soit son nom. Choisissez-en un autre."
            ),
            code="wrong_type",
        )
    content_type = DocumentType(guessed)
    if not _is_whole(content_type, content):
        raise ValidationError(
            _(
                "Ce fichier est abîmé ou incomplet : ouvrez-le pour le vérifier, puis choisissez-le à nouveau."
            ),
            code="truncated",
        )
    return NewDocument(kind, clean_name(name, content_type), content_type, content)


def clean_name(name: str, content_type: DocumentType) -> str:
    """A name that no system takes for a path or a command, with the suffix of what the file really is."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    stem = re.sub(r"[^\w ()-]+", "_", PurePosixPath(base).stem).strip("_ ")
    return f"{stem[:NAME_LENGTH] or 'document'}{SUFFIXES[content_type]}"


def _is_whole(content_type: DocumentType, content: bytes) -> bool:
    """Whether the file has the end that its head promises."""
    match content_type:
        case DocumentType.PDF:
            return b"%%EOF" in content[-2048:]
        case DocumentType.PNG:
            return b"IEND\xaeB`\x82" in content
        case DocumentType.JPEG:
            return content.find(b"\xff\xd9", _end_of_jpeg_segments(content)) > 0


def _end_of_jpeg_segments(content: bytes) -> int:
    """Where the picture begins: a thumbnail in the segments before has an end of its own."""
    at = 2
    while content[at : at + 1] == b"\xff" and content[at + 1 : at + 2] != b"\xda":
        at += 2 + int.from_bytes(content[at + 2 : at + 4])
    return at
