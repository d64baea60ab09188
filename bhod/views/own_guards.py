from typing import Any, cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from bhod.selectors.guards import guard_line, guards_of_provider
from bhod.selectors.tariffs import tariff_book
from bhod_portal.core.ui import Column
from prosante_login.enums import FilePart
from prosante_login.http import ProfiledRequest
from prosante_login.profiles import file_menu

PER_PAGE = 25


class OwnGuardsView(TemplateView):
    """« Mes gardes »: a part of the care provider's file that BHOD fills; in every circle, the latest first.

    Who has no file open is led to it, where ProSanté says why; a mandate that doesn't open the part is refused (403).
    """

    template_name = "bhod/own_guards.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        profile = cast(ProfiledRequest, request).profile
        if profile is None or profile.provider is None:
            return redirect("prosante_login:file_home")
        self.provider = profile.provider
        self.file = {
            "provider": profile.provider,
            "mandate": profile.mandate,
            "part": FilePart.GUARDS,
            "file_menu": file_menu(profile.parts),
        }
        if FilePart.GUARDS not in profile.parts:
            return self._closed(request)
        return super().dispatch(request, *args, **kwargs)

    def _closed(self, request: HttpRequest) -> HttpResponse:
        return render(request, "prosante_login/part_closed.html", self.file, status=403)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        guards = guards_of_provider(self.provider)
        page = Paginator(guards, PER_PAGE).get_page(self.request.GET.get("page"))
        tariffs = tariff_book(self.provider.person.world)
        columns = [_("Début"), _("Fin"), _("Cercle"), _("Heures honorées"), Column(_("Montant")), _("État")]
        return (
            super().get_context_data(**kwargs)
            | self.file
            | {
                "page_obj": page,
                "lines": [guard_line(guard, tariffs) for guard in page],
                "columns": [*columns, _("Paiement")],
            }
        )
