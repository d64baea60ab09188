"""A payment run, step by step: opened, calculated, checked, closed; each step a page or a button of it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from bhod.enums import RunState
from bhod.forms.runs import RunSeenForm
from bhod.models import PaymentRun, Settlement
from bhod.selectors import run_lines
from bhod.selectors.payment_runs import (
    figures_of,
    latest_ledger_check,
    next_payment,
    open_run_of,
    payment_runs,
)
from bhod.selectors.payments import NOTHING
from bhod.services import ledger
from bhod.services import payment_runs as runs
from bhod.views.agent.common import AgentView
from bhod_portal.core import clock
from bhod_portal.core.shown import shown_instant
from bhod_portal.core.ui import Column, Row
from csam.http import AuthenticatedRequest
from csam.models import Person

REFRESH_SECONDS = 2
WAITS = frozenset({RunState.REQUESTED, RunState.CLOSING})
GIVEN_UP = frozenset({RunState.DRAFT, RunState.CHECKED})


class RunView(AgentView):
    """A page about one payment of the agent's world."""

    def load(self) -> None:
        self.run = get_object_or_404(payment_runs(self.request.world), pk=self.kwargs["run_pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"run": self.run}

    def settlements(self) -> list[Settlement]:
        """What it comes to for each doctor; as long as it isn't closed, with the accounts of today."""
        if self.run.state == RunState.CLOSED:
            return list(self.run.settlements.all())
        return ledger.foreseen_settlements(self.run, on=clock.day_of(self.at))

    def to_the_run(self) -> HttpResponse:
        return redirect("bhod:run_detail", run_pk=self.run.pk)

    def refused(self, refusal: ValidationError) -> HttpResponse:
        messages.warning(self.request, " ".join(refusal.messages))
        if PaymentRun.objects.filter(pk=self.run.pk).exists():
            return self.to_the_run()
        return redirect("bhod:agent_home")


class RunOpenView(AgentView, TemplateView):
    """Open the payment of the last two months that are over."""

    request: AuthenticatedRequest
    template_name = "bhod/run_open.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        still_open = open_run_of(self.request.world)
        if still_open:
            return redirect("bhod:run_detail", run_pk=still_open.run.pk)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        world = self.request.world
        try:
            run = runs.open_run(world=world, by=self.request.user, at=self.at)
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
            still_open = open_run_of(world)
            if still_open:
                return redirect("bhod:run_detail", run_pk=still_open.run.pk)
            return redirect("bhod:agent_home")
        return redirect("bhod:run_detail", run_pk=run.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = clock.day_of(self.at)
        coming = next_payment(self.request.world, today)
        return super().get_context_data(**kwargs) | {"coming": coming, "is_due": coming.opens_on <= today}


class RunDetailView(RunView, TemplateView):
    """Where a payment stands, what it comes to, and what is to be done next; while a task does that, how far it is."""

    request: AuthenticatedRequest
    template_name = "bhod/run_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "HX-Request" in request.headers and self.run.state not in WAITS:
            # What this page waited for is done: it shows another one in its place.
            return HttpResponse(headers={"HX-Refresh": "true"})
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waits = self.run.state in WAITS
        context = {
            "waits": waits,
            "uses_htmx": waits,
            "reloads_after": REFRESH_SECONDS if waits else 0,
            "refresh_seconds": REFRESH_SECONDS,
        }
        return super().get_context_data(**kwargs) | context | ({} if waits else self.done())

    def done(self) -> dict[str, Any]:
        figures = figures_of(self.run)
        circles, doctors = run_lines.parties_of(self.run)
        sums = run_lines.sums_of(self.settlements())
        return {
            "rows": [
                Row(_("Lignes"), figures.lines),
                Row(_("dont reprises"), figures.reversals),
                Row(_("Cercles"), circles),
                Row(_("Médecins"), doctors),
                *_steps(self.run),
            ],
            "figures": figures,
            "missing": run_lines.missing_from(self.run) if self.run.state in GIVEN_UP else None,
            "seen_form": RunSeenForm(initial={"lines": figures.lines, "total": str(figures.total)}),
            "sums": sums,
            "sum_rows": [
                {"label": run_lines.label_of(each.outcome, self.run), "sum": each} for each in sums.by_outcome
            ],
            "sum_columns": [
                _("Résultat"),
                Column(_("Médecins")),
                Column(_("Versé")),
                Column(_("Solde reporté")),
            ],
        }


class RunRecalculateView(RunView):
    """Have it calculated anew."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            runs.recalculate_run(run=self.run, by=self.request.user, at=self.at)
        except ValidationError as refusal:
            return self.refused(refusal)
        return self.to_the_run()


class RunCheckView(RunView):
    """Say that it was checked, as it was on the page."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = RunSeenForm(request.POST)
        # What can't be read was not seen.
        seen = (-1, NOTHING)
        if form.is_valid():
            seen = (form.cleaned_data["lines"], form.cleaned_data["total"])
        try:
            checked = runs.check_run(run=self.run, seen=seen, by=self.request.user, at=self.at)
        except ValidationError as refusal:
            return self.refused(refusal)
        if checked:
            messages.success(
                request,
                _("Le paiement est vérifié. Rien n'est encore versé : clôturez-le pour qu'il le soit."),
            )
        else:
            messages.warning(
                request,
                _("Ce paiement a changé depuis que vous l'avez affiché : voyez-le tel qu'il est maintenant."),
            )
        return self.to_the_run()


class RunCloseView(RunView, TemplateView):
    """What closing does, before it is done for good."""

    request: AuthenticatedRequest
    template_name = "bhod/run_close.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.run.state in WAITS | {RunState.CLOSED}:
            return self.to_the_run()
        if self.run.state == RunState.DRAFT:
            messages.warning(request, _("Vérifiez ce paiement avant de le clôturer."))
            return self.to_the_run()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            runs.close_run(run=self.run, by=self.request.user, at=self.at)
        except ValidationError as refusal:
            return self.refused(refusal)
        return self.to_the_run()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ledger_check = latest_ledger_check(self.request.world)
        return super().get_context_data(**kwargs) | {
            "missing": run_lines.missing_from(self.run),
            "ledger_is_wrong": bool(ledger_check and ledger_check.faults),
            "figures": figures_of(self.run),
            "sums": run_lines.sums_of(self.settlements()),
        }


class RunDiscardView(RunView, TemplateView):
    """What giving up means, before it is done."""

    request: AuthenticatedRequest
    template_name = "bhod/run_discard.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.run.state not in GIVEN_UP:
            messages.warning(request, _("Ce paiement ne s'abandonne pas à cette étape : voyez où il en est."))
            return self.to_the_run()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        number = self.run.number
        try:
            runs.discard_run(run=self.run, by=self.request.user, at=self.at)
        except ValidationError as refusal:
            return self.refused(refusal)
        sentence = _(
            "Le paiement n° %(number)d est abandonné : ses gardes attendent le prochain, que vous ouvrez quand vous voulez."
        )
        messages.success(request, sentence % {"number": number})
        return redirect("bhod:agent_home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"figures": figures_of(self.run)}


def _steps(run: PaymentRun) -> list[Row]:
    """When each step was done, and by whom; a task calculates, and the night opens what nobody has opened."""
    rows = [Row(_("Ouvert le"), _when(run.opened_at, run.asked_by or _("la nuit, d'office")))]
    if run.drafted_at:
        rows.append(Row(_("Calculé le"), shown_instant(run.drafted_at)))
    if run.checked_at:
        rows.append(Row(_("Vérifié le"), _when(run.checked_at, run.checked_by)))
    if run.closed_at:
        rows.append(Row(_("Clôturé le"), _when(run.closed_at, run.closed_by)))
    return rows


def _when(at: datetime, by: Person | str | None) -> str:
    return f"{shown_instant(at)} ({by})"
