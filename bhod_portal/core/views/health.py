from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from bhod_portal.core import clock, health


@method_decorator([never_cache, login_not_required], name="dispatch")
class HealthView(View):
    """Says how the portal is; read by containers, by `make demo` and by whoever watches over it.

    503 only when the database is gone. All else that is not well is 200 with « degraded »: a web server that is
    started anew because a worker is late, or Redis away, would not bring them back. `?format=text` says it in lines.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        found = health.findings(clock.real_now())
        state = health.overall(found)
        status = HTTPStatus.SERVICE_UNAVAILABLE if state == health.State.DOWN else HTTPStatus.OK
        if request.GET.get("format") == "text":
            lines = [f"{name}: {finding.state}" for name, finding in found.items()]
            text = "\n".join([f"status: {state}", *lines, ""])
            return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
        checks = {name: {"status": finding.state, **finding.figures} for name, finding in found.items()}
        return JsonResponse({"status": state, "checks": checks}, status=status)
