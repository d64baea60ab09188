"""Small files as people send them, whole ones and others."""

import struct
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\x00\x00"))
    + _chunk(b"IEND", b"")
)
# A thumbnail of its own stands in the first segment, as in the pictures that phones take.
_THUMBNAIL = b"Exif\x00\x00\xff\xd8\xff\xda\x00\x02tiny\xff\xd9"
JPEG_HEAD = b"\xff\xd8\xff\xe1" + struct.pack(">H", len(_THUMBNAIL) + 2) + _THUMBNAIL
JPEG = JPEG_HEAD + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00picture\xff\xd9"


def upload(name="carte.pdf", content=PDF, claimed="application/pdf"):
    return SimpleUploadedFile(name, content, claimed)
