from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bhod_portal.core import clock
from csam.models import Person
from csam.security import PROSANTE, session_level
from prosante_login import http
from prosante_login.http import ProfiledRequest
from prosante_login.profiles import ActiveProfile, ProfileChoice
from prosante_login.selectors.landings import landing
from prosante_login.selectors.profiles import active_profile, may_choose
from prosante_login.services.grantors import enter_file, leave_file

# What the page that refuses a form carries on in a form of its own.
_OURS = frozenset({"csrfmiddlewaretoken", http.STAMP_FIELD, http.RESUME_FIELD})


class ActiveProfileMiddleware:
    """`request.profile`: the choice comes from the session, what it grants from the database, at each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        profiled = cast(ProfiledRequest, request)
        profiled.profile = active_profile(profiled)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Two tabs, two profiles: what was typed under one is not done under the other, unless the reader says so."""
        profiled = cast(ProfiledRequest, request)
        if not http.shown_under_another_profile(profiled):
            return None
        shown = _shown_under(profiled)
        # A file is entered with a key that opens ProSanté, also from a page that asks for none (the help).
        strong_enough = session_level(request) >= PROSANTE.lowest_level
        if shown is not None and http.RESUME_FIELD in request.POST and strong_enough:
            _take_up(profiled, shown)
            return None
        return _refuse(profiled, shown)


def _take_up(request: ProfiledRequest, shown: ActiveProfile) -> None:
    # The grantor reads when his file was entered and left, by whatever door.
    opened = request.profile.mandate if request.profile else None
    at = clock.now(request.world)
    if shown.mandate is not None:
        enter_file(mandate=shown.mandate, by=request.user, at=at, leaving=opened)
    elif opened is not None:
        leave_file(mandate=opened, by=request.user, at=at)
    http.remember(request, shown.choice)
    request.profile = shown


def _shown_under(request: ProfiledRequest) -> ActiveProfile | None:
    """The profile under which the form was shown, when the person may still choose it."""
    choice = ProfileChoice.of_stamp(http.shown_stamp(request) or "")
    if choice is None or not isinstance(request.user, Person):
        return None
    return may_choose(person=request.user, choice=choice, on=clock.today(request.world))


def _refuse(request: ProfiledRequest, shown: ActiveProfile | None) -> HttpResponse:
    """The page that says which profile the form had and which one is active, and carries on what was typed."""
    today = clock.today(request.world)
    active = request.profile
    onward = landing(person=request.user, choice=active.choice, on=today) if active else None
    context = {
        "shown": shown,
        "active": active,
        "onward": onward.url_name if onward else "",
        # Files don't come back to a page: who sent one chooses it again.
        "has_files": bool(request.FILES),
        "typed": [
            (name, value) for name, values in request.POST.lists() if name not in _OURS for value in values
        ],
        "stamp_field": http.STAMP_FIELD,
        "resume_field": http.RESUME_FIELD,
    }
    return render(request, "prosante_login/profile_changed.html", context, status=409)
