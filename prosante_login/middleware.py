from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse

from prosante_login import selectors
from prosante_login.http import ProfiledRequest


class ActiveProfileMiddleware:
    """`request.profile`: the choice comes from the session, what it grants from the database, at each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        profiled = cast(ProfiledRequest, request)
        profiled.profile = selectors.active_profile(profiled)
        return self.get_response(request)
