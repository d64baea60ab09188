from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from csam.http import PortalRequest

# The part of the manual that speaks of a screen, by the name of its URL; of the others none does.
PARTS = {
    "landing": "acces",
    "home": "accueil",
    "responsibles": "responsables",
    "contact": "question",
    "contact_done": "question",
    "quality_list": "qualites",
    "quality_activate": "activer",
    "quality_activate_account": "activer",
    "quality_activate_check": "activer",
    "quality_activate_done": "activer",
    "quality_deactivate": "desactiver",
    "quality_detail": "qualite",
    "quality_edit": "qualite",
    "member_list": "utilisateurs",
    "member_identify": "utilisateurs",
    "member_create": "creer",
    "role_overview": "fonctions",
    "role_list": "fonctions-exercees",
    "role_edit": "fonctions-exercees",
    "role_delete": "fonctions-exercees",
}


@method_decorator(login_not_required, name="dispatch")
class HelpView(TemplateView):
    """Our own user manual; `?ecran=` leads to the part that speaks of a screen."""

    request: PortalRequest
    template_name = "access_mgmt/help.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        part = PARTS.get(request.GET.get("ecran", ""))
        if part:
            return redirect(f"{reverse('access_mgmt:help')}#{part}")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"gap_link": None}
