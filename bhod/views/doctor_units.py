from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView

from bhod.forms.circles import DoctorUnitsForm
from bhod.models import GuardUnit
from bhod.permissions import Capability
from bhod.selectors import doctor_units as selectors
from bhod.selectors.doctors import doctors_of
from bhod.selectors.guards import guard_line
from bhod.services import doctor_units as services
from bhod.views.common import CapabilityRequiredMixin
from bhod_portal.core import clock
from bhod_portal.core.names import elided
from bhod_portal.core.overtaken_forms import Compared
from bhod_portal.core.refusals import add_refusal, refusal_codes


class DoctorUnitsView(CapabilityRequiredMixin, FormView):
    """In which units a doctor may be on duty; his guards to come in the others are shown before anything changes."""

    required_capability = Capability.MANAGE_DOCTORS
    form_class = DoctorUnitsForm
    template_name = "bhod/doctor_units.html"

    def load(self) -> None:
        super().load()
        self.at = clock.now(self.portal_request.world)
        self.doctor = get_object_or_404(doctors_of(self.enterprise_id), pk=self.kwargs["doctor_pk"])
        self.units = {str(unit.pk): unit for unit in selectors.units_to_choose(self.doctor, at=self.at)}
        self.in_the_way: list[GuardUnit] | None = None

    def get_form_kwargs(self) -> dict[str, Any]:
        guards = selectors.guards_by_unit(self.doctor, at=self.at)
        return super().get_form_kwargs() | {"units": self.units.values(), "guards": guards}

    def get_initial(self) -> dict[str, Any]:
        now = selectors.unit_values(self.doctor)
        return {**now, "seen": now}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        guards = []
        if self.in_the_way is not None:
            found = selectors.guards_elsewhere(self.doctor, self.in_the_way, at=self.at)
            guards = [guard_line(guard, None) for guard in found]
        compared: list[Compared] = []
        context = {
            "doctor": self.doctor,
            "guards": guards,
            "columns": [_("Début"), _("Fin"), _("Unité"), _("Heures honorées"), ""],
            "has_units": bool(self.units),
        }
        return {"meanwhile": compared} | super().get_context_data(**kwargs) | self.page_context() | context

    def form_valid(self, form: DoctorUnitsForm) -> HttpResponse:
        chosen = [self.units[pk] for pk in form.cleaned_data["units"]]
        try:
            changed = services.set_units(
                doctor=self.doctor,
                units=chosen,
                seen=form.cleaned_data["seen"],
                by=self.portal_request.user,
                at=self.at,
            )
        except ValidationError as refusal:
            add_refusal(form, refusal, {"guards_elsewhere": "units"})
            codes = refusal_codes(refusal)
            if "guards_elsewhere" in codes:
                self.in_the_way = chosen
            compared = (
                form.look_again(selectors.unit_values(self.doctor)) if "changed_meanwhile" in codes else []
            )
            return self.render_to_response(self.get_context_data(form=form, meanwhile=compared))
        if changed:
            text = _("Les unités de %(doctor)s sont enregistrées : elles valent pour les gardes à venir.")
            doctor = self.doctor.provider.person
            messages.success(self.request, elided(text % {"doctor": doctor}, doctor))
        else:
            messages.info(self.request, _("Les unités sont restées les mêmes : rien n'a changé."))
        return redirect("bhod:doctor_detail", self.doctor.pk)
