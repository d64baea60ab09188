from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from bhod_portal.core import clock
from bhod_portal.core.identifiers import format_niss
from bhod_portal.core.ui import Row
from csam.http import PortalRequest
from csam.models import EidasIdentity, Person
from training import permissions
from training.forms import PersonaStateForm
from training.selectors import devices
from training.selectors.personas import part_of
from training.selectors.states import groups_of
from training.services import faults
from training.views.common import PersonaMixin, RunsWorldMixin


@method_decorator([login_not_required, never_cache], name="dispatch")
class PersonaDetailView(PersonaMixin, TemplateView):
    """Who someone is, what he has in hand, and the states in which a trainer can put it."""

    request: PortalRequest
    template_name = "training/persona_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person, at = self.person, clock.now(self.request.world)
        may_hold = permissions.can_hold_devices(self.request.user, person)
        return super().get_context_data(**kwargs) | {
            "person": person,
            "part": part_of(person, visitor=self.request.user),
            "rows": _identity(person),
            "groups": groups_of(person, at=at),
            "may_hold": may_hold,
            "token": devices.token_of(person) if may_hold else [],
            "can_run": permissions.can_run(self.request.world),
        }


def _identity(person: Person) -> list[Row]:
    identity = EidasIdentity.objects.filter(person=person).first()
    rows = [
        Row(_("NISS"), format_niss(person.niss) if person.niss else ""),
        Row(_("Nom d'utilisateur"), person.username),
        Row(_("Adresse e-mail"), person.email),
        Row(_("Numéro de téléphone"), person.phone),
    ]
    if identity:
        european = f"{identity.get_country_display()}, {identity.identifier}"
        rows.append(Row(_("Identité européenne (eIDAS)"), european))
    return rows


@method_decorator(login_not_required, name="dispatch")
class PersonaFaultView(PersonaMixin, RunsWorldMixin, View):
    """A click on one of the states of a persona."""

    request: PortalRequest
    http_method_names = ["post", "options"]

    def post(self, request: PortalRequest, **kwargs: Any) -> HttpResponse:
        form = PersonaStateForm(request.POST, person=self.person)
        page = reverse("training:persona_detail", kwargs={"public_id": self.person.public_id})
        # What was put shows where it was clicked; a refusal is read above.
        return HttpResponseRedirect(f"{page}#etats" if self._put(form) else page)

    def _put(self, form: PersonaStateForm) -> bool:
        if not form.is_valid():
            messages.error(self.request, _("Rien n'a changé : choisissez un des états."))
            return False
        user = self.request.user
        by = user if isinstance(user, Person) else None
        try:
            faults.put(person=self.person, by=by, at=clock.now(self.request.world), **form.cleaned_data)
        except ValidationError as refusal:
            messages.warning(self.request, " ".join(refusal.messages))
            return False
        messages.success(self.request, f"{self.person} : {form.cleaned_data['state'].label}.")
        return True
