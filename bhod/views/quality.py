from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from bhod.enums import Severity
from bhod.forms import read_month
from bhod.forms.quality import Look, Span, read_look
from bhod.permissions import Capability
from bhod.rules.register import RULES, Rule
from bhod.selectors.quality import Board, Finding, Section, quality_board
from bhod.services.quality import export_quality
from bhod.views.common import CapabilityRequiredMixin
from bhod.views.quality_links import Link, mending_links
from bhod_portal.core import clock
from bhod_portal.core.http import csv_file
from bhod_portal.core.periods import months_later
from bhod_portal.core.ui import Column

# What a rule shows beside the others, and alone.
SHOWN, PER_PAGE = 10, 50


@dataclass(frozen=True, slots=True)
class WorkRow:
    finding: Finding
    links: Sequence[Link]


@dataclass(frozen=True, slots=True)
class WorkSection:
    """A rule's findings as far as the page shows them."""

    section: Section
    rows: Sequence[WorkRow]
    page: Page[Finding] | None

    @property
    def rule(self) -> Rule:
        return self.section.rule

    @property
    def count(self) -> int:
        return len(self.section.findings)

    @property
    def has_more(self) -> bool:
        return self.page is None and len(self.rows) < self.count


class QualityMixin(CapabilityRequiredMixin):
    """What the rules say of the planning over the period in the address."""

    required_capability = Capability.MANAGE_GUARDS

    def load(self) -> None:
        super().load()
        self.at = clock.now(self.portal_request.world)
        self.today = clock.day_of(self.at)
        self.look: Look = read_look(self.request.GET, today=self.today)

    def board(self) -> Board:
        return quality_board(enterprise_id=self.enterprise_id, period=self.look.period, at=self.at)


class QualityView(QualityMixin, TemplateView):
    """The board: score, what is to mend by rule, what is good to know."""

    template_name = "bhod/quality.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_valid = not self.look.form.is_bound or self.look.form.is_valid()
        board = self.board() if is_valid else None
        only = self.request.GET.get("regle", "")
        sections = [*board.work, *board.information] if board else []
        chosen = next((each for each in sections if each.rule.code == only), None)
        context = {
            "look": self.look,
            "form": self.look.form,
            "month": self.look.period.start,
            "spans": list(self._spans()),
            "steps": self._steps(),
            "board": board,
            "only": chosen.rule if chosen else None,
            "work": self._shown(board.work if board else [], chosen),
            "information": self._shown(board.information if board else [], chosen),
            "columns": [_("Quand"), _("Où et qui"), _("Constat"), Column(_("Heures en jeu")), ""],
            "checked": [rule for rule in RULES.values() if rule.severity != Severity.GUARANTEED],
            "guaranteed": [rule for rule in RULES.values() if rule.severity == Severity.GUARANTEED],
            "here": f"{reverse('bhod:quality')}?{self.look.query}",
            "export_url": f"{reverse('bhod:quality_export')}?{self.look.query}",
            "rule_query": urlencode({**self.look.asked, "regle": only}),
        }
        return super().get_context_data(**kwargs) | self.page_context() | context

    def _shown(self, sections: Sequence[Section], chosen: Section | None) -> list[WorkSection]:
        return [
            self._section(each, alone=each is chosen) for each in sections if chosen is None or each is chosen
        ]

    def _section(self, section: Section, *, alone: bool) -> WorkSection:
        page = None
        if alone:
            page = Paginator(section.findings, PER_PAGE).get_page(self.request.GET.get("page"))
        found = page or section.findings[:SHOWN]
        return WorkSection(section, [WorkRow(each, mending_links(each)) for each in found], page)

    def _spans(self) -> Iterator[tuple[str, str, bool]]:
        """Each span with the address that shows it, and whether it is the one that is shown."""
        month = f"{self.look.period.start:%Y-%m}" if self.look.steps else f"{self.today:%Y-%m}"
        for span in (Span.MONTH, Span.QUARTER, Span.YEAR):
            asked = {"periode": span.value} | ({"mois": month} if span != Span.YEAR else {})
            yield str(span.label), f"?{urlencode(asked)}", span == self.look.span

    def _steps(self) -> dict[str, date | None]:
        """Where the period before and the one after begin, as far as there is an address for them."""
        if not self.look.steps:
            return {"before": None, "after": None}
        start = self.look.period.start
        return {
            name: day if read_month(f"{day:%Y-%m}") else None
            for name, day in (
                ("before", months_later(start, -self.look.steps)),
                ("after", months_later(start, self.look.steps)),
            )
        }


class QualityExportView(QualityMixin):
    """The work list of the period as a file."""

    http_method_names = ["get", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = export_quality(
            enterprise=self.circle, board=self.board(), by=self.portal_request.user, at=self.at
        )
        name = f"qualite-{self.circle.bce_number}-{self.look.period.start:%Y-%m-%d}.csv"
        return csv_file(rows, name)
