"""A doctor onto the list of the circle: by his number, or chosen among those whom INAMI knows."""

from typing import Any
from urllib.parse import urlencode

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from bhod.forms.doctors import DoctorEnrolForm, DoctorSearchForm
from bhod.models import CircleDoctor
from bhod.permissions import Capability
from bhod.selectors.doctor_files import own_enrolment
from bhod.selectors.doctors import doctors_of, provider_numbered
from bhod.selectors.provider_search import found_doctors, physician_chosen, physicians_named
from bhod.services import doctors as services
from bhod.views.common import CapabilityRequiredMixin
from bhod_portal.core import clock, drafts, searches
from bhod_portal.core.identifiers import format_inami
from bhod_portal.core.keys import key_in
from bhod_portal.core.refusals import add_refusal, refusal_codes
from prosante_login.models import CareProvider

PER_PAGE = 25
ENROL, CHANGE = "doctor_enrol", "doctor_change"
DOCTOR, SUPERVISOR = "medecin", "maitre"
# Which field mends which refusal.
FIELDS = {
    "not_eligible_code": "inami_number",
    "already_enrolled": "inami_number",
    "another_world": "inami_number",
    "acquired_rights_required": "acquired_rights",
    "acquired_rights_not_needed": "acquired_rights",
    "supervisor_required": "supervisor_number",
    "supervisor_not_allowed": "supervisor_number",
    "supervisor_not_eligible": "supervisor_number",
}


class NumbersMixin(CapabilityRequiredMixin):
    """A page on which INAMI numbers are typed, or chosen on the page of the search and brought back."""

    required_capability = Capability.MANAGE_DOCTORS

    def find(self, form: Form, field: str) -> CareProvider | None:
        """The provider who bears the number that was typed, in the same world; else the field says so."""
        number = form.cleaned_data.get(field)
        if not number:
            return None
        provider = provider_numbered(self.portal_request.world, number)
        if provider is None:
            text = _(
                "L'INAMI ne connaît pas ce numéro. Vérifiez-le sur l'attestation du médecin, ou cherchez le médecin par son "
                "nom ; un tout nouveau numéro peut ne pas encore être configuré."
            )
            form.add_error(field, ValidationError(text, code="unknown_provider"))
        return provider

    def brought_back(self, flow: str, subject: str, fields: dict[str, str]) -> dict[str, Any]:
        """What was typed before one went to the search, with whom one chose there; nothing on a page opened anew.

        `fields` says which field gets the number of whom the address names under which key.
        """
        given = self.request.GET
        if not given.keys() & {*fields, "repris"}:
            return {}
        typed = drafts.read(person=self.portal_request.user, flow=flow, subject=subject)
        for key, field in fields.items():
            if chosen := physician_chosen(self.portal_request.world, given.get(key, "")):
                typed[field] = format_inami(chosen.inami_number)
        return typed

    def go_and_search(self, flow: str, subject: str, form: Form, query: dict[str, Any]) -> HttpResponse:
        """Keep what is typed, as it is, and lead to the search."""
        typed = {name: form.data.get(name, "") for name in form.fields}
        drafts.save(person=self.portal_request.user, flow=flow, subject=subject, **typed)
        return redirect(f"{reverse('bhod:doctor_search')}?{urlencode(query)}")


