"""An import of doctors: the file, what it would do line by line, the confirmation, what it did."""

from collections.abc import Sequence
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from bhod.forms.doctors import DoctorImportForm
from bhod.permissions import Capability
from bhod.services import doctor_imports
from bhod.services.doctor_files import COLUMNS, DAYS, MANDATORY
from bhod.services.doctor_import_plans import DoctorPlan
from bhod.views.common import CapabilityRequiredMixin
from bhod_portal.core import clock, drafts
from bhod_portal.core.dry_runs import dry_run_context
from bhod_portal.core.enums import ImportOutcome
from bhod_portal.core.file_lines import (
    ImportLine,
    counts_of,
    fingerprint_of,
    refused_lines,
    refused_rows,
    unpack,
)
from bhod_portal.core.http import csv_file, workbook_file
from bhod_portal.core.tables import MAX_LINES
from bhod_portal.core.workbooks import workbook_of
from csam.models import Person

FLOW, DONE = "doctor_import", "doctor_import_done"
PER_PAGE = 25


class DoctorFileView(CapabilityRequiredMixin):
    """A step of the import: the circle, who acts, and what is kept from step to step."""

    required_capability = Capability.MANAGE_DOCTORS

    @property
    def person(self) -> Person:
        return self.portal_request.user

    @property
    def kept(self) -> dict[str, Any]:
        """Whose drafts they are."""
        return {"person": self.person, "subject": str(self.enterprise_id)}

    @property
    def act(self) -> dict[str, Any]:
        """In which circle, by whom, and when in the world."""
        return {
            "enterprise": self.circle,
            "by": self.person,
            "at": clock.now(self.portal_request.world),
        }

    def keep(self, lines: Sequence[ImportLine], remarks: Sequence[str], plan: DoctorPlan) -> None:
        """Keep a dry run until it is confirmed: what the file says, what it would do, and what was shown of it."""
        drafts.save(
            **self.kept,
            flow=FLOW,
            lines=[line.packed() for line in lines],
            remarks=list(remarks),
            results=[result.packed() for result in plan.results],
            counts=counts_of(plan.results),
            refused=refused_rows(lines, plan.results),
            fingerprint=fingerprint_of(plan.results),
        )


class DoctorImportView(DoctorFileView, FormView):
    """What to have at hand, and the file."""

    form_class = DoctorImportForm
    template_name = "bhod/doctor_import.html"

    def form_valid(self, form: Form) -> HttpResponse:
        if not ratelimit.consume(self.request, action="doctor_import", key=str(self.person.pk)):
            text = _(
                "Trop de fichiers en peu de temps : attendez dix minutes, puis envoyez celui-ci à nouveau."
            )
            form.add_error("file", ValidationError(text, code="too_many"))
            return self.form_invalid(form)
        file = form.cleaned_data["file"]
        try:
            run = doctor_imports.try_file(content=file.read(), size=file.size, **self.act)
        except ValidationError as refusal:
            form.add_error("file", refusal)
            return self.form_invalid(form)
        drafts.discard(**self.kept, flow=DONE)
        self.keep(run.lines, run.remarks, run.plan)
        return redirect("bhod:doctor_import_check")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {
            "import_columns": [(name, key in MANDATORY) for key, name in COLUMNS.items()],
            "most": MAX_LINES,
        }
        return super().get_context_data(**kwargs) | self.page_context() | context


class DoctorImportTemplateView(DoctorFileView):
    """The template to fill in, as a workbook or as CSV; a download, and nothing is written."""

    http_method_names = ["get", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        headings = [str(name) for name in COLUMNS.values()]
        if request.GET.get("format") == "xlsx":
            days = [place for place, key in enumerate(COLUMNS, start=1) if key in DAYS]
            content = workbook_of(title=_("Médecins inscrits"), headings=headings, days=days)
            return workbook_file(content, "medecins-modele.xlsx")
        return csv_file([headings], "medecins-modele.csv")


class DoctorImportCheckView(DoctorFileView, TemplateView):
    """The dry run: what each line would do; the confirmation does exactly that."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "bhod/doctor_import_check.html"
    draft: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.refusal is None:
            # The first of two clicks has the draft.
            read = drafts.take if request.method == "POST" else drafts.read
            self.draft = read(**self.kept, flow=FLOW)
            if not self.draft:
                return self._elsewhere()
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lines = [unpack(packed) for packed in self.draft["lines"]]
        try:
            plan = doctor_imports.import_doctors(
                lines=lines, shown=request.POST.get("fingerprint", ""), **self.act
            )
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
            self.keep(lines, self.draft["remarks"], doctor_imports.try_lines(lines=lines, **self.act))
            return redirect("bhod:doctor_import_check")
        drafts.save(
            **self.kept,
            flow=DONE,
            counts=counts_of(plan.results),
            refused=refused_rows(lines, plan.results),
        )
        return redirect("bhod:doctor_import_done")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = dry_run_context(
            self.draft,
            asked=self.request.GET.get("resultat", ""),
            page=self.request.GET.get("page"),
            per_page=PER_PAGE,
        )
        outcome = context["outcome"]
        context |= {
            "query": f"resultat={outcome}" if outcome else "",
            "columns": [_("Ligne"), _("Médecin"), _("Résultat"), _("Détail")],
        }
        return super().get_context_data(**kwargs) | self.page_context() | context

    def _elsewhere(self) -> HttpResponse:
        if drafts.read(**self.kept, flow=DONE):
            return redirect("bhod:doctor_import_done")
        messages.info(self.request, _("Envoyez d'abord le fichier des médecins à importer."))
        return redirect("bhod:doctor_import")


class DoctorImportDoneView(DoctorFileView, TemplateView):
    """What the import has done, until the next one."""

    template_name = "bhod/doctor_import_done.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        done = drafts.read(**self.kept, flow=DONE)
        if not done:
            return redirect("bhod:doctor_import")
        counts = {each.name.lower(): done["counts"][each] for each in ImportOutcome}
        return self.render_to_response(self.get_context_data(**counts) | self.page_context())


class DoctorImportErrorsView(DoctorFileView):
    """The refused lines with their reasons, to mend and send again; of the dry run, or of the import just done."""

    http_method_names = ["get", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kept = drafts.read(**self.kept, flow=FLOW) or drafts.read(**self.kept, flow=DONE)
        rows = kept.get("refused", [])
        if not rows:
            return redirect("bhod:doctor_import")
        return csv_file(refused_lines(rows, COLUMNS), "lignes-refusees.csv")
