"""The application enrolled from the page's secret, and the paper token printed, without JavaScript."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PERIOD = 30
# Enough to type the code and to have it checked by a busy machine.
SECONDS_NEEDED = 10


def code_of(page, secret):
    """What an application shows that has read the secret; one that is about to go is left alone."""
    left = PERIOD - time.time() % PERIOD
    if left < SECONDS_NEEDED:
        page.wait_for_timeout(left * 1000)
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD))


def open_the_keys_of(portal, name):
    portal.page.goto(f"{portal.address}/csam/qui-suis-je/")
    portal.identify(name)
    portal.follow("Mes clés numériques")
    portal.is_headed("Mes clés numériques")


def test_enrols_the_application(portal):
    open_the_keys_of(portal, "Nadia Benali")
    portal.follow("Ajouter l'application")
    picture = portal.page.get_by_role("img", name="Code QR")
    portal.page.wait_for_load_state()
    assert picture.evaluate("img => img.naturalWidth") > 0
    secret = portal.page.locator("figcaption code").inner_text()
    portal.type("Code de sécurité", code_of(portal.page, secret))
    portal.press("Ajouter l'application")
    portal.is_headed("Mes clés numériques")
    portal.follow("Retirer l'application")
    portal.press("Retirer l'application")
    portal.reads("Ajouter l'application")


def test_prints_the_token(portal):
    open_the_keys_of(portal, "Nadia Benali")
    portal.follow("Demander un token papier")
    portal.press("Demander le token")
    portal.is_headed("Votre token papier")
    codes = portal.page.get_by_role("region", name="Token papier").get_by_role("listitem")
    expect(codes).to_have_count(24)
    first = codes.first.inner_text()

    with portal.page.expect_download() as download:
        portal.follow("Télécharger les codes")
    assert f"1. {first}" in download.value.path().read_text(encoding="utf-8")

    portal.page.emulate_media(media="print")
    expect(portal.page.get_by_role("link", name="Télécharger les codes")).to_be_hidden()
    expect(codes.last).to_be_visible()
    sheets = re.findall(rb"/Type\s*/Page\b", portal.page.pdf(format="A4"))
    assert len(sheets) == 1
