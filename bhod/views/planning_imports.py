"""An import of a planning: the file, its columns, what it would do guard by guard, the confirmation, what it did."""

from typing import Any
from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from bhod.enums import ImportState, PlanningOutcome
from bhod.forms.planning_imports import PlanningColumnsForm, PlanningFileForm, PlanningOptionsForm
from bhod.models import PlanningImport
from bhod.permissions import Capability
from bhod.selectors.guards import units_of
from bhod.selectors.planning_imports import import_rows, imports_of, received_by, suggested_period
from bhod.selectors.planning_results import TO_DO, Options, outcome_of, unpack_options
from bhod.services import planning_imports, planning_templates
from bhod.services.planning_files import COLUMNS, LABELS, TEMPLATE, samples_of
from bhod.services.planning_steps import progress_of
from bhod.views.common import CapabilityRequiredMixin
from bhod_portal.core import clock
from bhod_portal.core.http import csv_file, workbook_file
from bhod_portal.core.refusals import refusal_codes
from bhod_portal.core.tables import MAX_LINES

PER_PAGE, SHOWN = 25, 10
REFRESH_SECONDS = 2
# Where an import is shown while it is in a state.
PAGES = {
    ImportState.UPLOADED: "planning_import_columns",
    ImportState.CHECKING: "planning_import_progress",
    ImportState.CHECKED: "planning_import_check",
    ImportState.APPLYING: "planning_import_progress",
    ImportState.DONE: "planning_import_done",
    ImportState.FAILED: "planning_import_progress",
    ImportState.DISCARDED: "planning_import_progress",
}
TONES = {
    PlanningOutcome.ADDED: "success",
    PlanningOutcome.CHANGED: "info",
    PlanningOutcome.REMOVED: "warning",
    PlanningOutcome.UNCHANGED: "neutral",
    PlanningOutcome.REFUSED: "danger",
}
STATE_TONES = {
    ImportState.UPLOADED: "info",
    ImportState.CHECKING: "info",
    ImportState.CHECKED: "info",
    ImportState.APPLYING: "info",
    ImportState.DONE: "success",
    ImportState.FAILED: "danger",
    ImportState.DISCARDED: "neutral",
}


def page_url(planning_import: PlanningImport) -> str:
    """Where it stands."""
    name = PAGES[ImportState(planning_import.state)]
    return reverse(f"bhod:{name}", args=[planning_import.public_id])


class PlanningImportView(CapabilityRequiredMixin, FormView):
    """What to have at hand, the file, and the imports of the circle so far."""

    required_capability = Capability.MANAGE_GUARDS
    form_class = PlanningFileForm
    template_name = "bhod/planning_import.html"

    def form_valid(self, form: Form) -> HttpResponse:
        request = self.portal_request
        if not ratelimit.consume(request, action="planning_import", key=str(request.user.pk)):
            form.add_error(
                "file",
                _(
                    "Trop de fichiers en peu de temps : attendez dix minutes, puis envoyez celui-ci à nouveau."
                ),
            )
            return self.form_invalid(form)
        file = form.cleaned_data["file"]
        try:
            received = planning_imports.receive(
                enterprise=self.circle,
                file_name=file.name,
                content=file.read(),
                size=file.size,
                by=request.user,
                at=clock.now(request.world),
            )
        except ValidationError as refusal:
            form.add_error("file", refusal)
            return self.form_invalid(form)
        return redirect(page_url(received))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(imports_of(self.enterprise_id), SHOWN).get_page(self.request.GET.get("page"))
        context = {
            "page_obj": page,
            "rows": [
                {"one": each, "url": page_url(each), "tone": STATE_TONES[ImportState(each.state)]}
                for each in page
            ],
            "columns": [_("Fichier"), _("Reçu le"), _("Par"), _("État")],
            "template_columns": ";".join(COLUMNS[key][0] for key in TEMPLATE),
            "most": MAX_LINES,
        }
        return super().get_context_data(**kwargs) | self.page_context() | context


