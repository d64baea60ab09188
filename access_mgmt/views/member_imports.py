"""An import of users: the file, what it would do line by line, the confirmation, what it did."""

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

from access_mgmt.forms.member_imports import MemberImportForm
from access_mgmt.models import Quality
from access_mgmt.services import import_templates, member_imports
from access_mgmt.services.import_files import COLUMNS, MANDATORY
from access_mgmt.services.import_results import Plan
from access_mgmt.views.common import QualityView
from bhod_portal.core import drafts
from bhod_portal.core.dry_runs import dry_run_context
from bhod_portal.core.enums import ImportOutcome
from bhod_portal.core.file_lines import ImportLine, refused_lines, refused_rows, unpack
from bhod_portal.core.http import csv_file, workbook_file
from bhod_portal.core.refusals import refusal_codes
from bhod_portal.core.tables import MAX_LINES
from csam.http import AuthenticatedRequest
from csam.models import Person

FLOW, DONE = "member_import", "member_import_done"
PAGE_SIZES = (25, 50)


class MemberImportView(QualityView, FormView):
    """What to have at hand, and the file."""

    request: AuthenticatedRequest
    form_class = MemberImportForm
    menu_entry = "users"
    template_name = "access_mgmt/member_import.html"

    def form_valid(self, form: Form) -> HttpResponse:
        if not ratelimit.consume(self.request, action="member_import", key=str(self.person.pk)):
            form.add_error(
                "file",
                _(
                    "Trop de fichiers en peu de temps : attendez dix minutes, puis envoyez celui-ci à nouveau."
                ),
            )
            return self.form_invalid(form)
        file = form.cleaned_data["file"]
        try:
            run = member_imports.try_file(
                quality=self.quality, content=file.read(), size=file.size, by=self.person, at=self.at
            )
        except ValidationError as refusal:
            form.add_error("file", refusal)
            return self.form_invalid(form)
        drafts.discard(person=self.person, flow=DONE, subject=str(self.quality.pk))
        keep(self.person, self.quality, run.lines, run.remarks, run.plan)
        return redirect("access_mgmt:member_import_check", quality_pk=self.quality.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "columns": [(name, key in MANDATORY) for key, name in COLUMNS.items()],
            "choices": import_templates.choices_for(self.quality),
            "most": MAX_LINES,
        }


