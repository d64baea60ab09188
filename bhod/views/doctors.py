from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from bhod.forms import DoctorEndForm, DoctorEnrolForm
from bhod.permissions import Capability
from bhod.selectors.doctors import (
    doctor_line,
    doctors_of,
    guards_ahead,
    guards_past,
    provider_numbered,
)
from bhod.selectors.guards import guard_line
from bhod.services import doctors as services
from bhod.views.common import CapabilityRequiredMixin
from bhod_portal.core import clock
from bhod_portal.core.refusals import add_refusal, refusal_codes
from prosante_login.models import CareProvider

PER_PAGE = 25
# Which field mends which refusal.
FIELDS = {
    "not_eligible_code": "inami_number",
    "already_enrolled": "inami_number",
    "another_world": "inami_number",
    "supervisor_required": "supervisor_number",
    "supervisor_not_allowed": "supervisor_number",
    "supervisor_not_eligible": "supervisor_number",
    "guards_after_end": "last_day",
    "period_out_of_order": "last_day",
    "already_ended": "last_day",
}


class DoctorListView(CapabilityRequiredMixin, TemplateView):
    required_capability = Capability.MANAGE_DOCTORS
    template_name = "bhod/doctor_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = clock.today(self.portal_request.world)
        page = Paginator(doctors_of(self.enterprise_id), PER_PAGE).get_page(self.request.GET.get("page"))
        context = {
            "page_obj": page,
            "lines": [doctor_line(doctor, on=today) for doctor in page],
            "columns": [
                _("Médecin"),
                _("Numéro INAMI"),
                _("Qualification"),
                _("Inscrit du"),
                _("Au"),
                _("Maître de stage"),
                _("État"),
                "",
            ],
        }
        return super().get_context_data(**kwargs) | self.page_context() | context


class DoctorEnrolView(CapabilityRequiredMixin, FormView):
    required_capability = Capability.MANAGE_DOCTORS
    form_class = DoctorEnrolForm
    template_name = "bhod/doctor_enrol.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | self.page_context()

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
                by=request.user,
                at=clock.now(request.world),
            )
        except ValidationError as refusal:
            same = doctors_of(self.enterprise_id).filter(
                provider=provider, supervisor=supervisor, valid_from=period.start, valid_until=period.end
            )
            if "already_enrolled" not in refusal_codes(refusal) or not same.exists():
                add_refusal(form, refusal, FIELDS)
                return self.form_invalid(form)
            text = _("%(doctor)s est déjà inscrit pour cette période.")
        else:
            text = _(
                "%(doctor)s est inscrit dans le cercle. Vous pouvez maintenant lui attribuer des gardes."
            )
        messages.success(self.request, text % {"doctor": provider.person})
        return redirect("bhod:doctor_list")

    def find(self, form: DoctorEnrolForm, field: str) -> CareProvider | None:
        """The provider who bears the number that was typed, in the same world; else the field says so."""
        number = form.cleaned_data.get(field)
        if not number:
            return None
        provider = provider_numbered(self.portal_request.world, number)
        if provider is None:
            text = _(
                "L'INAMI ne connaît pas ce numéro. Vérifiez-le sur l'attestation du médecin ; un tout nouveau numéro peut "
                "ne pas encore être configuré."
            )
            form.add_error(field, ValidationError(text, code="unknown_provider"))
        return provider


class DoctorEndView(CapabilityRequiredMixin, FormView):
    """End an enrolment; the guards that are still to come are shown first."""

    required_capability = Capability.MANAGE_DOCTORS
    form_class = DoctorEndForm
    template_name = "bhod/doctor_end.html"

    def load(self) -> None:
        super().load()
        self.doctor = get_object_or_404(doctors_of(self.enterprise_id), pk=self.kwargs["doctor_pk"])
        self.guards = guards_ahead(self.doctor, at=clock.now(self.portal_request.world))
        self.are_in_the_way = False

    def get_initial(self) -> dict[str, Any]:
        return {"last_day": self.doctor.valid_until}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = clock.today(self.portal_request.world)
        context = {
            "line": doctor_line(self.doctor, on=today),
            "guards": [guard_line(guard, None) for guard in self.guards],
            "are_in_the_way": self.are_in_the_way,
            "columns": [_("Début"), _("Fin"), _("Unité"), _("Heures honorées"), ""],
        }
        return super().get_context_data(**kwargs) | self.page_context() | context

    def form_valid(self, form: DoctorEndForm) -> HttpResponse:
        request, last_day = self.portal_request, form.cleaned_data["last_day"]
        try:
            services.end_enrolment(
                doctor=self.doctor, last_day=last_day, by=request.user, at=clock.now(request.world)
            )
        except ValidationError as refusal:
            if "guards_after_end" in refusal_codes(refusal):
                self.guards, self.are_in_the_way = guards_past(self.doctor, last_day), True
            add_refusal(form, refusal, FIELDS)
            self.doctor.refresh_from_db(fields=["valid_until"])
            return self.form_invalid(form)
        text = _("L'inscription de %(doctor)s se termine le %(day)s, ce jour compris.")
        facts = {"doctor": self.doctor.provider.person, "day": date_format(last_day, "d/m/Y")}
        messages.success(self.request, text % facts)
        return redirect("bhod:doctor_list")
