from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.response import SimpleTemplateResponse
from django.utils.translation import gettext as _
from django.views.generic.base import ContextMixin, TemplateResponseMixin, View

from bhod_portal.core import kept_pages
from csam.http import next_address
from csam.security import Service, is_recent, service_at, service_of

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


class RecentLoginMixin(View):
    """An act of weight: whoever identified himself more than fifteen minutes ago is asked for his key again.

    He comes back to the same page; what he had typed must be kept elsewhere (a draft): `keep_typed`.
    """

    def keep_typed(self) -> None:
        """Keep what was posted, before its author is sent away; a page without a form of its own has nothing to keep."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        service = service_of(request)
        if service and request.user.is_authenticated and not is_recent(request, service):
            messages.warning(
                request,
                _(
                    "Cet acte demande de vous identifier à nouveau : votre dernière identification a plus de 15 minutes."
                ),
            )
            if request.method == "POST":
                self.keep_typed()
            url = resolve_url(settings.LOGIN_URL)
            return HttpResponseRedirect(f"{url}?{urlencode({'next': request.get_full_path()})}")
        return super().dispatch(request, *args, **kwargs)
