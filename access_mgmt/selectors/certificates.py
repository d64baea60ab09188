from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from access_mgmt.enums import CertificateState
from access_mgmt.models import Certificate, Quality
from csam.models import Person

WARNED_BEFORE = timedelta(days=30)


def certificates_of(holder: Person | Quality) -> QuerySet[Certificate]:
    """All certificates that a person, or a quality, ever registered; the newest first, without their content."""
    held = Q(quality=holder) if isinstance(holder, Quality) else Q(person=holder)
    return Certificate.objects.filter(held).defer("content").order_by("-registered_at", "-pk")


def standing_certificate(holder: Person | Quality) -> Certificate | None:
    """The one that was not revoked, expired or not."""
    return certificates_of(holder).filter(revoked_at=None).first()


def certificate_state(certificate: Certificate, *, at: datetime) -> CertificateState:
    """How a certificate stands at an instant of the world; it ends soon when less than 30 days are left."""
    if certificate.revoked_at is not None:
        return CertificateState.REVOKED
    if certificate.valid_until <= at:
        return CertificateState.EXPIRED
    if certificate.valid_until - at < WARNED_BEFORE:
        return CertificateState.ENDING
    return CertificateState.VALID


def is_usable(certificate: Certificate | None, *, at: datetime) -> bool:
    """Whether a certificate opens something now."""
    return certificate is not None and certificate_state(certificate, at=at) in {
        CertificateState.VALID,
        CertificateState.ENDING,
    }
