from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from prosante_login import http, selectors
from prosante_login.http import ProfiledRequest


class ActiveProfileMiddleware:
    """`request.profile`: the choice comes from the session, what it grants from the database, at each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        profiled = cast(ProfiledRequest, request)
        profiled.profile = selectors.active_profile(profiled)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Two tabs, two profiles: what was typed under one is not done under the other."""
        if http.shown_under_another_profile(cast(ProfiledRequest, request)):
            return render(request, "prosante_login/profile_changed.html", status=409)
        return None
