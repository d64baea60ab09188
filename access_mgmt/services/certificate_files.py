"""X.509 certificates that people send: judged by what they hold. A private key is refused and never parsed."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_CERTIFICATE_BYTES = 100_000
_NAME_LENGTH, _SERIAL_LENGTH = 1000, 64
_PEM = re.compile(rb"-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----")
_SEQUENCE, _INTEGER, _IDENTIFIER = 0x30, 0x02, 0x06
# Encryption by a password, of PKCS #5 and of PKCS #12: what stands in front of an encrypted key.
_ENCRYPTED = (bytes.fromhex("2a864886f70d0105"), bytes.fromhex("2a864886f70d010c01"))
_KEYSTORES = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")


@dataclass(frozen=True, slots=True)
class ReadCertificate:
    """What stands in a certificate; instants in UTC, numbers in capital hexadecimal digits."""

    content: bytes
    fingerprint: str
    subject: str
    issuer: str
    serial: str
    valid_from: datetime
    valid_until: datetime

    @property
    def is_self_signed(self) -> bool:
        """Whether its issuer is its holder; no chain is followed."""
        return self.subject == self.issuer


def read_certificate(*, content: bytes, size: int) -> ReadCertificate:
    """Read one certificate, PEM or DER, from a file of `size` bytes, of which `content` may be empty when too big.

    Raises ValidationError `too_big`, `empty`, `private_key`, `several`, `wrong_type`.
    """
    if size > MAX_CERTIFICATE_BYTES:
        raise ValidationError(
            _("Ce fichier est trop grand : un certificat ne dépasse pas 100 ko. Envoyez seulement le vôtre."),
            code="too_big",
        )
    if not content:
        raise ValidationError(_("Ce fichier est vide : choisissez-en un autre."), code="empty")
    if holds_private_key(content):
        raise ValidationError(
            _(
                "Ce fichier contient une clé privée : il a été refusé et n'est pas conservé. Une clé privée ne se "
                "transmet jamais ; ne l'utilisez plus, demandez un nouveau certificat, et envoyez seulement le "
                "certificat (.pem, .crt, .cer ou .der)."
            ),
            code="private_key",
        )
    if len(_PEM.findall(content)) > 1:
        raise ValidationError(
            _(
                "Ce fichier contient plusieurs certificats : envoyez seulement le vôtre, sans ceux de l'émetteur."
            ),
            code="several",
        )
    try:
        return _read(content)
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion, OverflowError) as error:
        raise ValidationError(
            _(
                "Ce fichier n'est pas un certificat X.509 lisible (PEM ou DER), quel que soit son nom. Exportez-le à "
                "nouveau, sans sa clé privée."
            ),
            code="wrong_type",
        ) from error


def holds_private_key(content: bytes) -> bool:
    """Whether a file is, or has in it, a private key in a usual form, encrypted or not."""
    # UTF-16, as some Windows tools write, has a zero between the letters.
    text = content.replace(b"\0", b"").upper()
    if b"PRIVATE KEY" in text or b"PUTTY-USER-KEY-FILE" in text or content.startswith(_KEYSTORES):
        return True
    if content[:1] != bytes([_SEQUENCE]):
        return False
    # PKCS #1, PKCS #8, SEC 1 and PKCS #12 all begin with a version number; a certificate begins with what is signed.
    at = _inside(content, 0)
    if content[at : at + 1] == bytes([_INTEGER]):
        return True
    at = _inside(content, at)
    return content[at : at + 1] == bytes([_IDENTIFIER]) and content.startswith(_ENCRYPTED, at + 2)


def _inside(content: bytes, at: int) -> int:
    """Where the value of the DER element at a place begins."""
    length = content[at + 1] if at + 1 < len(content) else 0
    return at + 2 + (length & 0x7F if length & 0x80 else 0)


def _read(content: bytes) -> ReadCertificate:
    load = x509.load_pem_x509_certificate if _PEM.search(content) else x509.load_der_x509_certificate
    certificate = load(content)
    # Parsed only when it is asked for: a broken key is found now.
    certificate.public_key()
    valid_from, valid_until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if valid_until < valid_from or certificate.serial_number <= 0:
        raise ValueError("a certificate that no issuer gives")
    return ReadCertificate(
        content=certificate.public_bytes(serialization.Encoding.DER),
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex().upper(),
        subject=_printable(certificate.subject.rfc4514_string(), _NAME_LENGTH),
        issuer=_printable(certificate.issuer.rfc4514_string(), _NAME_LENGTH),
        serial=_printable(f"{certificate.serial_number:X}", _SERIAL_LENGTH),
        valid_from=valid_from,
        valid_until=valid_until,
    )


def _printable(text: str, longest: int) -> str:
    if len(text) > longest or any(unicodedata.category(sign)[0] == "C" for sign in text):
        raise ValueError("a name that no issuer writes")
    return text
