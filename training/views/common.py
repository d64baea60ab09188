from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views import View

from csam.http import PortalRequest
from training import permissions


class RunsWorldMixin(View):
    """Only where any visitor may run the world; elsewhere a page that says who does."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not permissions.can_run(cast(PortalRequest, request).world):
            raise PermissionDenied(_("Ce monde a son formateur : lui seul avance l’horloge ou recommence."))
        return super().dispatch(request, *args, **kwargs)
