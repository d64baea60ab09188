"""Where an agent of INAMI begins: what is due, the payments of his world, the checks of its guards."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from bhod.selectors import payment_runs, rounds
from bhod.selectors.agent_todo import agent_todo
from bhod.services.validation import ask_round
from bhod.views.agent.common import AgentView
from bhod_portal.core import clock
from bhod_portal.core.ui import Column
from csam.http import AuthenticatedRequest

# Two years of payments.
PAGE_SIZE = 12
REFRESH_SECONDS = 5


class AgentHomeView(AgentView, TemplateView):
    request: AuthenticatedRequest
    template_name = "bhod/agent_home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        world = self.request.world
        waiting = rounds.waiting_round(world)
        page = Paginator(payment_runs.payment_runs(world), PAGE_SIZE).get_page(self.request.GET.get("page"))
        return super().get_context_data(**kwargs) | {
            "todo": agent_todo(world, on=clock.day_of(self.at)),
            "next_payment": payment_runs.next_payment(world, clock.day_of(self.at)),
            "page_obj": page,
            "runs": payment_runs.rows_of(list(page)),
            "run_columns": [
                _("Paiement"),
                _("Période"),
                _("État"),
                Column(_("Lignes")),
                Column(_("dont reprises")),
                Column(_("Total")),
                _("Clôturé le"),
            ],
            "waiting_round": waiting,
            "uses_htmx": waiting is not None,
            "reloads_after": REFRESH_SECONDS if waiting else 0,
            "refresh_seconds": REFRESH_SECONDS,
            "rounds": rounds.latest_rounds(world),
            "round_columns": [
                _("Demandé le"),
                _("Par"),
                _("Terminé le"),
                Column(_("Validées")),
                Column(_("Refusées")),
                Column(_("Sans tarif")),
            ],
            "ledger_check": payment_runs.latest_ledger_check(world),
        }


class RoundAskView(AgentView):
    """Ask for a round of validation now."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        ask_round(world=self.request.world, by=self.request.user, at=self.at)
        messages.success(
            self.request,
            _(
                "Le contrôle est demandé : il se fait dans les secondes qui viennent, rechargez la page pour le voir."
            ),
        )
        return redirect("bhod:agent_home")
