"""The pages of certificates: a quality's, and everybody's own."""

import pytest
from django.urls import reverse

from access_mgmt import selectors
from access_mgmt.models import Certificate
from tests.access_mgmt import x509
from tests.access_mgmt.factories import (
    CertificateFactory,
    MessageChannelFactory,
    QualityMemberFactory,
)
from tests.csam.factories import PersonFactory
from tests.csam.login import log_in
from tests.pages import errors, shows

OWN = "access_mgmt:own_certificate"
CN = "CN=Cabinet d'essai"


@pytest.fixture
def user(client):
    user = QualityMemberFactory()
    log_in(client, user.person)
    return user.person


def page_of(manager, name="quality_certificate"):
    return reverse(f"access_mgmt:{name}", args=[manager.quality.pk])


def fresh(**kwargs):
    """Certificates for pages are valid by the real time, which is the world's in these tests."""
    return x509.pem(
        start=x509.now() - x509.DAY, end=x509.now() + kwargs.pop("days", 365) * x509.DAY, **kwargs
    )


def test_a_plain_user_registers_his_own(client, user):
    assert shows(client.get(reverse(OWN)), "Vous n'avez pas enregistré de certificat.")

    response = client.post(reverse(OWN), x509.upload(fresh(subject="Cabinet d'essai")), follow=True)

    assert shows(response, "Le certificat est enregistré.")
    assert shows(response, CN)
    assert shows(response, "valable")
    assert Certificate.objects.get().person == user


def test_somebody_without_any_quality_has_the_page_too(client):
    log_in(client, PersonFactory())

    assert client.get(reverse(OWN)).status_code == 200


def test_a_user_finds_the_page_from_his_home(client, user):
    entity = user.memberships.get().quality.enterprise.bce_number
    response = client.get(reverse("access_mgmt:home"), {"entite": entity})

    assert reverse(OWN) in response.content.decode()


def test_one_sees_nobody_elses(client, user):
    CertificateFactory(person__world=user.world, subject="CN=Autre")

    assert not shows(client.get(reverse(OWN)), "CN=Autre")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (x509.private_key, "private_key"),
        (lambda: fresh() + x509.private_key(), "private_key"),
        (lambda: fresh() * 3, "several"),
        (lambda: b"x" * 100_001, "too_big"),
        (lambda: b"", "empty"),
        (lambda: b"MZ\x90", "wrong_type"),
        (lambda: fresh(days=0), "expired"),
        (lambda: x509.pem(start=x509.now() + x509.DAY, end=x509.now() + 2 * x509.DAY), "not_yet_valid"),
    ],
    ids=["key", "key behind", "chain", "big", "empty", "program", "expired", "not yet"],
)
def test_refuses_hostile_and_useless_files_and_keeps_nothing(client, user, content, code):
    response = client.post(reverse(OWN), x509.upload(content()))

    assert errors(response) == {"certificate": [code]}
    assert not Certificate.objects.exists()


def test_a_refused_key_is_not_shown_again(client, user):
    key = x509.private_key()
    response = client.post(reverse(OWN), x509.upload(key))

    assert shows(response, "Une clé privée ne se transmet jamais")
    assert key.decode().splitlines()[1] not in response.content.decode()


def test_a_form_without_file_asks_for_one(client, user):
    assert errors(client.post(reverse(OWN))) == {"certificate": ["required"]}


def test_a_name_of_markup_is_shown_as_text(client, user):
    response = client.post(reverse(OWN), x509.upload(fresh(subject="<b>Essai</b>")), follow=True)

    assert "<b>Essai" not in response.content.decode()
    assert "&lt;b" in response.content.decode()


def test_revokes_after_a_check_page_and_once(client, user):
    CertificateFactory(person=user, subject=CN)
    revoke = reverse("access_mgmt:own_certificate_revoke")
    assert shows(client.get(revoke), "Révoquer ce certificat ?")

    response = client.post(revoke, follow=True)
    assert shows(response, "Le certificat est révoqué.")
    assert shows(response, "Certificats révoqués")

    assert client.post(revoke)["Location"] == reverse(OWN)
    assert shows(client.get(revoke, follow=True), "il n'y a rien à révoquer")


@pytest.mark.parametrize(
    ("days", "text"), [(10, "Ce certificat expire le"), (-1, "Ce certificat a expiré le")]
)
def test_warns_before_the_end_and_after(client, manager, days, text):
    CertificateFactory(
        of_quality=True,
        quality=manager.quality,
        valid_from=x509.now() - 20 * x509.DAY,
        valid_until=x509.now() + days * x509.DAY,
    )

    assert shows(client.get(page_of(manager)), text)
    assert shows(client.get(page_of(manager, "messaging")), text)


def test_a_manager_replaces_the_one_of_the_quality(client, manager):
    for serial in (31, 32):
        response = client.post(page_of(manager), x509.upload(fresh(serial=serial)), follow=True)
        assert shows(response, "Le certificat est enregistré.")

    assert shows(response, "Certificats révoqués")
    assert Certificate.objects.filter(quality=manager.quality).count() == 2


def test_the_one_of_a_quality_is_not_self_signed(client, manager):
    response = client.post(page_of(manager), x509.upload(fresh(issuer="Essai")))

    assert errors(response) == {"certificate": ["self_signed"]}


def test_the_same_twice_is_refused(client, manager):
    content = fresh()
    client.post(page_of(manager), x509.upload(content))

    assert errors(client.post(page_of(manager), x509.upload(content))) == {"certificate": ["already_known"]}


def test_revoking_names_the_channels_that_stop(client, manager):
    CertificateFactory(of_quality=True, quality=manager.quality)
    channel = MessageChannelFactory(sender_number__quality=manager.quality, rest=True)
    page = page_of(manager, "quality_certificate_revoke")
    assert shows(client.get(page), channel.client_id)

    assert shows(client.post(page, follow=True), "Le certificat est révoqué.")
    assert shows(client.post(page, follow=True), "il n'y a rien à révoquer")
    assert selectors.standing_certificate(manager.quality) is None


@pytest.mark.parametrize("name", ["messaging", "quality_certificate", "quality_certificate_revoke"])
def test_a_plain_user_opens_none_of_the_quality(client, name):
    user = QualityMemberFactory()
    log_in(client, user.person)

    assert client.get(page_of(user, name)).status_code == 403
    assert client.post(page_of(user, name)).status_code == 403
