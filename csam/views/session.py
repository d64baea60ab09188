from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from bhod_portal.core import clock
from bhod_portal.core.identifiers import format_niss
from bhod_portal.core.ui import Row
from csam import security, selectors
from csam.enums import DigitalKey
from csam.http import AuthenticatedRequest, PortalRequest
from csam.views.common import HOME


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
            Row(_("Nom"), person),
            Row(_("NISS"), format_niss(person.niss)),
            Row(_("Titre"), person.get_title_display()),
            Row(_("Adresse e-mail"), person.email),
            Row(_("Nom d'utilisateur"), person.username),
            Row(_("Monde"), world),
        ]
        session = [
            Row(_("Clé numérique"), ", ".join(str(key.label) for key in DigitalKey if key in keys)),
            Row(_("Niveau de sécurité"), security.session_level(self.request).label),
        ]
        return super().get_context_data(**kwargs) | {
            "identity": identity,
            "session": session,
            "legal_functions": selectors.current_legal_functions(person, clock.today(world)),
            "manager_roles": selectors.manager_roles(person),
        }
