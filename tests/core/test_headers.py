"""Every answer carries the headers that harden it, whichever layer gave it."""

import pytest
from django.urls import path, reverse

from bhod_portal import urls
from tests.csam.factories import WorldFactory


def broken(_request):
    raise RuntimeError("planted")


broken.login_required = False
urlpatterns = [*urls.urlpatterns, path("casse/", broken)]

HOME = reverse("training:portal_home")


@pytest.fixture(autouse=True)
def _world(settings, client):
    WorldFactory()
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False


@pytest.mark.parametrize(
    ("url", "headers", "status"),
    [
        (HOME, {}, 200),
        ("/static/css/portal.css", {}, 200),
        ("/bhod/", {}, 302),
        (HOME, {"host": "example.org"}, 400),
        ("/nulle-part/", {}, 404),
        ("/formation/horloge/avancer/", {}, 405),
        ("/casse/", {}, 500),
    ],
)
def test_every_answer(client, url, headers, status):
    response = client.get(url, headers=headers)
    response.close()

    assert response.status_code == status
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_form_without_its_token(client):
    client.handler.enforce_csrf_checks = True
    response = client.post(reverse("csam:eid_login"), {"pin": "1234"})

    assert response.status_code == 403
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded; charset=utf-16", "multipart/form-data"]
)
def test_what_was_posted_and_can_not_be_read(client, settings, content_type):
    settings.ROOT_URLCONF = urls.__name__
    client.handler.enforce_csrf_checks = True
    client.cookies["csrftoken"] = "a" * 32

    response = client.post(reverse("csam:eid_login"), b"pin=1234", content_type=content_type)

    assert response.status_code == 400
    assert "Demande incomprise" in response.text