class PlanningImportTemplateView(CapabilityRequiredMixin):
    """The template to fill in, as a workbook or as CSV; a download, and nothing is written."""

    required_capability = Capability.MANAGE_GUARDS
    http_method_names = ["get", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        on = clock.today(self.portal_request.world)
        if request.GET.get("format") == "xlsx":
            content = planning_templates.template_workbook(self.circle, on=on)
            return workbook_file(content, "planning-modele.xlsx")
        rows = [planning_templates.headings(), planning_templates.example_of(self.circle, on=on)]
        return csv_file(rows, "planning-modele.csv")


class OneImportMixin(CapabilityRequiredMixin):
    """A page about one import of the circle; one in another state than the page is for is shown where it stands."""

    required_capability = Capability.MANAGE_GUARDS
    open_in: frozenset[str] = frozenset()
    # What is long and a page does without.
    unread: tuple[str, ...] = ()

    def load(self) -> None:
        super().load()
        key: UUID = self.kwargs["import_id"]
        imports = received_by(self.enterprise_id)
        self.planning_import = get_object_or_404(
            imports.select_related("enterprise__world", "batch").defer(*self.unread), public_id=key
        )
        if self.planning_import.state not in self.open_in:
            self.refusal = redirect(page_url(self.planning_import))

    def acting(self) -> dict[str, Any]:
        """What a service is told of the act."""
        request = self.portal_request
        return {
            "planning_import": self.planning_import,
            "by": request.user,
            "at": clock.now(request.world),
        }

    def page_context(self) -> dict[str, Any]:
        return super().page_context() | {"planning_import": self.planning_import}


UNDECIDED = frozenset({ImportState.UPLOADED, ImportState.CHECKED})


class PlanningImportColumnsView(OneImportMixin, FormView):
    """Which heading of the file is which column of ours."""

    form_class = PlanningColumnsForm
    open_in = UNDECIDED
    template_name = "bhod/planning_import_columns.html"

    def load(self) -> None:
        super().load()
        self.of_calendar = planning_imports.is_of_calendar(self.planning_import)

    def get_form_kwargs(self) -> dict[str, Any]:
        one = self.planning_import
        # The columns of a calendar are ours already.
        headings = [] if self.of_calendar else one.headings
        return super().get_form_kwargs() | {
            "headings": headings,
            "samples": [samples_of(one.lines, place) for place in range(len(headings))],
            "labels": LABELS,
            "units": units_of(self.enterprise_id),
        }

    def get_initial(self) -> dict[str, Any]:
        one = self.planning_import
        named = {f"column-{place}": key for key, place in one.mapping.items()}
        return named | {"unit": one.plan["options"]["unit"]}

    def form_valid(self, form: Form) -> HttpResponse:
        data = form.cleaned_data
        columns = self.planning_import.mapping if self.of_calendar else data["columns"]
        try:
            named = planning_imports.name_columns(columns=columns, unit_id=data["unit_id"], **self.acting())
        except ValidationError as refusal:
            form.add_error("unit" if "unit_missing" in refusal_codes(refusal) else None, refusal)
            return self.form_invalid(form)
        return redirect(page_url(named))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | self.page_context()
        form = context["form"]
        fields = [form[name] for name in form.names]
        return context | {"of_calendar": self.of_calendar, "fields": fields}


class PlanningImportOptionsView(OneImportMixin, FormView):
    """Drafts or registered guards, and whether the file is a whole planning."""

    form_class = PlanningOptionsForm
    open_in = frozenset({ImportState.CHECKED})
    template_name = "bhod/planning_import_options.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"offered": units_of(self.enterprise_id)}

    def get_initial(self) -> dict[str, Any]:
        options = unpack_options(self.planning_import.plan["options"])
        period, units = suggested_period(self.planning_import)
        return {
            "state": "draft" if options.as_drafts else "registered",
            "replaces": options.period is not None,
            "first_day": options.period.start if options.period else period and period.start,
            "last_day": options.period.end if options.period else period and period.end,
            "units": sorted(options.replaced or units),
        }

    def form_valid(self, form: Form) -> HttpResponse:
        data = form.cleaned_data
        options = Options(
            unit_id=self.planning_import.plan["options"]["unit"],
            as_drafts=data["as_drafts"],
            period=data["period"],
            replaced=data["replaced"],
        )
        try:
            chosen = planning_imports.choose_options(options=options, **self.acting())
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.form_invalid(form)
        return redirect(page_url(chosen))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | self.page_context()


class PlanningImportCheckView(OneImportMixin, TemplateView):
    """The dry run: what would become of each guard; the confirmation does exactly that."""

    http_method_names = ["get", "head", "post", "options"]
    open_in = frozenset({ImportState.CHECKED})
    template_name = "bhod/planning_import_check.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            confirmed = planning_imports.confirm(
                shown=request.POST.get("fingerprint", ""),
                without_refused="without_refused" in request.POST,
                **self.acting(),
            )
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
            return redirect(page_url(self.planning_import))
        return redirect(page_url(confirmed))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = self.planning_import.plan
        counts, outcome = plan["counts"], self._outcome()
        shown = [each for each in plan["results"] if not outcome or outcome_of(each) == outcome]
        page = Paginator(shown, PER_PAGE).get_page(self.request.GET.get("page"))
        options = unpack_options(plan["options"])
        return (
            super().get_context_data(**kwargs)
            | self.page_context()
            | {
                "page_obj": page,
                "rows": import_rows(page.object_list, self.enterprise_id, TONES),
                "columns": [_("Ligne"), _("Garde"), _("Résultat"), _("Détail")],
                "total": len(plan["results"]),
                "outcome": outcome,
                "outcomes": [(each.value, each.plural, counts[each.value]) for each in PlanningOutcome],
                "query": f"resultat={outcome}" if outcome else "",
                "to_do": sum(counts[each] for each in TO_DO),
                "refused": counts[PlanningOutcome.REFUSED],
                "options": options,
                "replaced_units": [
                    unit.name for unit in units_of(self.enterprise_id) if unit.pk in options.replaced
                ],
                "told": plan["told"],
                "names": ", ".join(plan["names"]),
                "more_names": plan["told"] - len(plan["names"]),
                "fingerprint": plan["fingerprint"],
            }
        )

    def _outcome(self) -> str:
        asked = self.request.GET.get("resultat", "")
        return asked if asked in PlanningOutcome.values else ""


