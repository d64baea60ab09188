"""Answers go out compressed to browsers that take them so, and as they are to all others."""

import gzip
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path, reverse
from whitenoise.middleware import WhiteNoiseMiddleware

from bhod_portal import urls
from tests.csam.factories import WorldFactory

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
LONG = b"le meme texte " * 100


def answer(content_type, status=200):
    def view(_request):
        return HttpResponse(LONG, content_type=content_type, status=status)

    view.login_required = False
    return view


urlpatterns = [
    *urls.urlpatterns,
    path("texte/", answer("text/csv; charset=utf-8")),
    path("image/", answer("image/png")),
    path("morceau/", answer("text/html", status=206)),
]


@pytest.fixture(autouse=True)
def _there(settings):
    settings.ROOT_URLCONF = __name__
    WorldFactory()


@pytest.fixture
def taker():
    """As a real one says what it takes; the guarded client reads pages as they are."""
    return Client(headers=GZIP)


class TestPages:
    def test_to_a_browser(self, taker):
        page = taker.get(reverse("training:portal_home"))

        assert page["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in page["Vary"]
        assert page["Content-Length"] == str(len(page.content))
        assert len(page.content) < len(gzip.decompress(page.content)) / 3
        assert b"<h1>" in gzip.decompress(page.content)

    def test_to_who_does_not_take_it(self, client):
        page = client.get("/texte/")

        assert "Content-Encoding" not in page
        assert "Accept-Encoding" in page["Vary"]
        assert page.content == LONG

    def test_what_tells_no_secret_by_its_length(self, taker):
        assert len({len(taker.get("/texte/").content) for _ in range(20)}) > 1

    @pytest.mark.parametrize("address", ["/image/", "/morceau/"])
    def test_not_what_would_not_shrink_or_is_a_part(self, taker, address):
        page = taker.get(address)

        assert "Content-Encoding" not in page
        assert page.content == LONG

    def test_not_what_has_no_body(self, taker):
        assert "Content-Encoding" not in taker.head("/texte/")


class TestStaticFiles:
    ADDRESS = "/static/css/portal.css"

    def test_of_the_demo_are_compressed_on_their_way(self, taker):
        sheet = taker.get(self.ADDRESS)

        content = b"".join(sheet.streaming_content)
        assert sheet["Content-Encoding"] == "gzip"
        assert gzip.decompress(content) == (Path(settings.BASE_DIR) / "static/css/portal.css").read_bytes()

    def test_a_browser_that_has_one_gets_no_body(self, taker):
        sheet = taker.get(self.ADDRESS)
        sheet.close()

        again = taker.get(self.ADDRESS, headers={"If-Modified-Since": sheet["Last-Modified"]})

        assert again.status_code == 304
        assert b"".join(again) == b""

    @pytest.fixture
    def served(self, settings, tmp_path):
        """Static files as settings for servers keep them; Chart.js would take a second."""
        base, root = Path(settings.BASE_DIR) / "static", tmp_path / "root"
        (tmp_path / "source").mkdir()
        (tmp_path / "source" / "css").symlink_to(base / "css")
        settings.STATICFILES_DIRS = [tmp_path / "source"]
        settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
        settings.STATIC_ROOT = root
        settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
        kept = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
        settings.STORAGES = settings.STORAGES | {"staticfiles": kept}
        call_command("collectstatic", interactive=False, verbosity=0)
        return WhiteNoiseMiddleware(lambda _request: HttpResponse(status=404))

    @pytest.mark.parametrize(
        ("takes", "given"), [("gzip, deflate, br", "br"), ("gzip, deflate", "gzip"), ("", None)]
    )
    def test_of_servers_lie_there_compressed_and_are_kept_for_good(self, served, takes, given):
        address = staticfiles_storage.url("css/portal.css")

        sheet = served(RequestFactory(headers={"Accept-Encoding": takes}).get(address))
        sheet.close()

        assert sheet.status_code == 200
        assert sheet.get("Content-Encoding") == given
        assert {"immutable", "public"} <= set(sheet["Cache-Control"].split(", "))
        assert sheet["Vary"] == "Accept-Encoding"
