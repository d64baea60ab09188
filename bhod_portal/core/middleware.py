from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import resolve
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language

from bhod_portal.core.kept_pages import HOLE, MARK

# Paths of pages that machines read.
FOR_MACHINES = frozenset({"/healthz", "/metrics"})


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
            content, headers = kept
            return HttpResponse(_with_token(content, request), headers=headers)
        response = self.get_response(request)
        if getattr(response, MARK, False):
            if key and response.status_code == HTTPStatus.OK and not response.cookies:
                pages.set(key, (response.content, dict(response.items())))
            response.content = _with_token(response.content, request)
        return response


def _kept_under(request: HttpRequest) -> str | None:
    """The key of what every visitor would get in answer; none when a session or a message has a say in it."""
    cookies = request.COOKIES
    if request.method != "GET" or {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name} & cookies.keys():
        return None
    others = sorted(item for item in cookies.items() if item[0] != settings.CSRF_COOKIE_NAME)
    return sha256(repr((request.build_absolute_uri(), get_language(), others)).encode()).hexdigest()


def _with_token(content: bytes, request: HttpRequest) -> bytes:
    hole = HOLE.encode()
    return content.replace(hole, get_token(request).encode()) if hole in content else content


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
