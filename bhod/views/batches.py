"""The bulk acts of a circle, and undoing one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from bhod.enums import GuardState
from bhod.permissions import Capability
from bhod.selectors.batches import batches_of
from bhod.services.batches import undo_batch, undoing_of
from bhod.services.proposals import preview
from bhod.views.bulk import changed_by, preview_context, who_was_told
from bhod.views.common import CapabilityRequiredMixin
from bhod_portal.core import clock
from bhod_portal.core.refusals import refusal_codes
from bhod_portal.core.ui import Column

PER_PAGE = 25


class BatchListView(CapabilityRequiredMixin, TemplateView):
    """« Actes groupés »: the latest first, each with what undoes it."""

    required_capability = Capability.MANAGE_GUARDS
    template_name = "bhod/batch_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(batches_of(self.enterprise_id), PER_PAGE).get_page(self.request.GET.get("page"))
        context = {
            "page_obj": page,
            "batches": list(page),
            "columns": [_("Fait le"), _("Par"), _("Acte"), Column(_("Gardes")), _("État"), ""],
        }
        return super().get_context_data(**kwargs) | self.page_context() | context


class BatchUndoView(CapabilityRequiredMixin, TemplateView):
    """What undoing an act would do, guard by guard, and the confirmation that does exactly that."""

    required_capability = Capability.MANAGE_GUARDS
    http_method_names = ["get", "head", "post", "options"]
    template_name = "bhod/batch_undo.html"

    def load(self) -> None:
        super().load()
        self.at = clock.now(self.portal_request.world)
        self.batch = get_object_or_404(batches_of(self.enterprise_id), pk=self.kwargs["batch_pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = {"batch": self.batch, "preview": None}
        if self.batch.undone_at is None:
            shown = preview(proposal=undoing_of(self.batch), by=self.portal_request.user, at=self.at)
            number = len(shown.accepted)
            context |= preview_context(shown, self.enterprise_id) | {
                "known": self.known_to_payments(changed_by(shown)),
                "cancels": all(line.entry.state == GuardState.CANCELLED for line in shown.accepted),
                "preview": shown,
                "button": ngettext(
                    "Annuler cet acte pour %(number)s garde",
                    "Annuler cet acte pour %(number)s gardes",
                    number,
                )
                % {"number": number},
            }
        return super().get_context_data(**kwargs) | self.page_context() | context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            done = undo_batch(
                batch=self.batch,
                shown=request.POST.get("fingerprint", ""),
                by=self.portal_request.user,
                at=self.at,
            )
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
            if "already_undone" in refusal_codes(refusal):
                return redirect("bhod:batch_list")
            return redirect("bhod:batch_undo", batch_pk=self.batch.pk)
        messages.success(request, _("L'acte est annulé.") + " " + who_was_told(done.told))
        return redirect("bhod:batch_list")
