from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.urls import resolve
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.translation import get_language

from bhod_portal.core.kept_pages import MARK, KeptPage

# Paths of pages that machines read.
FOR_MACHINES = frozenset({"/healthz", "/metrics"})


# What shrinks; pictures, PDF and workbooks are compressed by themselves.
SHRINKING = ("text/", "application/json", "application/javascript", "image/svg+xml")
# Answers without a body, and parts of one.
NEVER_COMPRESSED = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.NOT_MODIFIED})


class CompressionMiddleware(GZipMiddleware):
    """Compresses what shrinks, for whoever takes it so; a page's length varies by chance, so that it tells no secret.

    Stands before what gives out static files: on servers they lie there compressed, `make demo` has them as they are.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code in NEVER_COMPRESSED or request.method == "HEAD":
            return response
        if not response.headers.get("Content-Type", "").startswith(SHRINKING):
            return response
        compressed: HttpResponseBase = super().process_response(request, response)
        return compressed


class MachinePagesMiddleware:
    """Answers machines, which have no session and no world, before anything asks the database.

    So the state of health is told when the database is gone, and outside a transaction.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in FOR_MACHINES:
            return self.get_response(request)
        view = resolve(request.path_info)
        response: HttpResponse = view.func(request, *view.args, **view.kwargs)
        return response


class KeptPagesMiddleware:
    """Gives the page that was rendered for another visitor a moment ago; stands before what asks the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key, pages = _kept_under(request), caches["pages"]
        if key and (kept := pages.get(key)):
            return _filled(HttpResponse(headers=kept.headers), kept, request)
        response = self.get_response(request)
        if not getattr(response, MARK, False):
            return response
        keep = key and response.status_code == HTTPStatus.OK and not response.cookies
        page = KeptPage.of(
            response.content, dict(response.items()), compressed=bool(keep) and _takes_gzip(request)
        )
        if keep:
            pages.set(key, page)
        return _filled(response, page, request)


def _kept_under(request: HttpRequest) -> str | None:
    """The key of what every visitor would get in answer; none when a session or a message has a say in it."""
    cookies = request.COOKIES
    if request.method != "GET" or {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name} & cookies.keys():
        return None
    others = sorted(item for item in cookies.items() if item[0] != settings.CSRF_COOKIE_NAME)
    return sha256(repr((request.build_absolute_uri(), get_language(), others)).encode()).hexdigest()


def _filled(response: HttpResponse, page: KeptPage, request: HttpRequest) -> HttpResponse:
    """The answer, with this visitor's token in the holes of the page; compressed if that was done once for all."""
    token = get_token(request).encode() if page.has_holes else b""
    if page.compressed and _takes_gzip(request):
        response.content = page.gzip(token)
        response["Content-Encoding"] = "gzip"
        patch_vary_headers(response, ("Accept-Encoding",))
    else:
        response.content = page.content(token)
    return response


def _takes_gzip(request: HttpRequest) -> bool:
    return bool(re_accepts_gzip.search(request.headers.get("Accept-Encoding", "")))


class RefinedPageMiddleware:
    """Leads the browser itself, when a part of a page was asked for by script, to another page than that one.

    The script would look for its part on the page of the redirect, an identification page perhaps, and not find it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        address = response.get("Location", "")
        if "HX-Request" not in request.headers or not address or urlsplit(address).path == request.path:
            return response
        away = HttpResponse(headers={"HX-Redirect": address})
        away.cookies = response.cookies
        add_never_cache_headers(away)
        return away


class NoStoreMiddleware:
    """Pages of a logged-in person are not kept by browsers or proxies: « back » after quitting shows nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
        return response
