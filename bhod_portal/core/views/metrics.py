from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from prometheus_client import CONTENT_TYPE_LATEST

from bhod_portal.core import metrics


@method_decorator([never_cache, login_not_required], name="dispatch")
class MetricsView(View):
    """The numbers of the portal, for Prometheus; who may read them shows METRICS_TOKEN.

    On a server without that variable there is no such page; in the demo it is open.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        if not settings.METRICS_OPEN:
            if not settings.METRICS_TOKEN:
                raise Http404
            shown = request.headers.get("Authorization", "")
            if not constant_time_compare(shown, f"Bearer {settings.METRICS_TOKEN}"):
                return HttpResponse(
                    status=HTTPStatus.UNAUTHORIZED,
                    headers={"WWW-Authenticate": "Bearer"},
                    content_type="text/plain",
                )
        return HttpResponse(metrics.page(), content_type=CONTENT_TYPE_LATEST)
