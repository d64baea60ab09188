"""The exceptional procedure as the public sees it: no login, so what is typed waits in the session."""

from datetime import datetime
from typing import Any

from allauth.core.ratelimit import consume
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView

from bhod_portal.core import clock
from bhod_portal.core.identifiers import format_bce, format_niss
from bhod_portal.core.refusals import add_refusal
from bhod_portal.core.shown import shown_day
from bhod_portal.core.ui import Row, Section
from csam import selectors
from csam.enums import Country, RequestState
from csam.forms.exceptional import (
    ABOUT,
    OTHER,
    DesignationFollowUpForm,
    DesignationRequestDocumentsForm,
    DesignationRequestForm,
)
from csam.http import PortalRequest
from csam.models import DesignationRequest
from csam.services import exceptional

DRAFT, SENT, FOLLOWED = "designation_draft", "designation_sent", "designation_followed"
TOO_MANY_REQUESTS = 429

_public = method_decorator([login_not_required, never_cache, sensitive_post_parameters()], name="dispatch")


@method_decorator(login_not_required, name="dispatch")
class ExceptionalProcedureView(TemplateView):
    template_name = "csam/exceptional_procedure.html"


class _LimitedFormView(FormView):
    """A form that an address may send so many times in ten minutes; who waits is told, and keeps what he typed."""

    request: PortalRequest
    rate_action: str

    def too_many(self, form: forms.Form, *, key: str | None = None) -> HttpResponse | None:
        """Count one more, of this address and of `key`; the answer that says how long to wait, once it is too much."""
        if consume(self.request, action=self.rate_action, key=key):
            return None
        wait = _("Trop de demandes : attendez dix minutes, puis réessayez.")
        form.add_error(None, ValidationError(wait, code="too_many"))
        response = self.form_invalid(form)
        response.status_code = TOO_MANY_REQUESTS
        return response


@_public
class DesignationRequestView(FormView):
    """Who asks, for which enterprise, and whom he names; checked before any document is chosen."""

    request: PortalRequest
    form_class = DesignationRequestForm
    template_name = "csam/designation_request.html"
    success_url = reverse_lazy("csam:designation_request_documents")

    def get_initial(self) -> dict[str, Any]:
        typed = dict(self.request.session.get(DRAFT, {}))
        for name in ("applicant_niss", "gap_niss"):
            typed[name] = format_niss(typed.get(name, ""))
        typed["enterprise_number"] = format_bce(typed.get("enterprise_number", ""))
        return typed

    def form_valid(self, form: DesignationRequestForm) -> HttpResponse:
        world, answers = self.request.world, form.cleaned_data
        try:
            exceptional.check_enterprise(
                world=world, bce_number=answers["enterprise_number"], at=clock.now(world)
            )
        except ValidationError as refusal:
            form.add_error("enterprise_number", refusal)
            return self.form_invalid(form)
        # The reference is drawn here: two clicks on « Envoyer » then send one request.
        before = self.request.session.get(DRAFT, {})
        reference = before.get("reference") or exceptional.new_reference()
        self.request.session[DRAFT] = {
            **{name: value for name, value in answers.items() if value},
            "reference": reference,
        }
        return super().form_valid(form)


@_public
class DesignationRequestDocumentsView(_LimitedFormView):
    """What was typed, to be checked, and the documents; « Envoyer » sends both."""

    form_class = DesignationRequestDocumentsForm
    template_name = "csam/designation_request_documents.html"
    success_url = reverse_lazy("csam:designation_request_done")
    rate_action = "designation_request"
    draft: dict[str, str]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.draft = request.session.get(DRAFT, {})
        if self.draft:
            return super().dispatch(request, *args, **kwargs)
        sent = SENT in request.session
        return redirect("csam:designation_request_done" if sent else "csam:designation_request")

    def get_form_kwargs(self) -> dict[str, Any]:
        kinds = exceptional.documents_needed(names_another=self._names_another)
        return super().get_form_kwargs() | {"kinds": kinds}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"sections": self._sections()}

    def form_valid(self, form: DesignationRequestDocumentsForm) -> HttpResponse:
        if refused := self.too_many(form):
            return refused
        world = self.request.world
        try:
            sent = exceptional.submit_request(
                world=world,
                reference=self.draft["reference"],
                bce_number=self.draft["enterprise_number"],
                applicant=self._about("applicant"),
                gap=self._about("gap") if self._names_another else None,
                documents=form.documents,
                at=clock.now(world),
            )
        except ValidationError as refusal:
            add_refusal(form, refusal, {})
            return self.form_invalid(form)
        self.request.session[SENT] = self.request.session[FOLLOWED] = sent.reference
        self.request.session.pop(DRAFT, None)
        return super().form_valid(form)

    @property
    def _names_another(self) -> bool:
        return self.draft["gap"] == OTHER

    def _about(self, who: str) -> dict[str, str]:
        return {name: self.draft.get(f"{who}_{name}", "") for name in ABOUT}

    def _sections(self) -> list[Section]:
        enterprise = selectors.enterprise_with_number(self.request.world, self.draft["enterprise_number"])
        change = reverse("csam:designation_request")
        sections = [
            Section(
                _("Entreprise"),
                [
                    Row(_("Dénomination"), enterprise),
                    Row(_("Numéro d'entreprise"), format_bce(self.draft["enterprise_number"]), change),
                ],
            ),
            Section(_("Vous"), _rows_about(self._about("applicant"))),
        ]
        gap = (
            _rows_about(self._about("gap"))
            if self._names_another
            else [Row(pgettext("une personne", "Nom"), _("Vous-même"), change)]
        )
        return [*sections, Section(_("Gestionnaire d'accès principal"), gap)]


