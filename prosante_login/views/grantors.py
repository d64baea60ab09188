"""« Chercher mandant » (seed 003, lines 133-142 and 163-172), into a grantor's file, and out of it."""

from dataclasses import replace
from functools import cached_property
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from bhod_portal.core import searches
from bhod_portal.core.names import elided
from bhod_portal.core.ui import Column
from csam.models import Enterprise
from csam.selectors import enterprises_of
from prosante_login import http, selectors
from prosante_login.enums import Capacity, ProfileKind
from prosante_login.forms.grantors import GrantorSearchForm
from prosante_login.http import ProfiledRequest
from prosante_login.profiles import ProfileChoice
from prosante_login.services import grantors
from prosante_login.views.closed_mandates import refuse_closed, why
from prosante_login.views.common import ProfiledView

# More would hide the way out: who holds so many mandates that are over looks for one by its numbers.
_MOST_CLOSED = 10
_HEADINGS = {
    "nom": gettext_lazy("Dispensateur de soins"),
    "profession": gettext_lazy("Profession"),
    "inami": gettext_lazy("Numéro INAMI"),
    "type": gettext_lazy("Mandat"),
    "du": gettext_lazy("Valable"),
}


class MandataryView(ProfiledView):
    """A page of who goes on as a citizen: in his own name, or for an enterprise for which he may act (else 403).

    `choice` is the one in the session, whether its mandate still holds or not: the way to another file stays open.
    """

    choice: ProfileChoice
    enterprise: Enterprise | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        profiled = cast(ProfiledRequest, request)
        choice = http.remembered(profiled)
        if choice is None or choice.kind != ProfileKind.CITIZEN:
            messages.warning(
                request,
                _(
                    "Pour agir par mandat, choisissez « Citoyen », et l'entreprise si c'est elle qui a reçu le mandat."
                ),
            )
            return redirect("prosante_login:profile_choose")
        self.choice = choice
        if choice.enterprise_id is not None:
            known = enterprises_of(profiled.world)
            self.enterprise = known.filter(pk=choice.enterprise_id).first()
            if self.enterprise is None:
                return redirect("prosante_login:profile_choose")
            if not selectors.may_use_mandates_of(self.person, self.enterprise, on=self.today):
                context = {"enterprise": self.enterprise}
                return render(request, "prosante_login/grantor_refused.html", context, status=403)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        received_url = reverse("prosante_login:received_mandates")
        if self.enterprise:
            received_url = reverse("prosante_login:enterprise_mandates", args=[self.enterprise.bce_number])
        return super().get_context_data(**kwargs) | {
            "enterprise": self.enterprise,
            "received_url": received_url,
        }

    @property
    def asked(self) -> dict[str, Any]:
        """Whose mandates, on which day: what each selector of them is asked."""
        return {"person": self.person, "enterprise_id": self.choice.enterprise_id, "on": self.today}


class GrantorSearchView(MandataryView, TemplateView):
    """The criteria; a POST keeps them in the session, since a NISS may stand in no address."""

    request: ProfiledRequest
    http_method_names = ["get", "head", "post", "options"]
    template_name = "prosante_login/grantor_search.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=GrantorSearchForm()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        typed = {name: request.POST.get(name, "").strip() for name in GrantorSearchForm.base_fields}
        form = GrantorSearchForm(typed)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        key = searches.keep(request.session, _scope(self.choice), typed)
        return redirect("prosante_login:grantor_results", search=key)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        holds_some = selectors.usable_mandates(**self.asked).exists()
        return super().get_context_data(**kwargs) | {"holds_some": holds_some}


