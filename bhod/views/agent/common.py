from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.generic.base import ContextMixin, View

from bhod.permissions import is_inami_agent
from bhod_portal.core import clock
from csam.http import AuthenticatedRequest


class AgentView(ContextMixin, View):
    """For agents of INAMI; other staff is told so, and nobody else may know that the page exists.

    `load` reads what the page is about, of the agent's own world (404), and only for who may enter.
    """

    request: AuthenticatedRequest
    at: datetime

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not self.request.user.staff_role:
            raise Http404
        self.at = clock.now(self.request.world)
        if is_inami_agent(self.request.user):
            self.load()

    def load(self) -> None:
        """Read what the page is about."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_inami_agent(self.request.user):
            raise PermissionDenied(
                _(
                    "Ces pages sont réservées aux agents de l'INAMI qui fixent les tarifs et paient les gardes."
                )
            )
        return super().dispatch(request, *args, **kwargs)
