from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from bhod_portal.core import clock
from bhod_portal.core.shown import shown_instant
from csam.http import PortalRequest
from training.forms import ClockAdvanceForm
from training.services import worlds
from training.views.common import RunsWorldMixin


@method_decorator(login_not_required, name="dispatch")
class ClockAdvanceView(RunsWorldMixin, View):
    """A click on one of the buttons of the clock panel."""

    http_method_names = ["post", "options"]

    def post(self, request: PortalRequest) -> HttpResponse:
        form = ClockAdvanceForm(request.POST)
        if form.is_valid():
            self._advance(request, form)
        else:
            messages.error(request, _("L'horloge n'a pas bougé : choisissez un des boutons."))
        return HttpResponseRedirect(reverse("training:portal_home") + "#horloge")

    def _advance(self, request: PortalRequest, form: ClockAdvanceForm) -> None:
        try:
            now = worlds.advance_clock(world=request.world, at=clock.now(request.world), **form.cleaned_data)
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
        else:
            shown = shown_instant(now)
            messages.success(request, _("Il est maintenant %(now)s.") % {"now": shown})


@method_decorator(login_not_required, name="dispatch")
class WorldResetView(RunsWorldMixin, TemplateView):
    """Asks whether the world must start afresh, and does it."""

    template_name = "training/world_reset.html"

    def post(self, request: PortalRequest) -> HttpResponse:
        worlds.reset_world(world=request.world, real_now=clock.real_now())
        # Whoever was logged in no longer exists.
        logout(request)
        messages.success(request, _("Le monde recommence : tout est comme au premier jour."))
        return redirect("training:portal_home")