class PlanningImportDiscardView(OneImportMixin):
    """Leave a file be that was not confirmed."""

    http_method_names = ["post", "options"]
    open_in = UNDECIDED | {ImportState.DISCARDED}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            planning_imports.discard(**self.acting())
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
            return redirect(page_url(self.planning_import))
        messages.success(request, _("L'import est abandonné : rien n'a été fait."))
        return redirect("bhod:planning_import")


class PlanningImportProgressView(OneImportMixin, TemplateView):
    """How far a large file is; and why one was not imported."""

    open_in = frozenset(
        {ImportState.CHECKING, ImportState.APPLYING, ImportState.FAILED, ImportState.DISCARDED}
    )
    unread = ("lines", "plan", "mapping")
    template_name = "bhod/planning_import_progress.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one = self.planning_import
        waits = one.state in {ImportState.CHECKING, ImportState.APPLYING}
        done = progress_of(one)
        context = {
            "waits": waits,
            "is_applying": one.state == ImportState.APPLYING,
            "done": done,
            # Who hears the page is told four times how far it is, not at each look.
            "quarters": 25 * (4 * done // one.steps) if one.steps else 0,
            "uses_htmx": waits,
            "reloads_after": REFRESH_SECONDS if waits else 0,
            "refresh_seconds": REFRESH_SECONDS,
        }
        return super().get_context_data(**kwargs) | self.page_context() | context


class PlanningImportDoneView(OneImportMixin, TemplateView):
    """What the import has done, and how to undo it."""

    open_in = frozenset({ImportState.DONE})
    template_name = "bhod/planning_import_done.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = self.planning_import.plan
        period, _units = suggested_period(self.planning_import)
        month = f"?mois={period.start:%Y-%m}" if period else ""
        context = {
            "counts": [(each.plural, plan["counts"][each.value]) for each in PlanningOutcome],
            "refused": plan["counts"][PlanningOutcome.REFUSED],
            "told": plan["told"],
            "guards_url": reverse("bhod:guard_month") + month,
        }
        return super().get_context_data(**kwargs) | self.page_context() | context


class PlanningImportErrorsView(OneImportMixin):
    """The refused lines with their reasons, to mend and send again."""

    http_method_names = ["get", "options"]
    open_in = frozenset({ImportState.CHECKED, ImportState.DONE})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = planning_templates.refused_lines(self.planning_import)
        return csv_file(rows, "lignes-refusees.csv")
