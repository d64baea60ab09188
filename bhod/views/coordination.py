"""A coordinator of a guard post: the guards of several circles in one grid, and one act over them."""

import secrets
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from bhod.eligibility import ONE_DAY
from bhod.forms.coordination import CirclesCancelForm, CirclesCopyForm, CirclesForm, CirclesPeriodForm
from bhod.permissions import Capability
from bhod.selectors.coordination import coordinated_circles
from bhod.selectors.grid import month_grid
from bhod.selectors.guards import month_of, units_of
from bhod.services import confirmations, copies
from bhod.services.coordination import CircleAct, CircleOutcome, do_in_circles
from bhod.services.proposals import Preview, Proposal, preview
from bhod.views.bulk import RefusedRow, asked_of, way_out, what_was_done
from bhod.views.common import CapabilityRequiredMixin
from bhod.views.month import MonthMixin
from bhod_portal.core import clock
from bhod_portal.core.periods import Period, months_later
from csam.models import Enterprise

SEPARATOR = "-"


class CirclesMixin(CapabilityRequiredMixin):
    """A page over all circles that gave its reader a function which opens their guards."""

    required_capability = Capability.MANAGE_GUARDS

    @cached_property
    def circles(self) -> list[Enterprise]:
        request = self.portal_request
        return coordinated_circles(person=request.user, on=clock.today(request.world))


class CoordinationView(CirclesMixin, MonthMixin, TemplateView):
    """Units of all these circles by days; no amounts, for what one is in one circle one may not be in another."""

    template_name = "bhod/coordination.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at = clock.now(self.portal_request.world)
        grids = [
            (circle, month_grid(
                enterprise_id=circle.pk, units=list(units_of(circle.pk)), month=self.month, at=at, tariffs=None
            ))
            for circle in self.circles
        ]  # fmt: skip
        context = {"grids": grids, "columns": grids[0][1].columns if grids else []}
        return super().get_context_data(**kwargs) | self.page_context() | self.month_context() | context


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class CoordinationActView(CirclesMixin, TemplateView):
    """An act over several circles: asked in the address, shown circle by circle, then done once in each.

    Each circle is a transaction of its own: nobody waits in one of them for what is done in another, and two coordinators
    who take the same circles in another order don't block each other.
    """

    http_method_names = ["get", "head", "post", "options"]
    template_name = "bhod/coordination_act.html"
    form_class: type[CirclesForm]
    title: Any

    def load(self) -> None:
        super().load()
        self.at = clock.now(self.portal_request.world)
        is_asked = any(name in self.request.GET for name in self.form_class.base_fields)
        self.data = self.request.GET if is_asked else self.by_default()
        self.form = self.form_class(self.data, circles=self.circles)

    def by_default(self) -> QueryDict | None:
        """What is asked when the address says nothing; None shows the form alone."""
        return None

    def propose(self, circle: Enterprise, values: dict[str, Any]) -> Proposal:
        raise NotImplementedError

    def proposals(self) -> list[tuple[Enterprise, Proposal]]:
        if not self.form.is_bound or not self.form.is_valid():
            return []
        values = self.form.cleaned_data
        return [(circle, self.propose(circle, values)) for circle in values["circles"]]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = [
            self.shown(circle, preview(proposal=proposal, by=self.portal_request.user, at=self.at))
            for circle, proposal in self.proposals()
        ]
        context = {
            "title": self.title,
            "form": self.form,
            "shown": shown,
            "accepted": sum(len(each["preview"].accepted) for each in shown),
            "click": secrets.token_hex(8),
            "query": self.data.urlencode() if self.data else "",
        }
        return super().get_context_data(**kwargs) | self.page_context() | context

    def shown(self, circle: Enterprise, of_circle: Preview) -> dict[str, Any]:
        # A link leads into the circle that one has entered, and into no other.
        is_here = circle.pk == self.enterprise_id
        refused = [
            RefusedRow(line, way_out(line, circle.pk) if is_here else None) for line in of_circle.refused
        ]
        return {"circle": circle, "preview": of_circle, "refused": refused}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        acts = [
            CircleAct(circle, proposal, shown)
            for circle, proposal in self.proposals()
            if (shown := request.POST.get(f"fingerprint{SEPARATOR}{circle.pk}"))
        ]
        if not acts:
            return self.render_to_response(self.get_context_data())
        outcomes = do_in_circles(
            acts=acts, click=request.POST.get("click", ""), by=self.portal_request.user, at=self.at
        )
        for outcome in outcomes:
            self.tell(outcome)
        begun = min((each.starts_at for act in acts for each in act.proposal.plan.entries), default=self.at)
        return redirect(f"{reverse('bhod:coordination')}?mois={clock.day_of(begun):%Y-%m}")

    def tell(self, outcome: CircleOutcome) -> None:
        name = outcome.act.circle.name
        if outcome.done:
            messages.success(
                self.request, f"{name} : {what_was_done(outcome.act.proposal.kind, outcome.done)}"
            )
        elif outcome.refusal:
            messages.warning(self.request, f"{name} : {outcome.refusal}")
        else:
            messages.info(self.request, _("%(circle)s : c'est déjà fait.") % {"circle": name})


class CoordinationConfirmView(CoordinationActView):
    form_class = CirclesPeriodForm
    title = gettext_lazy("Confirmer les gardes de plusieurs cercles")

    def by_default(self) -> QueryDict:
        today = clock.day_of(self.at)
        return self.everywhere(month_of(months_later(today.replace(day=1), -1)))

    def everywhere(self, period: Period) -> QueryDict:
        asked = asked_of(period)
        asked.setlist("cercles", [str(circle.pk) for circle in self.circles])
        return asked

    def propose(self, circle: Enterprise, values: dict[str, Any]) -> Proposal:
        return confirmations.confirmation_of(enterprise_id=circle.pk, period=values["period"], at=self.at)


class CoordinationPublishView(CoordinationConfirmView):
    title = gettext_lazy("Enregistrer les brouillons de plusieurs cercles")

    def by_default(self) -> QueryDict:
        first = clock.day_of(self.at).replace(day=1)
        return self.everywhere(Period(first, months_later(first, 12) - ONE_DAY))

    def propose(self, circle: Enterprise, values: dict[str, Any]) -> Proposal:
        return confirmations.publication_of(enterprise_id=circle.pk, period=values["period"])


class CoordinationCancelView(CoordinationActView):
    form_class = CirclesCancelForm
    title = gettext_lazy("Annuler des gardes de plusieurs cercles")

    def propose(self, circle: Enterprise, values: dict[str, Any]) -> Proposal:
        return confirmations.cancellation_of(
            enterprise_id=circle.pk, period=values["period"], reason=values["motif"]
        )


class CoordinationCopyView(CoordinationActView):
    form_class = CirclesCopyForm
    title = gettext_lazy("Copier une semaine de plusieurs cercles")

    def propose(self, circle: Enterprise, values: dict[str, Any]) -> Proposal:
        return copies.copied_weeks(
            enterprise_id=circle.pk,
            source=values["de"],
            target=values["vers"],
            is_draft=values["brouillon"],
        )
