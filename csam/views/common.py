from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.views.generic.base import ContextMixin, TemplateResponseMixin, View

from bhod_portal.core import kept_pages
from csam.http import next_address
from csam.security import Service, service_at

HOME = "training:portal_home"


class NextMixin(ContextMixin, View):
    """A page on the way to another one, which `next` names; an address that is not ours counts as none."""

    next_url: str

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.next_url = next_address(request)

    @property
    def service(self) -> Service | None:
        """The service that one is on the way to."""
        path = urlsplit(self.next_url).path
        # Where the portal stands under a prefix, its addresses begin with it.
        prefix = self.request.path.removesuffix(self.request.path_info)
        return service_at(path.removeprefix(prefix))

    def with_next(self, url: str) -> str:
        """The address of another page on the way to the same one."""
        return f"{url}?{urlencode({'next': self.next_url})}" if self.next_url else url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"service": self.service, "next_url": self.next_url}


class KeptPageMixin(TemplateResponseMixin, View):
    """A page on which every visitor without a session reads the same for two seconds (`core.kept_pages`)."""

    def render_to_response(self, context: dict[str, Any], **response_kwargs: Any) -> HttpResponse:
        response = super().render_to_response(context, **response_kwargs)
        if self.request.method == "GET" and isinstance(response, SimpleTemplateResponse):
            kept_pages.allow(response)
        return response
