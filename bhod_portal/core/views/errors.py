from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for a request that makes no sense (`handler400`).

    Django's own looks for a security token in what was posted, and so fails again at what could not be read.
    """
    return HttpResponseBadRequest(render_to_string("400.html"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form whose security token is missing or too old (CSRF_FAILURE_VIEW); nothing was done."""
    return render(request, "403_csrf.html", status=403)
