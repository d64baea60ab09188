from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import activate
from django.utils.translation import gettext as _

from bhod_portal.core import clock
from bhod_portal.core.mail import current_world
from csam import selectors
from csam.enums import Language
from csam.http import REFRESHES_ITSELF, AuthenticatedRequest, PortalRequest
from csam.models import Person
from csam.security import WITH_PASSWORD, service_of, session_level, used_keys
from csam.services import codes, passwords, sessions


class PersonLanguageMiddleware:
    """A person's own language, in a browser in which none was chosen: it follows him to another machine."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) not in Language.values:
            person = cast(PortalRequest, request).user
            if person.is_authenticated:
                activate(person.language)
                request.LANGUAGE_CODE = person.language
        return self.get_response(request)


class WorldMiddleware:
    """`request.world`: that of the person when logged in, else the demo world."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        portal_request = cast(PortalRequest, request)
        portal_request.world = selectors.world_of(portal_request.user)
        token = current_world.set(portal_request.world)
        try:
            return self.get_response(request)
        finally:
            current_world.reset(token)


class SessionEndMiddleware:
    """Ends a session that has stood idle or lasted too long, and says so; marks the others as in use.

    A page that refreshes itself, left open in a corner, must not keep a session alive.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            end = sessions.end_of(request.session, clock.real_now())
            if end is not None:
                logout(request)
                messages.warning(request, end.label)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        by_itself = request.method == "GET" and getattr(view_func, REFRESHES_ITSELF, False)
        if request.user.is_authenticated and not by_itself:
            sessions.mark_as_seen(request.session, clock.real_now())
        return None


class ExpiredSessionMiddleware:
    """Tells whoever is sent to identify himself again why: his browser named a session that is no more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Reading the user has loaded the session; it forgets a key under which it finds nothing.
        expired = (
            settings.SESSION_COOKIE_NAME in request.COOKIES
            and not request.user.is_authenticated
            and request.session.session_key is None
        )
        response = self.get_response(request)
        if expired and response.get("Location", "").startswith(resolve_url(settings.LOGIN_URL)):
            messages.warning(
                request,
                _(
                    "Votre session a expiré, ou vous l'avez fermée ailleurs. "
                    "Identifiez-vous à nouveau pour arriver là où vous alliez."
                ),
            )
        return response


class RestartedWorldMiddleware:
    """Leads whoever was at work while his world was started afresh to the identification: he is no more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DatabaseError | ObjectDoesNotExist) or not request.user.is_authenticated:
            return None
        if Person.objects.filter(pk=request.user.pk).exists():
            return None
        logout(request)
        messages.warning(
            request, _("Ce monde vient de recommencer : rien n'a été enregistré. Identifiez-vous à nouveau.")
        )
        return HttpResponseRedirect(resolve_url(settings.LOGIN_URL))


class BlockedCodesMiddleware:
    """Ends a session that rests on a password whose person is blocked, and says why; an eID or itsme beside it holds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        person = cast(AuthenticatedRequest, request).user
        if person.codes_blocked_at is None or not used_keys(request).issubset(WITH_PASSWORD):
            return None
        try:
            codes.check_not_blocked(person=person)
        except ValidationError as refusal:
            logout(request)
            messages.error(request, refusal.message)
        return HttpResponseRedirect(resolve_url(settings.LOGIN_URL))


class TemporaryPasswordMiddleware:
    """Leads whoever came in with a password that was given to him to the page where he chooses his own."""

    CHANGE = "account_change_password"

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        if not getattr(view_func, "login_required", True) or not request.user.is_authenticated:
            return None
        person = cast(AuthenticatedRequest, request).user
        # Codes rest on the password as well; an eID or itsme beside it doesn't.
        if person.temporary_password_until is None or not used_keys(request).issubset(WITH_PASSWORD):
            return None
        try:
            passwords.check_not_expired(person=person, at=clock.now(person.world))
        except ValidationError as refusal:
            logout(request)
            messages.error(request, refusal.message)
            return HttpResponseRedirect(resolve_url(settings.LOGIN_URL))
        if request.resolver_match and request.resolver_match.url_name == self.CHANGE:
            return None
        here = f"?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else ""
        return HttpResponseRedirect(f"{reverse(self.CHANGE)}{here}")


class SecurityLevelMiddleware:
    """Stops a session whose key proves too little for the service asked for, and offers the stronger keys."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        if not getattr(view_func, "login_required", True) or not request.user.is_authenticated:
            return None
        service = service_of(request)
        if service is None or session_level(request) >= service.lowest_level:
            return None
        here = request.get_full_path() if request.method == "GET" else service.landing_path
        return HttpResponseRedirect(f"{reverse('csam:level_too_weak')}?{urlencode({'next': here})}")
