from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from bhod_portal.core import clock
from bhod_portal.core.identifiers import format_bce
from bhod_portal.core.shown import shown_day
from bhod_portal.core.ui import Row
from csam import selectors
from csam.forms.public_search import BceSearchForm
from csam.http import PortalRequest
from csam.models import Enterprise, LegalFunction

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class FoundEnterprise:
    """A line of what a search found: an enterprise, and whether it has not stopped."""

    enterprise: Enterprise
    is_active: bool


@dataclass(frozen=True, slots=True)
class ShownFunction:
    """A line of the legal functions of an enterprise: who, and whether it holds today, is over or is to come."""

    function: LegalFunction
    state: str
    tone: str


@method_decorator(login_not_required, name="dispatch")
class BceSearchView(TemplateView):
    """Enterprises by number or by name; the address carries what was typed, so that it can be kept and sent."""

    request: PortalRequest
    template_name = "csam/bce_search.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = BceSearchForm(request.GET if "q" in request.GET else None)
        number, page = "", None
        if form.is_valid():
            world, number = self.request.world, form.cleaned_data["bce_number"]
            if number and selectors.enterprise_with_number(world, number):
                return redirect("csam:bce_enterprise", bce_number=number)
            named = selectors.enterprises_named(world, form.cleaned_data["words"])
            page = Paginator(named, PER_PAGE).get_page(request.GET.get("page"))
        return self.render_to_response(
            self.get_context_data(form=form, page_obj=page, unknown_number=number, lines=self._lines(page))
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        columns = [_("Dénomination"), _("Numéro d'entreprise"), _("Adresse"), _("Situation")]
        query = urlencode({"q": self.request.GET.get("q", "")})
        return super().get_context_data(**kwargs) | {"columns": columns, "query": query}

    def _lines(self, page: Page[Enterprise] | None) -> list[FoundEnterprise]:
        today = clock.today(self.request.world)
        return [FoundEnterprise(enterprise, enterprise.is_active(today)) for enterprise in page or ()]


@method_decorator(login_not_required, name="dispatch")
class BceEnterpriseView(TemplateView):
    """What the public register says of one enterprise; who manages its accesses is no part of it."""

    request: PortalRequest
    template_name = "csam/bce_enterprise.html"
    enterprise: Enterprise

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        known = selectors.enterprises_of(self.request.world)
        self.enterprise = get_object_or_404(known, bce_number=kwargs["bce_number"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        enterprise, today = self.enterprise, clock.today(self.request.world)
        number = urlencode({"numero": enterprise.bce_number})
        return super().get_context_data(**kwargs) | {
            "enterprise": enterprise,
            "rows": _rows(enterprise),
            "is_active": enterprise.is_active(today),
            "register_url": f"{reverse('csam:enterprise_register')}?{number}",
            "functions": [_shown(each, on=today) for each in selectors.legal_functions_of(enterprise, today)],
            "columns": [_("Fonction"), _("Personne"), _("Date de début"), _("Date de fin"), _("État")],
        }


def _rows(enterprise: Enterprise) -> list[Row]:
    stopped_on = enterprise.stopped_on
    return [
        Row(_("Dénomination"), enterprise.name),
        Row(_("Numéro d'entreprise"), format_bce(enterprise.bce_number)),
        Row(_("Forme légale"), _(enterprise.legal_form)),
        Row(_("Adresse"), enterprise.address),
        Row(_("Date de début"), shown_day(enterprise.started_on)),
        Row(_("Date d'arrêt"), shown_day(stopped_on) if stopped_on else _("aucune")),
        Row(_("Enregistrée dans CSAM"), _("oui") if enterprise.registered_at else _("non")),
    ]


def _shown(function: LegalFunction, *, on: date) -> ShownFunction:
    if function.valid_from > on:
        return ShownFunction(function, _("à venir"), "info")
    if function.valid_until is not None and function.valid_until < on:
        return ShownFunction(function, _("terminée"), "neutral")
    return ShownFunction(function, _("en cours"), "success")