class GrantorResultsView(MandataryView, TemplateView):
    """Who answers the criteria, one row per mandate; the address knows them by a key, and the page and the order."""

    request: ProfiledRequest
    http_method_names = ["get", "head", "options"]
    template_name = "prosante_login/grantor_results.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        typed = searches.kept(request.session, _scope(self.choice), str(kwargs["search"]))
        self.form = GrantorSearchForm(typed)
        if typed is None or not self.form.is_valid():
            messages.info(request, _("Cette recherche n'est plus gardée : indiquez à nouveau vos critères."))
            return redirect("prosante_login:grantor_search")
        return self.render_to_response(self.get_context_data())

    @cached_property
    def sort(self) -> str:
        asked = self.request.GET.get("tri", "")
        return asked if asked.removeprefix("-") in _HEADINGS else selectors.BY_NAME

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        criteria = self.form.criteria()
        found = selectors.grantors(criteria=criteria, sort=self.sort, **self.asked)
        page = Paginator(found, self.form.page_size).get_page(self.request.GET.get("page"))
        return super().get_context_data(**kwargs) | {
            "form": self.form,
            "page_obj": page,
            "query": urlencode({"tri": self.sort}) if self.sort != selectors.BY_NAME else "",
            "columns": [*(self._column(key) for key in _HEADINGS), ""],
            "closed": [] if page.paginator.count else self._closed(),
        }

    def _closed(self) -> list[tuple[str, str, str]]:
        """Mandates of one's own that answer and open nothing today: whose, of which kind, why."""
        held = selectors.closed_grantors(criteria=self.form.criteria(), **self.asked)[:_MOST_CLOSED]
        found = ((mandate, selectors.why_closed(mandate, on=self.today)) for mandate in held)
        return [
            (str(mandate.provider), mandate.get_kind_display(), why(closed))
            for mandate, closed in found
            if closed
        ]

    def _column(self, key: str) -> Column:
        now = {key: "ascending", f"-{key}": "descending"}.get(self.sort, "")
        tri = f"-{key}" if now == "ascending" else key
        return Column(str(_HEADINGS[key]), numeric=False, sort_url="?" + urlencode({"tri": tri}), sorted=now)


class GrantorEnterView(MandataryView, View):
    """Into the file of a grantor; from then on each request asks anew whether the mandate still holds."""

    request: ProfiledRequest
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        mandate = selectors.usable_mandates(**self.asked).filter(public_id=kwargs["mandate"]).first()
        if mandate is None:
            return self._refuse(kwargs["mandate"])
        opened = self.profile.mandate if self.profile else None
        if opened != mandate:
            grantors.enter_file(mandate=mandate, by=self.person, at=self.at, leaving=opened)
            choice = replace(self.choice, capacity=Capacity.MANDATARY, mandate_id=mandate.pk)
            http.remember(self.request, choice)
        return redirect("prosante_login:file_home")

    def _refuse(self, public_id: str) -> HttpResponse:
        """Say why to who holds it; to others it isn't there."""
        held = selectors.received_mandates(
            person=None if self.enterprise else self.person, enterprise=self.enterprise
        )
        mandate = held.filter(public_id=public_id).first()
        closed = selectors.why_closed(mandate, on=self.today) if mandate else None
        if closed is None:
            raise Http404
        return refuse_closed(self.request, closed)


class GrantorLeaveView(ProfiledView, View):
    """« Quitter ce dossier »: back to the search, also from a file that its mandate has closed."""

    request: ProfiledRequest
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        choice = http.remembered(self.request)
        if choice is not None and choice.mandate_id is not None:
            # One that its mandate has closed was left then.
            if opened := self.profile.mandate if self.profile else None:
                grantors.leave_file(mandate=opened, by=self.person, at=self.at)
                name = str(opened.provider)
                text = _("Vous avez quitté le dossier de %(name)s.") % {"name": name}
                messages.success(self.request, elided(text, name))
            http.remember(self.request, replace(choice, mandate_id=None))
        return redirect("prosante_login:grantor_search")


def _scope(choice: ProfileChoice) -> str:
    """A search belongs to the profile under which it was asked."""
    return f"grantors.{choice.enterprise_id or ''}"
