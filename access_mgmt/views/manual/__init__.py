from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from access_mgmt.views.manual.entities import BEGINNING, QUALITIES
from access_mgmt.views.manual.functions import FUNCTIONS, MESSAGES, OWN_DATA
from access_mgmt.views.manual.members import USERS
from csam.http import PortalRequest

CHAPTERS = (BEGINNING, QUALITIES, USERS, FUNCTIONS, MESSAGES, OWN_DATA)
# The part of the manual that speaks of a screen, by the name of its URL.
PARTS = {screen: part.slug for chapter in CHAPTERS for part in chapter.parts for screen in part.screens}


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
        return super().get_context_data(**kwargs) | {"gap_link": None, "chapters": CHAPTERS}
