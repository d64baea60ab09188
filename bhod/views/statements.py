"""Payments as a circle reads them: what each brought its doctors, what a year came to, and both to take away."""

import re
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from bhod.forms.statements import CORRECTIONS, ExportForm, RunLinesForm, YearForm
from bhod.models import PaymentRun
from bhod.permissions import Capability
from bhod.selectors import statements as selectors
from bhod.selectors.guards import month_of
from bhod.selectors.payments import NOTHING, OUTCOME_TONES
from bhod.selectors.statements import StatementSum
from bhod.services import statement_files, statements
from bhod.services.statement_files import Statement
from bhod.services.statements import BY_DOCTOR, BY_GUARD, BY_RUN
from bhod.views.common import CapabilityRequiredMixin
from bhod.views.finances import days_of_address
from bhod_portal.core import clock
from bhod_portal.core.http import csv_file, to_keep, workbook_file
from bhod_portal.core.ui import Column

RUNS_ON_A_PAGE, LINES_ON_A_PAGE = 12, 25
CSV, XLSX, PDF = "csv", "xlsx", "pdf"
_NUMBER, _YEAR = re.compile("[0-9]{1,9}"), re.compile("20[0-9]{2}")


class FinanceRunsView(CapabilityRequiredMixin, TemplateView):
    """The closed payments with lines of the circle, the latest first."""

    required_capability = Capability.SEE_FINANCES
    template_name = "bhod/finance_runs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = selectors.run_statements(selectors.parts_of(self.enterprise_id))
        page = Paginator(found, RUNS_ON_A_PAGE).get_page(self.request.GET.get("page"))
        context = {
            "page_obj": page,
            "rows": [{"run": each.run, "sum": each.sum, "states": _states(each.sum)} for each in page],
            "columns": [
                _("Paiement"), _("Clôturé le"), Column(_("Gardes")), Column(_("Honoraires")),
                Column(_("Corrections")), Column(_("Total")), _("Où en est l'argent"),
            ],
        }  # fmt: skip
        return super().get_context_data(**kwargs) | self.page_context() | context