class MemberImportTemplateView(QualityView):
    """The template to fill in, as a workbook or as CSV; a download, and nothing is written."""

    http_method_names = ["get", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.GET.get("format") == "xlsx":
            content = import_templates.template_workbook(quality=self.quality)
            return workbook_file(content, "utilisateurs-modele.xlsx")
        return csv_file([import_templates.headings()], "utilisateurs-modele.csv")


class MemberImportCheckView(QualityView, TemplateView):
    """The dry run: what each line would do; the confirmation does exactly that."""

    request: AuthenticatedRequest
    http_method_names = ["get", "head", "post", "options"]
    menu_entry = "users"
    template_name = "access_mgmt/member_import_check.html"
    draft: dict[str, Any]

    def elsewhere(self) -> HttpResponse | None:
        subject = str(self.quality.pk)
        if self.request.method == "POST":
            # The first of two clicks has the draft.
            self.draft = drafts.take(person=self.person, flow=FLOW, subject=subject)
        else:
            self.draft = drafts.read(person=self.person, flow=FLOW, subject=subject)
        if self.draft:
            return None
        if drafts.read(person=self.person, flow=DONE, subject=subject):
            return redirect("access_mgmt:member_import_done", quality_pk=self.quality.pk)
        messages.info(self.request, _("Envoyez d'abord le fichier des utilisateurs à importer."))
        return redirect("access_mgmt:member_import", quality_pk=self.quality.pk)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lines = [unpack(packed) for packed in self.draft["lines"]]
        try:
            plan = member_imports.import_members(
                quality=self.quality,
                lines=lines,
                shown=request.POST.get("fingerprint", ""),
                by=self.person,
                at=self.at,
            )
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
            if "changed_meanwhile" not in refusal_codes(refusal):
                return redirect("access_mgmt:home")
            plan = member_imports.try_lines(quality=self.quality, lines=lines, by=self.person, at=self.at)
            keep(self.person, self.quality, lines, self.draft["remarks"], plan)
            return redirect("access_mgmt:member_import_check", quality_pk=self.quality.pk)
        drafts.save(
            person=self.person,
            flow=DONE,
            subject=str(self.quality.pk),
            counts=plan.counts,
            functions=len(plan.grants) + len(plan.moves),
            refused=refused_rows(lines, plan.results),
        )
        return redirect("access_mgmt:member_import_done", quality_pk=self.quality.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        size = self._page_size()
        shown = dry_run_context(
            self.draft,
            asked=self.request.GET.get("resultat", ""),
            page=self.request.GET.get("page"),
            per_page=size,
        )
        filtered = f"resultat={shown['outcome']}" if shown["outcome"] else ""
        sized = f"par={size}" if size != PAGE_SIZES[0] else ""
        return (
            super().get_context_data(**kwargs)
            | shown
            | {
                "query": "&".join(filter(None, [filtered, sized])),
                "size": size,
                "size_query": sized,
                "sizes": [(each, "&".join(filter(None, [filtered, f"par={each}"]))) for each in PAGE_SIZES],
                "columns": [_("Ligne"), _("Personne"), _("Résultat"), _("Détail")],
            }
        )

    def _page_size(self) -> int:
        asked = self.request.GET.get("par", "")
        sizes = {str(size): size for size in PAGE_SIZES}
        return sizes.get(asked, PAGE_SIZES[0])


class MemberImportDoneView(QualityView, TemplateView):
    """What the import has done, until the next one."""

    request: AuthenticatedRequest
    menu_entry = "users"
    template_name = "access_mgmt/member_import_done.html"
    done: dict[str, Any]

    def elsewhere(self) -> HttpResponse | None:
        self.done = drafts.read(person=self.person, flow=DONE, subject=str(self.quality.pk))
        return None if self.done else redirect("access_mgmt:member_import", quality_pk=self.quality.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = self.done["counts"]
        return super().get_context_data(**kwargs) | {
            "added": counts[ImportOutcome.ADDED],
            "changed": counts[ImportOutcome.CHANGED],
            "unchanged": counts[ImportOutcome.UNCHANGED],
            "refused": counts[ImportOutcome.REFUSED],
            "functions": self.done["functions"],
        }


class MemberImportErrorsView(QualityView):
    """The refused lines with their reasons, to mend and send again; of the dry run, or of the import just done."""

    http_method_names = ["get", "options"]
    _rows: list[Any]

    def elsewhere(self) -> HttpResponse | None:
        subject = str(self.quality.pk)
        kept = drafts.read(person=self.person, flow=FLOW, subject=subject) or drafts.read(
            person=self.person, flow=DONE, subject=subject
        )
        self._rows = kept.get("refused", [])
        return None if self._rows else redirect("access_mgmt:member_import", quality_pk=self.quality.pk)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = refused_lines(self._rows, COLUMNS)
        return csv_file(rows, "lignes-refusees.csv")


def keep(
    person: Person, quality: Quality, lines: Sequence[ImportLine], remarks: Sequence[str], plan: Plan
) -> None:
    """Keep a dry run until it is confirmed: what the file says, what it would do, and what was shown of it."""
    drafts.save(
        person=person,
        flow=FLOW,
        subject=str(quality.pk),
        lines=[line.packed() for line in lines],
        remarks=list(remarks),
        results=[result.packed() for result in plan.results],
        counts=plan.counts,
        refused=refused_rows(lines, plan.results),
        fingerprint=plan.fingerprint,
    )
