from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View


@method_decorator(login_not_required, name="dispatch")
class HealthView(View):
    """Says that this process answers and reaches its database; read by containers and by `make demo`."""

    def get(self, request: HttpRequest) -> JsonResponse:
        connection.ensure_connection()
        return JsonResponse({"database": "ok"})
