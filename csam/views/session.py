from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.generic import TemplateView, View

from bhod_portal.core import clock
from bhod_portal.core.identifiers import format_niss
from bhod_portal.core.ui import Row
from csam import security, selectors
from csam.enums import DigitalKey
from csam.http import AuthenticatedRequest, PortalRequest
from csam.services import sessions
from csam.views.common import HOME

# What a browser calls itself → what people call it; the first that fits, since most claim to be others as well.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


@method_decorator(login_not_required, name="dispatch")
class LogoutView(View):
    request: PortalRequest

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect(HOME)
        return render(request, "csam/logout.html")

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            get_adapter().logout(request)
            messages.success(request, _("Vous avez quitté le portail : votre session est fermée."))
        return redirect(HOME)


class WhoamiView(TemplateView):
    request: AuthenticatedRequest
    template_name = "csam/whoami.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person, world = self.request.user, self.request.world
        keys = security.used_keys(self.request)
        identity = [
            Row(pgettext("une personne", "Nom"), person),
            Row(_("NISS"), format_niss(person.niss)),
            Row(_("Titre"), person.get_title_display()),
            Row(_("Adresse e-mail"), person.email),
            Row(_("Nom d'utilisateur"), person.username),
            Row(_("Monde"), _(world.name)),
        ]
        now = clock.real_now()
        began, proved = sessions.proved_at(self.request.session) or (now, now)
        session = [
            Row(_("Clé numérique"), ", ".join(str(key.label) for key in DigitalKey if key in keys)),
            Row(_("Niveau de sécurité"), security.session_level(self.request).label),
            Row(_("Ouverte"), ago(began, now)),
            Row(_("Dernière identification"), ago(proved, now)),
            Row(_("Se ferme au plus tard"), _in(began + sessions.ABSOLUTE_END, now)),
        ]
        return super().get_context_data(**kwargs) | {
            "identity": identity,
            "session": session,
            "password_url": self._password_url(),
            "legal_functions": selectors.current_legal_functions(person, clock.today(world)),
            "manager_roles": selectors.manager_roles(person),
        }

    def _password_url(self) -> str:
        """Where one changes or chooses his password; empty for someone without user name, who can't use one."""
        person = self.request.user
        if not person.username:
            return ""
        return reverse("account_change_password" if person.has_usable_password() else "account_set_password")


class SessionListView(TemplateView):
    """The sessions that I have open, here and elsewhere."""

    request: AuthenticatedRequest
    template_name = "usersessions/usersession_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = clock.real_now()
        found = sessions.open_sessions(
            self.request.user, current_key=self.request.session.session_key, real_now=now
        )
        rows = [
            {
                "session": each,
                "browser": browser_of(each.user_agent),
                "began": ago(each.began_at, now),
                "seen": ago(each.seen_at, now),
            }
            for each in found
        ]
        columns = [_("Navigateur et adresse"), "", _("Ouverte"), _("Dernière activité")]
        return super().get_context_data(**kwargs) | {
            "rows": rows,
            "columns": columns,
            "has_others": any(not each.is_current for each in found),
        }


class SessionCloseView(View):
    """Closes one of my sessions; that it is closed already, or somebody else's, makes no difference to who asks."""

    request: AuthenticatedRequest

    def post(self, request: HttpRequest, session_pk: int) -> HttpResponse:
        found = sessions.of_person(self.request.user).filter(pk=session_pk)
        if found.filter(session_key=request.session.session_key).exists():
            return redirect("csam:logout")
        if sessions.close(sessions=found, by=self.request.user, at=clock.now(self.request.world)):
            messages.success(request, _("Cette session est fermée."))
        return redirect("usersessions_list")


class SessionCloseOthersView(View):
    request: AuthenticatedRequest

    def post(self, request: HttpRequest) -> HttpResponse:
        others = sessions.of_person(self.request.user).exclude(session_key=request.session.session_key)
        sessions.close(sessions=others, by=self.request.user, at=clock.now(self.request.world))
        messages.success(request, _("Vos autres sessions sont fermées. Seule celle-ci reste ouverte."))
        return redirect("usersessions_list")


class SessionCloseAllView(View):
    """« Logout everywhere »: the session in which one asks for it included."""

    request: AuthenticatedRequest

    def post(self, request: HttpRequest) -> HttpResponse:
        mine = sessions.of_person(self.request.user)
        sessions.close(sessions=mine, by=self.request.user, at=clock.now(self.request.world))
        get_adapter().logout(request)
        messages.success(request, _("Toutes vos sessions sont fermées, celle-ci comprise."))
        return redirect(HOME)


def browser_of(user_agent: str) -> str:
    """A browser and its system as people call them, « Firefox sous Windows »."""
    browser = next((name for mark, name in BROWSERS.items() if mark in user_agent), _("Navigateur inconnu"))
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), "")
    return (
        _("%(browser)s sous %(system)s") % {"browser": browser, "system": system} if system else str(browser)
    )


def ago(then: datetime, now: datetime) -> str:
    """How long ago something was, in real time: the clock of the world may have been moved since."""
    if (now - then).total_seconds() < 60:  # noqa: PLR2004  (what « 0 minutes » stands for)
        return _("à l'instant")
    return _("il y a %(time)s") % {"time": timesince(then, now)}


def _in(then: datetime, now: datetime) -> str:
    return _("dans %(time)s") % {"time": timesince(now, then)}