class DoctorEnrolView(NumbersMixin, FormView):
    form_class = DoctorEnrolForm
    template_name = "bhod/doctor_enrol.html"
    enrolled: CircleDoctor | None = None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        for sought in (DOCTOR, SUPERVISOR):
            if f"chercher_{sought}" in request.POST:
                return self.go_and_search(ENROL, self.subject, self.get_form(), {"pour": sought})
        return super().post(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        fields = {DOCTOR: "inami_number", SUPERVISOR: "supervisor_number"}
        return self.brought_back(ENROL, self.subject, fields)

    @property
    def subject(self) -> str:
        return str(self.enterprise_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"enrolled": self.enrolled}
        return super().get_context_data(**kwargs) | self.page_context() | context

    def form_valid(self, form: DoctorEnrolForm) -> HttpResponse:
        request, period = self.portal_request, form.cleaned_data["period"]
        provider, supervisor = self.find(form, "inami_number"), self.find(form, "supervisor_number")
        if provider is None or form.errors:
            return self.form_invalid(form)
        try:
            services.enrol_doctor(
                enterprise=self.circle,
                provider=provider,
                period=period,
                supervisor=supervisor,
                acquired_rights=form.cleaned_data["acquired_rights"],
                by=request.user,
                at=clock.now(request.world),
            )
        except ValidationError as refusal:
            same = doctors_of(self.enterprise_id).filter(
                provider=provider, supervisor=supervisor, valid_from=period.start, valid_until=period.end
            )
            if "already_enrolled" not in refusal_codes(refusal) or not same.exists():
                self.enrolled = own_enrolment(provider.pk, enterprise_id=self.enterprise_id)
                add_refusal(form, refusal, FIELDS)
                return self.form_invalid(form)
            text = _("%(doctor)s est déjà inscrit pour cette période.")
        else:
            text = _(
                "%(doctor)s est inscrit dans le cercle. Vous pouvez maintenant lui attribuer des gardes."
            )
        drafts.discard(person=request.user, flow=ENROL, subject=self.subject)
        messages.success(self.request, text % {"doctor": provider.person})
        return redirect("bhod:doctor_list")


class DoctorSearchView(CapabilityRequiredMixin, TemplateView):
    """Look for a doctor, or for a supervisor, among those whom INAMI knows; what is typed stands in no address."""

    required_capability = Capability.MANAGE_DOCTORS
    http_method_names = ["get", "head", "post", "options"]
    template_name = "bhod/doctor_search.html"

    def load(self) -> None:
        super().load()
        given = self.request.GET
        self.purpose = SUPERVISOR if given.get("pour") == SUPERVISOR else DOCTOR
        key = key_in(given.get("inscription", ""))
        self.doctor = doctors_of(self.enterprise_id).filter(pk=key).first() if key else None
        if self.doctor:
            self.purpose = SUPERVISOR

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        typed = searches.kept(request.session, self.scope, request.GET.get("recherche", ""))
        self.form = DoctorSearchForm(typed)
        return self.render_to_response(self.get_context_data(found=bool(typed) and self.form.is_valid()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.form = form = DoctorSearchForm(request.POST.dict())
        if form.is_valid() and not ratelimit.consume(request, action="doctor_search"):
            text = _("Trop de recherches en peu de temps : attendez cinq minutes, puis recommencez.")
            form.add_error("nom", ValidationError(text, code="too_many"))
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(found=False))
        world = self.portal_request.world
        text = form.cleaned_data["nom"]
        services.look_up_doctors(
            enterprise=self.circle,
            found=physicians_named(world, text).count(),
            by=self.portal_request.user,
            at=clock.now(world),
        )
        key = searches.keep(request.session, self.scope, {"nom": text})
        return redirect(f"{request.path}?{urlencode(self.query | {'recherche': key})}")

    @property
    def scope(self) -> str:
        """A search belongs to the circle for which it was made."""
        return f"doctors.{self.enterprise_id}"

    @property
    def query(self) -> dict[str, Any]:
        return {"inscription": self.doctor.pk} if self.doctor else {"pour": self.purpose}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = {
            "form": self.form,
            "is_for_supervisor": self.purpose == SUPERVISOR,
            "purpose": self.purpose,
            "query": urlencode(self.query),
            "back_url": self._back(),
            "page_obj": None,
        }
        if kwargs.pop("found"):
            found = physicians_named(self.portal_request.world, self.form.cleaned_data["nom"])
            page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("page"))
            query = self.query | {"recherche": self.request.GET["recherche"]}
            context |= {
                "page_obj": page,
                "page_query": urlencode(query),
                "rows": [
                    {"found": each, "choose_url": self._choose_url(each.provider)}
                    for each in found_doctors(page, enterprise_id=self.enterprise_id)
                ],
                "columns": [_("Médecin"), _("Numéro INAMI"), _("Qualification"), ""],
            }
        return super().get_context_data(**kwargs) | self.page_context() | context

    def _page(self) -> str:
        if self.doctor:
            return reverse("bhod:doctor_change", args=[self.doctor.pk])
        return reverse("bhod:doctor_enrol")

    def _back(self) -> str:
        return f"{self._page()}?repris=1"

    def _choose_url(self, provider: CareProvider) -> str:
        return f"{self._page()}?{urlencode({self.purpose: provider.pk})}"
