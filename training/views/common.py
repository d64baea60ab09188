from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views import View

from csam.http import PortalRequest
from csam.models import Person
from training import permissions
from training.selectors.personas import persons_of
from training.services import worlds

PER_PAGE = 25


class RunsWorldMixin(View):
    """Only where any visitor may run the world; elsewhere a page that says who does."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        worlds.check_may_run(world=cast(PortalRequest, request).world)
        return super().dispatch(request, *args, **kwargs)


class PersonaMixin(View):
    """A page about someone of the visitor's world; nobody of another world is found."""

    person: Person

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        world = cast(PortalRequest, request).world
        self.person = get_object_or_404(persons_of(world), public_id=kwargs["public_id"])


class DeviceMixin(PersonaMixin):
    """A device of someone: whoever may not take it in hand is told why."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not permissions.can_hold_devices(cast(PortalRequest, request).user, self.person):
            raise PermissionDenied(
                _(
                    "Ce téléphone et cette boîte aux lettres sont à quelqu'un d'autre. "
                    "Dans un monde qui a son formateur, chacun n'ouvre que les siens."
                )
            )
        return super().dispatch(request, *args, **kwargs)


def page_of(request: HttpRequest, found: QuerySet[Any]) -> dict[str, Any]:
    """The page of a list that the address asks for, and the rest of its query for the links to other pages."""
    query = request.GET.copy()
    query.pop("page", None)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return {"page_obj": page, "query": query.urlencode()}
