"""Pages that read the same for every visitor without a session: rendered once, given again for two seconds.

A class of thirty that arrives at the identification page at once costs one rendering, and no query. A view says of its
answer that it may be kept: what it shows must depend on its address, the language and the visitor's cookies only, and
may lag behind the world's clock by these two seconds. `core.middleware.KeptPagesMiddleware` does the rest.
"""

import zlib
from dataclasses import dataclass

from django.template.response import SimpleTemplateResponse
from django.utils.crypto import get_random_string

# Stands where each visitor gets a CSRF token of his own; nobody can guess it and have a token put where he likes.
HOLE = get_random_string(64)
MARK = "may_be_kept"
# RFC 1952: deflate, no name, no date, no system; RFC 1951: an empty block that is the last.
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST_BLOCK = b"\x03\x00"


def allow(response: SimpleTemplateResponse) -> None:
    """From a view: this page, not rendered yet, may be kept."""
    response.context_data = {**(response.context_data or {}), "csrf_token": HOLE}
    setattr(response, MARK, True)


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page around its holes: as it is, and compressed piece by piece, so that a token fits between any two.

    As a token is never compressed together with the page, the length of an answer tells nothing of it.
    """

    headers: dict[str, str]
    pieces: tuple[bytes, ...]
    compressed: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, content: bytes, headers: dict[str, str], *, compressed: bool) -> "KeptPage":
        pieces = tuple(content.split(HOLE.encode()))
        return cls(headers, pieces, tuple(map(_deflated, pieces)) if compressed else ())

    @property
    def has_holes(self) -> bool:
        return len(self.pieces) > 1

    def content(self, token: bytes) -> bytes:
        return token.join(self.pieces)

    def gzip(self, token: bytes) -> bytes:
        """The page as a gzip file."""
        content = self.content(token)
        length = len(token).to_bytes(2, "little")
        stored = b"\x00" + length + bytes(255 - byte for byte in length) + token
        end = zlib.crc32(content).to_bytes(4, "little") + len(content).to_bytes(4, "little")
        return b"".join((_GZIP_HEAD, stored.join(self.compressed), _LAST_BLOCK, end))


def _deflated(piece: bytes) -> bytes:
    """Blocks that end with a whole byte and look back to nothing before them."""
    press = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return press.compress(piece) + press.flush(zlib.Z_SYNC_FLUSH)
