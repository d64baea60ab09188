"""The requests of the exceptional procedure, as the agents of CSAM see and decide them."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.generic import FormView, TemplateView
from django.views.generic.base import ContextMixin, View

from bhod_portal.core import clock
from bhod_portal.core.identifiers import format_bce, format_niss
from bhod_portal.core.refusals import add_refusal, refusal_codes
from bhod_portal.core.shown import shown_day, shown_instant
from bhod_portal.core.ui import Row, Section
from csam import selectors
from csam.enums import Country, RequestState
from csam.forms.exceptional import ACCEPT, RequestDecideForm, RequestFilterForm
from csam.http import AuthenticatedRequest
from csam.models import DesignationRequest
from csam.permissions import decides_requests
from csam.services import decisions

PAGE_SIZE = 25


class _AgentView(ContextMixin, View):
    """For agents of CSAM; other staff is told so, and nobody else may know that the page exists."""

    request: AuthenticatedRequest
    at: datetime

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not self.request.user.staff_role:
            raise Http404
        self.at = clock.now(self.request.world)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not decides_requests(self.request.user):
            raise PermissionDenied(
                _("Ces pages sont réservées aux agents CSAM qui traitent la procédure exceptionnelle.")
            )
        return super().dispatch(request, *args, **kwargs)


class RequestQueueView(_AgentView, TemplateView):
    request: AuthenticatedRequest
    template_name = "csam/request_queue.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.get("state", RequestState.SUBMITTED.value)
        state = asked if asked in RequestState.values else ""
        listed = selectors.designation_requests(self.request.world)
        if state:
            listed = listed.filter(state=state)
        page = Paginator(listed, PAGE_SIZE).get_page(self.request.GET.get("page"))
        return super().get_context_data(**kwargs) | {
            "form": RequestFilterForm(initial={"state": state}),
            "state": state,
            "page_obj": page,
            "query": f"state={state}",
            "columns": [
                _("Introduite le"),
                _("Référence"),
                _("Entreprise"),
                _("Demandeur"),
                _("GAP demandé"),
                _("État"),
            ],
        }


class _OfARequest(_AgentView):
    """A page about one request of this world: 404 for any other."""

    asked: DesignationRequest

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if decides_requests(self.request.user):
            requests = selectors.designation_requests(self.request.world)
            self.asked = get_object_or_404(requests, pk=kwargs["designation_pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "asked": self.asked,
            "detail_url": reverse("csam:request_detail", args=[self.asked.pk]),
        }

    def today_rows(self) -> list[Row]:
        """What the register and CSAM know of the enterprise today."""
        enterprise = self.asked.enterprise
        gap = selectors.gap_of(enterprise)
        return [
            Row(_("Entreprise"), f"{enterprise} ({format_bce(enterprise.bce_number)})"),
            Row(_("Demandeur représentant légal selon la BCE"), self._legal_function()),
            Row(_("GAP actuel"), gap.person if gap else _("aucun")),
        ]

    def _legal_function(self) -> str:
        functions = list(selectors.legal_functions_of_applicant(self.asked, clock.day_of(self.at)))
        if not functions:
            return _("Non : la BCE ne lui connaît aucune fonction légale en cours dans cette entreprise.")
        function = functions[0]
        by_niss = self.asked.applicant_niss and function.person.niss == self.asked.applicant_niss
        text = (
            _("Oui, par son NISS")
            if by_niss
            else _("Oui, par son nom seulement : comparez avec les documents")
        )
        since = shown_day(function.valid_from)
        return _("%(text)s (%(function)s depuis le %(day)s)") % {
            "text": text,
            "function": _(function.name),
            "day": since,
        }


class RequestDetailView(_OfARequest, TemplateView):
    request: AuthenticatedRequest
    template_name = "csam/request_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.asked
        decided = []
        if asked.decided_at:
            decided = [
                Row(_("Décidée le"), shown_instant(asked.decided_at)),
                Row(_("Décidée par"), asked.decided_by),
            ]
        if asked.state == RequestState.REFUSED:
            decided.append(Row(_("Motif du refus"), asked.reason))
        if asked.gap:
            decided.append(Row(_("Devenu GAP"), f"{asked.gap} ({asked.gap.username or asked.gap.email})"))
        introduced = shown_instant(asked.submitted_at)
        return super().get_context_data(**kwargs) | {
            "sections": [
                Section(_("Demande"), [Row(_("Introduite le"), introduced), *decided]),
                Section(_("Aujourd'hui"), self.today_rows()),
                Section(_("Demandeur"), _rows_about(asked, "applicant")),
                Section(_("Gestionnaire d'Accès Principal demandé"), _rows_about(asked, "gap")),
            ],
            "documents": selectors.documents_of(asked),
            "is_open": asked.state == RequestState.SUBMITTED,
        }


class RequestDocumentView(_OfARequest):
    """A document, to be saved and never shown here: what a stranger sent runs in no page of ours."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        document = get_object_or_404(self.asked.documents, public_id=kwargs["document_id"])
        response = HttpResponse(bytes(document.content), content_type=document.content_type)
        response["Content-Disposition"] = content_disposition_header(
            as_attachment=True, filename=document.name
        )
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response["X-Content-Type-Options"] = "nosniff"
        return response


class RequestDecideView(_OfARequest, FormView):
    request: AuthenticatedRequest
    form_class = RequestDecideForm
    template_name = "csam/request_decide.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = getattr(self, "asked", None)
        if asked and asked.state != RequestState.SUBMITTED:
            return self._already_decided()
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        candidates = list(selectors.gap_candidates(self.asked))
        return super().get_form_kwargs() | {"request": self.asked, "candidates": candidates}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wished = Row(_("GAP demandé"), f"{self.asked.gap_first_name} {self.asked.gap_last_name}")
        return super().get_context_data(**kwargs) | {"rows": [*self.today_rows(), wished]}

    def form_valid(self, form: RequestDecideForm) -> HttpResponse:
        accepts = form.cleaned_data["decision"] == ACCEPT
        asked, by = self.asked, self.request.user
        try:
            if accepts:
                decisions.accept_request(request=asked, gap=form.gap, by=by, at=self.at)
            else:
                reason = form.cleaned_data["reason"]
                decisions.refuse_request(request=asked, reason=reason, by=by, at=self.at)
        except ValidationError as refusal:
            if "already_decided" in refusal_codes(refusal):
                return self._already_decided()
            add_refusal(form, refusal, {"not_a_candidate": "person", "already_gap": "person"})
            return self.form_invalid(form)
        told = _("La demande est acceptée.") if accepts else _("La demande est refusée.")
        messages.success(self.request, f"{told} {_('Les personnes concernées en sont averties.')}")
        return redirect("csam:request_detail", designation_pk=self.asked.pk)

    def _already_decided(self) -> HttpResponse:
        messages.warning(self.request, _("Cette demande est déjà décidée : rien n'a été changé."))
        return redirect("csam:request_detail", designation_pk=self.asked.pk)


def _rows_about(asked: DesignationRequest, who: str) -> list[Row]:
    def of(name: str) -> str:
        return str(getattr(asked, f"{who}_{name}"))

    return [
        Row(pgettext("une personne", "Nom"), f"{of('first_name')} {of('last_name')}"),
        Row(_("NISS ou numéro BIS"), format_niss(of("niss"))),
        Row(_("Nationalité"), Country(of("country")).label),
        Row(_("Adresse e-mail"), of("email")),
        Row(_("Numéro de téléphone"), of("phone")),
    ]
