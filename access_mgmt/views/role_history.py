"""What was ever asked about the functions of a person: by whom, when, and when the applications saw it."""

from dataclasses import dataclass
from typing import Any, cast

from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from access_mgmt import selectors
from access_mgmt.models import RoleAssignment, RoleChange
from access_mgmt.views.common import MemberView
from bhod_portal.core.enums import PropagationMode
from csam.http import AuthenticatedRequest

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class ShownChange:
    """An act of the history: the function that it was about, with its dates before and after."""

    change: RoleChange
    function: str
    before: RoleAssignment | None
    after: RoleAssignment | None


class RoleHistoryView(MemberView, TemplateView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/role_history.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        history = selectors.role_history(self.member)
        page = Paginator(history, PAGE_SIZE).get_page(self.request.GET.get("page"))
        return super().get_context_data(**kwargs) | {
            "page_obj": page,
            "rows": [_shown(change) for change in page],
            "columns": [_("Demandé le"), _("Acte"), _("Fonction"), _("Dates"), _("Par"), _("Appliqué le")],
            "is_stuck": self.request.world.mode == PropagationMode.STUCK,
        }


def _shown(change: RoleChange) -> ShownChange:
    of = cast(RoleAssignment, change.grants or change.withdraws)
    return ShownChange(
        change=change, function=of.get_function_display(), before=change.withdraws, after=change.grants
    )
