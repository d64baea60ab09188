from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from bhod.views.common import CircleRequiredMixin


class HomeView(CircleRequiredMixin):
    """Where ProSanté leads to; the guards come first."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("bhod:guard_month")
