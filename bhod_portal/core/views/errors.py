from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form whose security token is missing or too old (CSRF_FAILURE_VIEW); nothing was done."""
    return render(request, "403_csrf.html", status=403)
