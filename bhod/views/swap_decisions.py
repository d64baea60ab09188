"""Swaps as the circle sees them: which are open, and which wait for its decision."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from bhod.forms.swaps import SwapDecideForm
from bhod.permissions import Capability
from bhod.selectors import swaps as selectors
from bhod.selectors.circles import organisation_of
from bhod.selectors.plans import judge
from bhod.services import swaps as services
from bhod.services.planning import PlanRefusedError
from bhod.views.common import CapabilityRequiredMixin
from bhod_portal.core import clock

# « The last months » of the issue: a quarter.
SHOWN_FOR = timedelta(days=92)


class SwapQueueView(CapabilityRequiredMixin, TemplateView):
    """What waits for the circle's decision, what is offered now, and what became of the others."""

    required_capability = Capability.MANAGE_GUARDS
    template_name = "bhod/swap_queue.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at = clock.now(self.portal_request.world)
        swaps = selectors.swaps_of_circle(self.enterprise_id, at=at, since=at - SHOWN_FOR)
        columns = [_("Garde"), _("Unité"), _("Proposée par"), _("Proposée à"), _("État"), _("Action")]
        context = {
            "waiting": [each for each in swaps if each.is_waiting],
            "open": [each for each in swaps if each.is_open],
            "over": [each for each in reversed(swaps) if not each.stands],
            "columns": columns,
            "needs_manager": organisation_of(self.enterprise_id).swaps_need_manager,
        }
        return super().get_context_data(**kwargs) | self.page_context() | context


class SwapDecideView(CapabilityRequiredMixin, FormView):
    """A swap that a colleague accepted: what the rules say of it, and the circle's decision."""

    required_capability = Capability.MANAGE_GUARDS
    form_class = SwapDecideForm
    template_name = "bhod/swap_decide.html"

    def load(self) -> None:
        self.at = clock.now(self.portal_request.world)
        swap = selectors.swap_of_circle(self.enterprise_id, self.kwargs["swap_pk"], at=self.at)
        if swap is None:
            raise Http404
        self.swap = swap

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offer = self.swap.offer
        problems = []
        if self.swap.is_waiting and offer.taker:
            verdict = judge(services.swap_plan(offer, offer.taker), at=self.at)
            problems = [problem for found in verdict.problems for problem in found]
        context = {"swap": self.swap, "problems": problems}
        return super().get_context_data(**kwargs) | self.page_context() | context

    def form_valid(self, form: SwapDecideForm) -> HttpResponse:
        approve = form.cleaned_data["approve"]
        try:
            services.decide_swap(
                offer=self.swap.offer,
                approve=approve,
                reason=form.cleaned_data["reason"],
                by=self.portal_request.user,
                at=self.at,
            )
        except PlanRefusedError:
            # The page says which rule, as it asks them itself.
            return self.form_invalid(form)
        except ValidationError as refusal:
            messages.warning(self.request, " ".join(refusal.messages))
        else:
            done = _("L'échange est approuvé : la garde a changé de médecin.")
            messages.success(
                self.request,
                done if approve else _("L'échange est refusé : la garde reste à qui la proposait."),
            )
        return redirect("bhod:swap_queue")
