"""Certificates for the tests, made on the spot with one key; instants around AT."""

from datetime import timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from django.core.files.uploadedfile import SimpleUploadedFile

from bhod_portal.core import clock
from tests.csam.factories import AT

DAY = timedelta(days=1)
PASSWORD = BestAvailableEncryption(b"essai")


def now():
    """The real time, which is that of a world whose clock was not moved, in whole seconds."""
    return clock.real_now().replace(microsecond=0)


@cache
def key():
    return ec.generate_private_key(ec.SECP256R1())


def name(common_name):
    if isinstance(common_name, x509.Name):
        return common_name
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def certificate(*, subject="Essai", issuer="Autorité", start=AT - DAY, end=AT + 365 * DAY, serial=31):
    return (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key().public_key())
        .serial_number(serial)
        .not_valid_before(start)
        .not_valid_after(end)
        .sign(key(), hashes.SHA256())
    )


def pem(**kwargs):
    return certificate(**kwargs).public_bytes(Encoding.PEM)


def der(**kwargs):
    return certificate(**kwargs).public_bytes(Encoding.DER)


def private_key(encoding=Encoding.PEM, form=PrivateFormat.PKCS8, encryption=None):
    return key().private_bytes(encoding, form, encryption or NoEncryption())


def key_store():
    return pkcs12.serialize_key_and_certificates(b"essai", key(), certificate(), None, PASSWORD)


def upload(content, file_name="certificat.pem"):
    return {"certificate": SimpleUploadedFile(file_name, content)}
