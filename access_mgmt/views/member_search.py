"""« Rechercher utilisateurs » (seed 000, line 285): the members of all qualities and branches that one manages."""

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from access_mgmt import selectors
from access_mgmt.models import Quality, QualityMember
from access_mgmt.views.member_lists import FilteredMembersView
from bhod_portal.core.keys import key_in
from csam.http import AuthenticatedRequest


class MemberSearchView(FilteredMembersView, TemplateView):
    """Reached from the menu of a quality, which `depuis` names, and which the page keeps."""

    request: AuthenticatedRequest
    http_method_names = ["get", "head", "post", "options"]
    template_name = "access_mgmt/member_search.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not selectors.manages_somewhere(self.person, on=self.today):
            raise PermissionDenied(
                _(
                    "Vous ne gérez aucune qualité ni subdivision : il n'y a donc personne que vous pourriez chercher ici. "
                    "« Vos Responsables » dit qui gère les vôtres."
                )
            )
        return self.elsewhere() or super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = self.search()
        if found is None:
            return self.render_to_response(self.get_context_data())
        return redirect(self._with_way_back(found["Location"]))

    def listed(self) -> QuerySet[QualityMember]:
        return selectors.members_managed_anywhere(self.person, on=self.today)

    def list_url(self) -> str:
        return reverse("access_mgmt:member_search")

    @cached_property
    def came_from(self) -> Quality | None:
        """The quality from whose menu one came, while one manages it or a branch of it."""
        number = key_in(self.request.GET.get("depuis", ""))
        if not number:
            return None
        quality = selectors.qualities_known_to(self.person, on=self.today).filter(pk=number).first()
        if quality and selectors.manages_somebody(self.person, quality, on=self.today):
            return quality
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "quality": self.came_from,
            "menu_entry": "search",
            "manages_quality": self.came_from is not None
            and selectors.manages(self.person, self.came_from, on=self.today),
            "search_url": self._with_way_back(self.list_url()),
            "columns": [
                *context["sorted_columns"],
                _("Statut"),
                _("Entreprise"),
                _("Qualité"),
            ],
        }

    def _query(self) -> dict[str, str]:
        way_back = {"depuis": str(self.came_from.pk)} if self.came_from else {}
        return super()._query() | way_back

    def _with_way_back(self, url: str) -> str:
        if self.came_from is None:
            return url
        return f"{url}{'&' if '?' in url else '?'}{urlencode({'depuis': self.came_from.pk})}"