@_public
class DesignationRequestDoneView(TemplateView):
    request: PortalRequest
    template_name = "csam/designation_request_done.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if SENT not in request.session:
            return redirect("csam:designation_request")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"reference": self.request.session[SENT]}


@_public
class DesignationFollowUpView(_LimitedFormView):
    """What has become of a request, for who knows its reference and its applicant's address."""

    form_class = DesignationFollowUpForm
    template_name = "csam/designation_follow_up.html"
    success_url = reverse_lazy("csam:designation_follow_up")
    rate_action = "designation_follow_up"

    def get_initial(self) -> dict[str, Any]:
        return {"reference": self.request.GET.get("reference", "")[:20]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        followed = self._followed()
        return super().get_context_data(**kwargs) | {
            "followed": followed,
            "rows": _rows_of(followed) if followed else [],
            "request_url": reverse("csam:designation_request"),
        }

    def form_valid(self, form: DesignationFollowUpForm) -> HttpResponse:
        reference = exceptional.read_reference(form.cleaned_data["reference"])
        if refused := self.too_many(form, key=reference):
            return refused
        found = selectors.followed_request(
            self.request.world, reference=reference, email=form.cleaned_data["email"]
        )
        if found is None:
            unknown = _(
                "Aucune demande n'a cette référence et cette adresse e-mail. Recopiez les deux de l'e-mail que vous avez "
                "reçu en introduisant la demande."
            )
            form.add_error(None, ValidationError(unknown, code="unknown_request"))
            return self.form_invalid(form)
        self.request.session[FOLLOWED] = found.reference
        return super().form_valid(form)

    def _followed(self) -> DesignationRequest | None:
        """The request that this browser has opened, unless the visitor is asking for another one."""
        reference = self.request.session.get(FOLLOWED)
        asked = self.request.GET.get("reference")
        if reference is None or self.request.method == "POST" or asked not in {None, reference}:
            return None
        return selectors.designation_requests(self.request.world).filter(reference=reference).first()


def _day(instant: datetime) -> str:
    return shown_day(clock.day_of(instant))


def _rows_about(about: dict[str, str]) -> list[Row]:
    change = reverse("csam:designation_request")
    return [
        Row(pgettext("une personne", "Nom"), f"{about['first_name']} {about['last_name']}", change),
        Row(_("NISS ou numéro BIS"), format_niss(about["niss"]), change),
        Row(_("Nationalité"), Country(about["country"]).label, change),
        Row(_("Adresse e-mail"), about["email"], change),
        Row(_("Numéro de téléphone"), about["phone"], change),
    ]


def _rows_of(request: DesignationRequest) -> list[Row]:
    rows = [
        Row(_("Référence"), request.reference),
        Row(_("Entreprise"), f"{request.enterprise} ({format_bce(request.enterprise.bce_number)})"),
        Row(_("Gestionnaire d'Accès Principal demandé"), f"{request.gap_first_name} {request.gap_last_name}"),
        Row(_("Introduite le"), _day(request.submitted_at)),
    ]
    if request.decided_at:
        rows.append(Row(_("Décidée le"), _day(request.decided_at)))
    if request.state == RequestState.REFUSED:
        rows.append(Row(_("Motif du refus"), request.reason))
    return rows
