from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from access_mgmt.selectors.propagation import waiting_changes
from bhod_portal.core import chain, clock
from csam.http import PortalRequest
from training import permissions
from training.demo import people
from training.enums import ClockStep
from training.forms import CircleNumberForm, ClockAdvanceForm
from training.selectors.personas import cast_of


@method_decorator(login_not_required, name="dispatch")
class PortalHomeView(TemplateView):
    """What the simulator is, the four systems, the chain, the clock of the world and its people."""

    request: PortalRequest
    template_name = "training/portal_home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        world = self.request.world
        now = clock.now(world)
        columns = [_("Personne"), _("Qui"), _("NISS"), _("Clés numériques"), _("Commencer par")]
        return super().get_context_data(**kwargs) | {
            "world": world,
            "number_form": CircleNumberForm(),
            "now": now,
            "steps": chain.STEPS,
            "clock_steps": ClockStep.choices,
            "clock_form": ClockAdvanceForm(initial={"seen_offset": world.clock_offset}),
            "can_run": permissions.can_run(world),
            "changes": waiting_changes(world=world, at=now),
            "cast": cast_of(world, visitor=self.request.user),
            "persona_columns": columns,
            "staff_columns": [_("Nom d'utilisateur"), _("Qui"), _("Commencer par")],
            "pin": people.PIN,
            "password": people.PASSWORD,
        }
