import re
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from bhod.forms.doctors import DoctorFilterForm
from bhod.models import CircleDoctor
from bhod.permissions import Capability
from bhod.selectors import doctor_files
from bhod.selectors.doctor_lists import BY_NAME, SORTS, in_order, matching
from bhod.selectors.doctors import doctor_line, doctors_of
from bhod.selectors.guards import units_of
from bhod.services.doctor_exports import export_doctors
from bhod.views.common import CapabilityRequiredMixin
from bhod_portal.core import clock
from bhod_portal.core.http import csv_file
from bhod_portal.core.identifiers import read_inami
from bhod_portal.core.ui import Column

PER_PAGE = 25
# Eleven figures, however they are written: a NISS has as many as an INAMI number.
_ELEVEN = re.compile(r"\d([\s.\-/]*\d){10}")
_HEADINGS = {
    BY_NAME: gettext_lazy("Médecin"),
    "inami": gettext_lazy("Numéro INAMI"),
    "qualification": gettext_lazy("Qualification"),
    "du": gettext_lazy("Inscrit du"),
    "au": gettext_lazy("Au"),
    "maitre": gettext_lazy("Maître de stage"),
}


class FilteredDoctorsView(CapabilityRequiredMixin):
    """The enrolments of the circle by the criteria of the address."""

    required_capability = Capability.MANAGE_DOCTORS

    def load(self) -> None:
        super().load()
        self.today = clock.today(self.portal_request.world)
        self.form = DoctorFilterForm(self.request.GET.dict(), units=units_of(self.enterprise_id))
        self.form.is_valid()

    @property
    def sort(self) -> str:
        asked = self.request.GET.get("tri", "")
        return asked if asked.removeprefix("-") in SORTS else BY_NAME

    @cached_property
    def asked(self) -> dict[str, str]:
        """The criteria as the address gives them, for the other addresses of the same list."""
        given = ((name, self.request.GET.get(name, "").strip()) for name in self.form.fields)
        return {name: value for name, value in given if value}

    @property
    def found(self) -> QuerySet[CircleDoctor]:
        criteria = self.form.criteria(on=self.today)
        return in_order(matching(doctors_of(self.enterprise_id), criteria), self.sort)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.refusal is None and _may_be_niss(request.GET.get("q", "")):
            messages.warning(
                request,
                _(
                    "La recherche se fait par nom ou par numéro INAMI : un NISS n'a pas sa place dans une adresse."
                ),
            )
            kept = {name: value for name, value in self.asked.items() if name != "q"}
            return redirect(f"{request.path}?{urlencode(kept)}" if kept else request.path)
        return super().dispatch(request, *args, **kwargs)


class DoctorListView(FilteredDoctorsView, TemplateView):
    template_name = "bhod/doctor_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self.found, PER_PAGE).get_page(self.request.GET.get("page"))
        sorted_so = {"tri": self.sort} if self.sort != BY_NAME else {}
        query = urlencode(self.asked | sorted_so)
        context = {
            "page_obj": page,
            "lines": [doctor_line(doctor, on=self.today) for doctor in page],
            "filters": self.form,
            "is_filtered": bool(self.asked),
            "has_doctors": bool(page.paginator.count) or doctors_of(self.enterprise_id).exists(),
            "query": query,
            "export_url": f"{reverse('bhod:doctor_export')}?{query}".removesuffix("?"),
            "columns": [*(self._column(key) for key in _HEADINGS), _("État"), ""],
        }
        return super().get_context_data(**kwargs) | self.page_context() | context

    def _column(self, key: str) -> Column:
        now = {key: "ascending", f"-{key}": "descending"}.get(self.sort, "")
        tri = f"-{key}" if now == "ascending" else key
        url = "?" + urlencode(self.asked | {"tri": tri})
        return Column(str(_HEADINGS[key]), numeric=False, sort_url=url, sorted=now)


class DoctorExportView(FilteredDoctorsView):
    """What the list shows, all pages of it; a line of the trail is all that it writes."""

    http_method_names = ["get", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = export_doctors(
            enterprise=self.circle,
            found=self.found,
            by=self.portal_request.user,
            at=clock.now(self.portal_request.world),
        )
        name = f"medecins-{self.circle.bce_number}-{self.today:%Y-%m-%d}.csv"
        return csv_file(rows, name)


class DoctorDetailView(CapabilityRequiredMixin, TemplateView):
    """What the circle knows of one of its doctors, and what it may do."""

    required_capability = Capability.MANAGE_DOCTORS
    template_name = "bhod/doctor_detail.html"

    def load(self) -> None:
        super().load()
        self.doctor = get_object_or_404(doctors_of(self.enterprise_id), pk=self.kwargs["doctor_pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        world, doctor = self.portal_request.world, self.doctor
        today = clock.today(world)
        enrolments = list(doctor_files.enrolments_of(doctor))
        supervised = [doctor_line(each, on=today) for each in doctor_files.supervised_by(doctor)]
        context = {
            "line": doctor_line(doctor, on=today),
            "lines": [doctor_line(each, on=today) for each in enrolments],
            "units": next(
                sorted(unit.unit.name for unit in each.allowed_units.all())
                for each in enrolments
                if each.pk == doctor.pk
            ),
            "supervisor_enrolment": doctor_files.own_enrolment(
                doctor.supervisor_id, enterprise_id=self.enterprise_id
            ),
            "supervised": supervised,
            "is_elsewhere": doctor_files.is_elsewhere(doctor, on=today),
            "guards": doctor_files.guards_counted(doctor, at=clock.now(world)),
            "history": doctor_files.history_of(enrolments, world=world),
            "enrolment_columns": [_("Inscrit du"), _("Au"), _("Maître de stage"), _("État"), ""],
            "history_columns": [_("Quand"), _("Qui"), _("Quoi")],
        }
        return super().get_context_data(**kwargs) | self.page_context() | context


def _may_be_niss(text: str) -> bool:
    found = _ELEVEN.search(text)
    if found is None:
        return False
    try:
        read_inami(found[0])
    except ValidationError:
        return True
    return False
