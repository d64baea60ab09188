"""Acts upon one guard beside changing and cancelling it: its performance, its parts, its history."""

from datetime import time
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from bhod.enums import GuardState
from bhod.forms.bulk import ReopenForm, SplitForm
from bhod.models import Guard
from bhod.permissions import Capability
from bhod.selectors.batches import history_of
from bhod.selectors.guards import guard_line, guards_of
from bhod.services.guards import confirm_guard, reopen_guard
from bhod.services.proposals import Proposal
from bhod.services.splits import split_of
from bhod.views.bulk import BulkView
from bhod.views.common import CapabilityRequiredMixin
from bhod_portal.core import clock
from bhod_portal.core.refusals import add_refusal, refusal_codes


class GuardMixin(CapabilityRequiredMixin):
    """A page about one guard of the circle."""

    required_capability = Capability.MANAGE_GUARDS
    guard: Guard

    def load(self) -> None:
        self.guard = get_object_or_404(
            guards_of(self.enterprise_id).select_related("registered_by"), pk=self.kwargs["guard_pk"]
        )
        super().load()

    def guard_context(self) -> dict[str, Any]:
        return self.page_context() | {"line": guard_line(self.guard, self.tariffs)}


class GuardConfirmOneView(GuardMixin, TemplateView):
    """The performance of one guard, confirmed as it stands."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "bhod/guard_confirm_one.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_over = self.guard.ends_at <= clock.now(self.portal_request.world)
        can_confirm = self.guard.state == GuardState.REGISTERED and is_over
        context = {"is_over": is_over, "can_confirm": can_confirm}
        return super().get_context_data(**kwargs) | self.guard_context() | context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.guard.state == GuardState.CONFIRMED:
            messages.info(request, _("Cette garde est déjà confirmée."))
            return redirect("bhod:guard_edit", guard_pk=self.guard.pk)
        try:
            confirm_guard(
                guard=self.guard, by=self.portal_request.user, at=clock.now(self.portal_request.world)
            )
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("La garde est confirmée."))
        return redirect("bhod:guard_edit", guard_pk=self.guard.pk)


class GuardReopenView(GuardMixin, FormView):
    """A confirmation taken back, with the reason."""

    form_class = ReopenForm
    template_name = "bhod/guard_reopen.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {
            "is_confirmed": self.guard.state == GuardState.CONFIRMED,
            "known": self.known_to_payments([self.guard]),
        }
        return super().get_context_data(**kwargs) | self.guard_context() | context

    def form_valid(self, form: ReopenForm) -> HttpResponse:
        request = self.portal_request
        try:
            reopen_guard(
                guard=self.guard,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=clock.now(request.world),
            )
        except ValidationError as refusal:
            if refusal_codes(refusal) <= {"not_confirmed", "changed_meanwhile"}:
                # Someone, or the first of two clicks, was faster.
                messages.info(request, " ".join(refusal.messages))
                return redirect("bhod:guard_edit", guard_pk=self.guard.pk)
            add_refusal(form, refusal, {})
            return self.form_invalid(form)
        messages.success(request, _("La confirmation est retirée : la garde est à confirmer à nouveau."))
        return redirect("bhod:guard_edit", guard_pk=self.guard.pk)


class GuardSplitView(GuardMixin, BulkView):
    """A guard cut in two; the second part may go to a colleague."""

    form_class = SplitForm
    fields: ClassVar[dict[str, str]] = {"cut_outside": "heure"}
    template_name = "bhod/guard_split.html"

    def form_kwargs(self) -> dict[str, Any]:
        known = {each.pk for each in self.providers}
        own = [] if self.guard.provider_id in known else [self.guard.provider]
        return {"providers": [*self.providers, *own]}

    def initial(self) -> dict[str, Any]:
        middle = localtime(self.guard.starts_at + (self.guard.ends_at - self.guard.starts_at) / 2)
        return {"jour": middle.date(), "heure": time(middle.hour), "medecin": self.guard.provider_id}

    def propose(self, values: dict[str, Any]) -> Proposal:
        return split_of(guard=self.guard, cut_at=values["cut_at"], provider=values["provider"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | self.guard_context()


class GuardHistoryView(GuardMixin, TemplateView):
    """Every act upon a guard: who, when, and what differs since."""

    template_name = "bhod/guard_history.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {
            "history": history_of(self.guard),
            "columns": [_("Quand"), _("Qui"), _("Acte"), _("Avant → après")],
        }
        return super().get_context_data(**kwargs) | self.guard_context() | context
