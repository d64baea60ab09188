"""Certificates of persons and qualities: registered while valid, one at a time, revoked and never deleted."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from access_mgmt import selectors
from access_mgmt.enums import CertificateState
from access_mgmt.models import Certificate, Quality
from access_mgmt.services.certificate_files import read_certificate
from access_mgmt.services.certificates import register_certificate, revoke_certificate
from bhod_portal.core.models import AuditEntry
from bhod_portal.core.refusals import refusal_codes
from tests.access_mgmt import x509
from tests.access_mgmt.factories import AT, CertificateFactory, QualityMemberFactory
from tests.csam.factories import PersonFactory


def read(**kwargs):
    content = x509.der(**kwargs)
    return read_certificate(content=content, size=len(content))


def refusals(holder, by, **kwargs):
    with pytest.raises(ValidationError) as refused:
        register_certificate(holder=holder, certificate=read(**kwargs), by=by, at=AT)
    return refusal_codes(refused.value)


@pytest.fixture
def person():
    return PersonFactory()


def test_a_person_registers_his_own(person):
    given = read()
    registered = register_certificate(holder=person, certificate=given, by=person, at=AT)

    kept = Certificate.objects.get(pk=registered.pk)
    assert bytes(kept.content) == given.content
    assert (kept.person, kept.quality, kept.world) == (person, None, person.world)
    assert (kept.fingerprint, kept.subject, kept.serial) == (given.fingerprint, "CN=Essai", "1F")
    assert (kept.registered_by, kept.registered_at) == (person, AT)
    assert AuditEntry.objects.filter(act="access_mgmt.certificate.registered", done_by=person).exists()


def test_nobody_registers_or_revokes_one_for_another(person):
    other = PersonFactory(world=person.world)
    CertificateFactory(person=person)

    with pytest.raises(PermissionDenied):
        register_certificate(holder=person, certificate=read(), by=other, at=AT)
    with pytest.raises(PermissionDenied):
        revoke_certificate(holder=person, by=other, at=AT)


def test_a_quality_that_was_deactivated_meanwhile_gets_none(manager):
    Quality.objects.filter(pk=manager.quality_id).update(deactivated_at=AT, deactivated_by=manager.person)

    with pytest.raises(PermissionDenied):
        register_certificate(holder=manager.quality, certificate=read(), by=manager.person, at=AT)
    assert not Certificate.objects.exists()


def test_a_plain_user_manages_none_of_his_quality(member):
    with pytest.raises(PermissionDenied):
        register_certificate(holder=member.quality, certificate=read(), by=member.person, at=AT)
    with pytest.raises(PermissionDenied):
        revoke_certificate(holder=member.quality, by=member.person, at=AT)


def test_a_manager_registers_the_one_of_the_quality(manager):
    registered = register_certificate(holder=manager.quality, certificate=read(), by=manager.person, at=AT)

    assert (registered.person, registered.quality) == (None, manager.quality)
    assert selectors.standing_certificate(manager.quality) == registered
    assert selectors.standing_certificate(manager.person) is None


def test_the_one_of_a_quality_is_not_self_signed_a_persons_may_be(manager):
    person = manager.person

    assert refusals(manager.quality, person, issuer="Essai") == {"self_signed"}
    assert register_certificate(holder=person, certificate=read(issuer="Essai"), by=person, at=AT)


def test_the_validity_is_the_worlds(person):
    assert refusals(person, person, end=AT) == {"expired"}
    assert refusals(person, person, start=AT + timedelta(seconds=1)) == {"not_yet_valid"}
    assert register_certificate(
        holder=person, certificate=read(start=AT, end=AT + timedelta(seconds=1)), by=person, at=AT
    )


def test_a_new_one_revokes_the_one_before(person):
    first = register_certificate(holder=person, certificate=read(), by=person, at=AT)
    second = register_certificate(holder=person, certificate=read(serial=32), by=person, at=AT)

    first.refresh_from_db()
    assert (first.revoked_at, first.revoked_by) == (AT, person)
    assert selectors.standing_certificate(person) == second
    assert list(selectors.certificates_of(person)) == [second, first]


def test_a_refused_one_leaves_the_one_before(person):
    first = CertificateFactory(person=person)

    assert refusals(person, person, end=AT) == {"expired"}
    assert selectors.standing_certificate(person) == first


def test_the_same_is_registered_once(person):
    certificate = read()
    register_certificate(holder=person, certificate=certificate, by=person, at=AT)
    other = PersonFactory(world=person.world)
    revoke_certificate(holder=person, by=person, at=AT)

    for somebody in (person, other):
        with pytest.raises(ValidationError) as refused:
            register_certificate(holder=somebody, certificate=certificate, by=somebody, at=AT)
        assert refusal_codes(refused.value) == {"already_known"}


def test_revoking_happens_once(person):
    CertificateFactory(person=person)

    assert revoke_certificate(holder=person, by=person, at=AT)
    assert not revoke_certificate(holder=person, by=person, at=AT)
    assert selectors.standing_certificate(person) is None
    assert AuditEntry.objects.filter(act="access_mgmt.certificate.revoked").count() == 1


@pytest.mark.parametrize(
    ("left", "state", "usable"),
    [
        (timedelta(days=30), CertificateState.VALID, True),
        (timedelta(days=30) - timedelta(seconds=1), CertificateState.ENDING, True),
        (timedelta(seconds=1), CertificateState.ENDING, True),
        (timedelta(0), CertificateState.EXPIRED, False),
        (timedelta(days=-1), CertificateState.EXPIRED, False),
    ],
)
def test_warns_thirty_days_before_the_end_and_after(left, state, usable):
    certificate = CertificateFactory(valid_until=AT + timedelta(days=60))
    at = certificate.valid_until - left

    assert selectors.certificate_state(certificate, at=at) == state
    assert selectors.is_usable(certificate, at=at) is usable


def test_a_revoked_one_is_revoked_whatever_its_dates():
    certificate = CertificateFactory(revoked=True)

    assert selectors.certificate_state(certificate, at=AT) == CertificateState.REVOKED
    assert not selectors.is_usable(certificate, at=AT)
    assert not selectors.is_usable(None, at=AT)


def test_one_of_a_member_is_not_one_of_the_quality():
    member = QualityMemberFactory()
    CertificateFactory(person=member.person)

    assert selectors.standing_certificate(member.quality) is None
