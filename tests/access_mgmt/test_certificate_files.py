"""Files that are sent as certificates: read for what they hold; a private key is refused before anything is parsed."""

from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, PublicFormat
from cryptography.x509 import Name, NameAttribute
from cryptography.x509.oid import NameOID
from django.core.exceptions import ValidationError

from access_mgmt.services.certificate_files import MAX_CERTIFICATE_BYTES, read_certificate
from tests.access_mgmt import x509
from tests.access_mgmt.factories import AT


def read(content, size=None):
    return read_certificate(content=content, size=len(content) if size is None else size)


def refusal(content, size=None):
    with pytest.raises(ValidationError) as refused:
        read(content, size)
    return refused.value.code


@pytest.mark.parametrize("form", [x509.pem, x509.der])
def test_reads_what_stands_in_a_certificate(form):
    found = read(form(subject="Cercle d'essai", serial=0xAB12))

    assert found.subject == "CN=Cercle d'essai"
    assert found.issuer == "CN=Autorité"
    assert found.serial == "AB12"
    assert (found.valid_from, found.valid_until) == (AT - x509.DAY, AT + 365 * x509.DAY)
    assert len(found.fingerprint) == 64
    assert not found.is_self_signed


def test_keeps_the_der_form_whatever_was_sent():
    certificate = x509.certificate()
    content = certificate.public_bytes(Encoding.DER)

    assert read(b"un texte devant\n" + certificate.public_bytes(Encoding.PEM)).content == content
    assert read(content).content == content


def test_knows_one_that_signed_itself():
    assert read(x509.pem(issuer="Essai")).is_self_signed


def test_refuses_a_holder_of_endless_name():
    names = Name([NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "é" * 60)] * 20)

    assert refusal(x509.der(subject=names)) == "wrong_type"


PRIVATE = {
    "pem": x509.private_key,
    "encrypted pem": lambda: x509.private_key(encryption=x509.PASSWORD),
    "openssh": lambda: x509.private_key(form=PrivateFormat.OpenSSH),
    "sec 1": lambda: x509.private_key(form=PrivateFormat.TraditionalOpenSSL),
    "der": lambda: x509.private_key(Encoding.DER),
    "encrypted der": lambda: x509.private_key(Encoding.DER, encryption=x509.PASSWORD),
    "sec 1 der": lambda: x509.private_key(Encoding.DER, PrivateFormat.TraditionalOpenSSL),
    "key store": x509.key_store,
    "java key store": lambda: b"\xfe\xed\xfe\xed\x00\x00\x00\x02",
    "behind the certificate": lambda: x509.pem() + x509.private_key(),
    "in lower case": lambda: x509.private_key().lower(),
    "as UTF-16": lambda: x509.private_key().decode().encode("utf-16"),
    "putty": lambda: b"PuTTY-User-Key-File-3: ssh-ed25519",
}


@pytest.mark.parametrize("content", PRIVATE.values(), ids=PRIVATE)
def test_refuses_a_private_key_in_any_form(content):
    assert refusal(content()) == "private_key"


def test_a_refused_private_key_is_repeated_in_no_message():
    content = x509.private_key()
    with pytest.raises(ValidationError) as refused:
        read(content)

    assert content.decode().splitlines()[1] not in str(refused.value)


def replaced(old, new):
    return lambda: x509.der(subject="Essai").replace(old, new)


WRONG = {
    "text": lambda: b"Bonjour",
    "html": lambda: b"<script>alert(1)</script>",
    "picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(60),
    "pdf": lambda: b"%PDF-1.7",
    "zeros": lambda: bytes(500),
    "one byte": lambda: b"0",
    "a sequence that promises more than there is": lambda: b"\x30\x84\xff\xff\xff\xff\x30\x03",
    "a sequence of unbounded length": lambda: b"\x30\x80\x30\x80",
    "nested sequences": lambda: b"\x30\x80" * 40_000,
    "cut short": lambda: x509.der()[:-20],
    "with something behind": lambda: x509.der() + b"\x00",
    "broken base64": lambda: b"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
    "no end": lambda: x509.pem().split(b"-----END")[0],
    "a certificate of nothing": lambda: b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
    "a public key": lambda: (
        x509.key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ),
    "a control sign in the name": replaced(b"Essai", b"Es\x1bai"),
    "a name that runs backwards": lambda: x509.der(subject="Es\u202eai"),
    "an unknown version": replaced(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x09"),
    "a date that is none": replaced(b"Z\x17", b"Q\x17"),
}


@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG)
def test_refuses_what_is_no_readable_certificate(content):
    assert refusal(content()) == "wrong_type"


def test_refuses_a_chain():
    assert refusal(x509.pem() + x509.pem(subject="Autorité")) == "several"
    assert refusal(x509.pem() * 100) == "several"


def test_refuses_a_huge_file():
    assert refusal(x509.pem() * 1000) == "too_big"
    assert refusal(b"", size=MAX_CERTIFICATE_BYTES + 1) == "too_big"


def test_refuses_an_empty_file():
    assert refusal(b"") == "empty"


def test_refuses_a_validity_out_of_order():
    content = x509.der(start=AT, end=AT + x509.DAY)
    earlier, later = (f"{day:%y%m%d%H%M%S}Z".encode() for day in (AT, AT + x509.DAY))

    assert refusal(content.replace(earlier, b"X" * 13).replace(later, earlier).replace(b"X" * 13, later)) == (
        "wrong_type"
    )


# The library only warns of it, for now.
@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_refuses_a_serial_number_below_one():
    content = x509.der(serial=31)

    assert refusal(content.replace(b"\x02\x01\x1f", b"\x02\x01\xe0", 1)) == "wrong_type"


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_a_spoiled_byte_never_breaks_the_reader():
    whole = x509.der()
    for at in range(len(whole)):
        content = bytearray(whole)
        content[at] ^= 0xFF
        # Some bytes may be any: the signature's, for instance.
        with suppress(ValidationError):
            read(bytes(content))
