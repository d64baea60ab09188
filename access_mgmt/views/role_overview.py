from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.views.generic import TemplateView

from access_mgmt import selectors
from access_mgmt.forms.role_overview import RoleFilterForm
from access_mgmt.views.common import QualityView
from access_mgmt.views.member_lists import PAGE_SIZE
from access_mgmt.views.members import member_columns
from csam.http import AuthenticatedRequest


class RoleOverviewView(QualityView, TemplateView):
    """« Aperçu des personnes et des fonctions », narrowed by name and function."""

    request: AuthenticatedRequest
    template_name = "access_mgmt/role_overview.html"
    opens_to_branches = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = RoleFilterForm(self.request.GET)
        # What can't be understood narrows nothing, and the form says why.
        asked = {key: value for key, value in form.cleaned_data.items() if value} if form.is_valid() else {}
        members = selectors.members_of(self.quality)
        listed = selectors.members_with_functions(
            selectors.in_branch(members, self.branch) if self.branch else members,
            on=self.today,
            name=asked.get("nom", ""),
            function=asked.get("fonction", ""),
        )
        return super().get_context_data(**kwargs) | {
            "form": form,
            "query": urlencode(asked),
            "page_obj": Paginator(listed, PAGE_SIZE).get_page(self.request.GET.get("page")),
            "columns": member_columns(),
        }
