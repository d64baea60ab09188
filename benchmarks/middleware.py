"""What an answer cost the server, told in a header: queries asked, and seconds that the process worked on it."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

HEADER = "X-Measured"


class CountingMiddleware:
    """Goes around all others; counts what Django sends, savepoints included, BEGIN and COMMIT not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        queries = 0

        def count(execute: Callable[..., Any], *arguments: Any) -> Any:
            nonlocal queries
            queries += 1
            return execute(*arguments)

        began = time.thread_time()
        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response[HEADER] = f"{queries} {time.thread_time() - began:.6f}"
        return response
