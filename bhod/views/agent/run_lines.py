"""What stands in a payment, as one reads it before checking it: by circle, by doctor, corrections alone, line by line."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from bhod.enums import RunState, SettlementOutcome
from bhod.forms.runs import SettledSearchForm
from bhod.selectors import run_lines
from bhod.selectors.payment_runs import figures_of
from bhod.selectors.payments import corrections_among
from bhod.views.agent.runs import WAITS, RunView
from bhod_portal.core.ui import Column
from csam.http import AuthenticatedRequest
from csam.models import Enterprise
from prosante_login.models import CareProvider

PAGE_SIZE = 50
# What fits in a key of the database.
MOST_DIGITS = 18
CIRCLES, DOCTORS, CORRECTIONS, LINES = "cercles", "medecins", "corrections", "gardes"
TABS = {
    CIRCLES: gettext_lazy("Par cercle"),
    DOCTORS: gettext_lazy("Par médecin"),
    CORRECTIONS: gettext_lazy("Corrections"),
    LINES: gettext_lazy("Garde par garde"),
}


class RunLinesView(RunView, TemplateView):
    """The lines of a payment in one of four manners; `cercle` and `medecin` keep to those of one."""

    request: AuthenticatedRequest
    template_name = "bhod/run_lines.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.get("vue", "")
        self.manner = asked if asked in TABS else CIRCLES
        self.kept = {"vue": self.manner}
        match self.manner:
            case "cercles":
                shown = self.circles()
            case "medecins":
                shown = self.doctors()
            case "corrections":
                shown = self.lines(corrections_among(run_lines.lines_of(self.run)))
            case _:
                shown = self.lines(run_lines.lines_of(self.run))
        context = {
            "manner": self.manner,
            "tabs": list(TABS.items()),
            "figures": figures_of(self.run),
            "waits": self.run.state in WAITS,
            "is_closed": self.run.state == RunState.CLOSED,
        }
        return super().get_context_data(**kwargs) | context | shown | {"query": urlencode(self.kept)}

    def circles(self) -> dict[str, Any]:
        columns = [
            _("Cercle"),
            Column(_("Médecins")),
            Column(_("Lignes")),
            Column(_("dont reprises")),
            Column(_("Honoraires")),
            Column(_("Repris")),
            Column(_("Total")),
        ]
        page = self.page(run_lines.circles_of(self.run))
        return {"page_obj": page, "rows": list(page), "columns": columns}

    def doctors(self) -> dict[str, Any]:
        form = SettledSearchForm(self.request.GET)
        text = form.cleaned_data["nom"] if form.is_valid() else ""
        outcome = self.request.GET.get("resultat", "")
        outcome = outcome if outcome in SettlementOutcome.values else ""
        settlements = self.settlements()
        sums = run_lines.sums_of(settlements)
        chosen = [each for each in settlements if not outcome or each.outcome == outcome]
        page = self.page(run_lines.by_name(chosen, text=text))
        if text:
            self.kept["nom"] = text
        kept = urlencode(self.kept)
        if outcome:
            self.kept["resultat"] = outcome
        return {
            "form": form,
            "outcome": outcome,
            "outcomes": [
                (each.outcome.value, run_lines.label_of(each.outcome, self.run), each.doctors)
                for each in sums.by_outcome
            ],
            "all_doctors": len(settlements),
            "kept": kept,
            "page_obj": page,
            "rows": run_lines.settled_doctors(list(page), chosen, self.run),
            "columns": [
                _("Médecin"),
                Column(_("Solde précédent")),
                Column(_("Retourné par la banque")),
                Column(_("Honoraires et corrections")),
                Column(_("Versé")),
                Column(_("Nouveau solde")),
                _("Résultat"),
            ],
        }

    def lines(self, lines: Any) -> dict[str, Any]:
        circle = self.chosen("cercle", Enterprise.objects.filter(world=self.request.world))
        doctor = self.chosen(
            "medecin", CareProvider.objects.filter(person__world=self.request.world).select_related("person")
        )
        if circle:
            lines = lines.filter(guard_check__enterprise=circle)
        if doctor:
            lines = lines.filter(guard_check__provider=doctor)
        page = self.page(lines)
        return {
            "circle": circle,
            "doctor": doctor.person if doctor else None,
            "page_obj": page,
            "rows": run_lines.shown(page, self.run),
            "columns": [
                _("Garde"),
                _("Médecin"),
                _("Cercle"),
                _("Calcul"),
                _("Nature"),
                Column(_("Montant")),
            ],
        }

    def chosen(self, name: str, among: Any) -> Any:
        """What the address names by its key, where it is there."""
        key = self.request.GET.get(name, "")
        found = among.filter(pk=int(key)).first() if key.isdecimal() and len(key) <= MOST_DIGITS else None
        if found:
            self.kept[name] = key
        return found

    def page(self, rows: Any) -> Page[Any]:
        return Paginator(rows, PAGE_SIZE).get_page(self.request.GET.get("page"))
