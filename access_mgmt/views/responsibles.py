from typing import Any

from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from access_mgmt import selectors
from access_mgmt.views.common import TimedView
from csam.http import AuthenticatedRequest


class ResponsiblesView(TimedView, TemplateView):
    """« Vos Responsables »: who manages the accesses of the person, and how to reach them."""

    request: AuthenticatedRequest
    template_name = "access_mgmt/responsibles.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "entities": selectors.responsibles_of(self.person, on=self.today),
            "columns": [_("Rôle"), _("Nom"), _("Contact")],
            "gap_link": None,
        }
