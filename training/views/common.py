from typing import Any, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views import View

from csam.http import PortalRequest
from training.services import worlds


class RunsWorldMixin(View):
    """Only where any visitor may run the world; elsewhere a page that says who does."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        worlds.check_may_run(world=cast(PortalRequest, request).world)
        return super().dispatch(request, *args, **kwargs)