class FinanceRunView(CapabilityRequiredMixin, TemplateView):
    """What a closed payment brings the doctors of the circle, and the lines of which it is made."""

    required_capability = Capability.SEE_FINANCES
    template_name = "bhod/finance_run.html"
    run: PaymentRun

    def load(self) -> None:
        super().load()
        runs = selectors.closed_runs(self.portal_request.world)
        self.run = get_object_or_404(runs, pk=self.kwargs["run_pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        parts = selectors.parts_of(self.enterprise_id, run=self.run)
        doctors = selectors.doctor_parts(parts)
        total = selectors.total_of(parts)
        form = RunLinesForm(self.request.GET, providers=[each.provider for each in doctors])
        form.is_valid()
        asked = {name: value for name, value in form.cleaned_data.items() if value}
        lines = selectors.lines_of_run(
            self.enterprise_id,
            self.run,
            provider_id=asked.get("medecin"),
            corrections_only=asked.get("lignes") == CORRECTIONS,
        )
        page = Paginator(lines, LINES_ON_A_PAGE).get_page(self.request.GET.get("page"))
        context = {
            "run": self.run,
            "total": total,
            "states": _states(total),
            "doctors": [
                {"provider": each.provider, "part": each.part, "state": statements.state_of(each.part), "tone": OUTCOME_TONES[each.part.outcome]} for each in doctors
            ],
            "form": form,
            "is_filtered": bool(asked),
            "query": urlencode(asked),
            "page_obj": page,
            "lines": selectors.statement_lines(self.enterprise_id, page, parts),
            "doctor_columns": [
                _("Médecin"), Column(_("Gardes")), Column(_("Heures")), Column(_("Honoraires")),
                Column(_("Corrections")), Column(_("Total")), _("État du paiement"),
            ],
            "line_columns": [_("Garde"), _("Médecin"), _("Nature"), _("Calcul"), Column(_("Montant"))],
            "files": _files(
                {"paiement": self.run.pk},
                (_("CSV par médecin"), BY_DOCTOR),
                (_("CSV par garde"), BY_GUARD),
            ),
        }  # fmt: skip
        return super().get_context_data(**kwargs) | self.page_context() | context


def _sums() -> tuple[str, ...]:
    """What stands above each number of a year."""
    return (
        _("Gardes"),
        _("Heures"),
        _("Honoraires"),
        _("Corrections"),
        _("Total payé"),
        _("Envoyé, sans réponse de la banque"),
    )


class FinanceYearView(CapabilityRequiredMixin, TemplateView):
    """What each doctor of the circle was paid in a year, as it helps to check his tax slip."""

    required_capability = Capability.SEE_FINANCES
    template_name = "bhod/finance_year.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        parts = selectors.parts_of(self.enterprise_id)
        years = selectors.years_of(parts) or [clock.today(self.portal_request.world).year]
        form = YearForm(self.request.GET if "annee" in self.request.GET else {"annee": years[0]}, years=years)
        year = form.asked()
        doctors = selectors.year_statement(parts, year)
        context = {
            "form": form,
            "year": year,
            "doctors": doctors,
            "total": selectors.total_of(selectors.received_in(parts, year)),
            "sent": sum((each.sent for each in doctors), NOTHING),
            "columns": [_("Médecin"), *map(Column, _sums())],
            "files": _files(
                {"annee": year},
                (_("CSV par médecin"), BY_DOCTOR),
                (_("CSV par paiement"), BY_RUN),
            ),
        }
        return super().get_context_data(**kwargs) | self.page_context() | context


class FinanceExportView(CapabilityRequiredMixin):
    """A statement as a file of the `format` in the address: of a payment (`paiement`), a year (`annee`), or a period.

    A CSV file holds one table of it, `par` doctor or another. Without a format, the page asks of which period. A line of the
    trail is all that it writes.
    """

    required_capability = Capability.SEE_FINANCES
    http_method_names = ["get", "options"]

    def load(self) -> None:
        super().load()
        asked = {name: value for name, value in self.request.GET.items() if value}
        if not {"du", "au"} & asked.keys():
            asked |= days_of_address(month_of(clock.today(self.portal_request.world)))
        self.form = ExportForm({"par": BY_GUARD} | asked)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kind = request.GET.get("format", "")
        statement = self._statement(kind) if kind in {CSV, XLSX, PDF} else None
        if statement is None:
            formats = {"workbook": XLSX, "document": PDF, "table": CSV}
            context = self.page_context() | {"form": self.form, "formats": formats}
            return render(request, "bhod/finance_export.html", context)
        name = f"decompte-{statement.name}-{self.circle.bce_number}"
        if kind == XLSX:
            return workbook_file(statement_files.as_workbook(statement), f"{name}.xlsx")
        if kind == PDF:
            content = statement_files.as_document(statement)
            return to_keep(HttpResponse(content, content_type="application/pdf"), f"{name}.pdf")
        sheet = statement.sheet(request.GET.get("par", ""))
        return csv_file(statement_files.as_table(sheet), f"{name}-{sheet.slug}.csv")

    def _statement(self, kind: str) -> Statement | None:
        asked, world, by = self.request.GET, self.portal_request.world, self.portal_request.user
        at = clock.now(world)
        if "paiement" in asked:
            key = asked["paiement"]
            run = get_object_or_404(
                selectors.closed_runs(world), pk=int(key) if _NUMBER.fullmatch(key) else 0
            )
            return statements.run_statement(enterprise=self.circle, run=run, kind=kind, by=by, at=at)
        if "annee" in asked:
            if not _YEAR.fullmatch(asked["annee"]):
                raise Http404
            year = int(asked["annee"])
            return statements.year_statement(enterprise=self.circle, year=year, kind=kind, by=by, at=at)
        if not self.form.is_valid():
            return None
        period = self.form.cleaned_data["period"]
        return statements.period_statement(enterprise=self.circle, period=period, kind=kind, by=by, at=at)


def _states(summed: StatementSum) -> list[dict[str, Any]]:
    """What of a sum stands where: label, tone and amount."""
    return [
        {"label": outcome.label, "tone": OUTCOME_TONES[outcome], "amount": amount}
        for outcome, amount in summed.by_outcome
    ]


def _files(asked: dict[str, Any], *tables: tuple[str, str]) -> list[tuple[str, str]]:
    """The files of a statement: what the link says, and its address."""
    files = [
        (_("Classeur Excel"), {"format": XLSX}),
        (_("PDF"), {"format": PDF}),
        *((label, {"format": CSV, "par": slug}) for label, slug in tables),
    ]
    return [(label, f"{reverse('bhod:finance_export')}?{urlencode(asked | more)}") for label, more in files]
