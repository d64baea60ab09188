"""The units of a circle: added, changed, closed; never deleted, their guards stay."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bhod.forms.circles import UnitAddForm, UnitForm
from bhod.models import GuardZone
from bhod.selectors import circle_parts
from bhod.selectors.guards import guard_line, units_of
from bhod.services import circles
from bhod.views.circle import CircleActView, typed
from bhod_portal.core import clock
from bhod_portal.core.refusals import refusal_codes

SHOWN_GUARDS = 25


class UnitActView(CircleActView):
    """What adding and changing a unit have in common."""

    def load(self) -> None:
        super().load()
        self.zones = {zone.pk: zone for zone in circle_parts.zones_of(self.enterprise_id)}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"zones": self.zones.values()}

    def zone(self, form: UnitAddForm) -> GuardZone | None:
        pk = form.cleaned_data["zone"]
        return self.zones[pk] if pk else None


class UnitAddView(UnitActView):
    form_class = UnitAddForm
    template_name = "bhod/unit_add.html"
    done = gettext_lazy("L'unité est ajoutée : elle est proposée pour de nouvelles gardes.")

    def get_initial(self) -> dict[str, Any]:
        """The zone from which one comes; the only one where there is one."""
        asked = self.request.GET.get("zone", "")
        if asked in {str(pk) for pk in self.zones}:
            return {"zone": asked}
        return {"zone": next(iter(self.zones))} if len(self.zones) == 1 else {}

    def save(self, form: UnitAddForm, act: dict[str, Any]) -> bool:
        values = typed(form) | {"zone": self.zone(form)}
        circles.add_unit(enterprise=self.circle, **values, **act)
        return True

    def is_there_already(self, form: UnitAddForm) -> bool:
        return units_of(self.enterprise_id).filter(**typed(form)).exists()


class UnitEditView(UnitActView):
    """The guards that are still to come are shown with it: none may be left when the unit closes."""

    form_class = UnitForm
    template_name = "bhod/unit_edit.html"
    done = gettext_lazy("L'unité est modifiée.")

    def load(self) -> None:
        super().load()
        units = units_of(self.enterprise_id).select_related("enterprise", "zone")
        self.unit = get_object_or_404(units, pk=self.kwargs["unit_pk"])
        self.shown_from = clock.today(self.portal_request.world)
        self.are_in_the_way = False

    def values(self) -> dict[str, Any]:
        return circle_parts.unit_values(self.unit)

    def save(self, form: UnitForm, act: dict[str, Any]) -> bool:
        values = form.cleaned_data | {"zone": self.zone(form)}
        return circles.change_unit(unit=self.unit, **values, **act)

    def refused(self, form: Any, refusal: ValidationError) -> HttpResponse:
        if "unit_has_guards_after" in refusal_codes(refusal):
            self.shown_from, self.are_in_the_way = form.cleaned_data["closed_from"], True
        return super().refused(form, refusal)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        guards = circle_parts.guards_of_unit_from(self.unit, self.shown_from)
        last = guards.order_by("-ends_at").first()
        context = {
            "unit": self.unit,
            "guards": [guard_line(guard, None) for guard in guards[:SHOWN_GUARDS]],
            "guard_count": guards.count(),
            "shown_guards": SHOWN_GUARDS,
            "may_close_from": clock.day_of(last.ends_at - timedelta(minutes=1)) + timedelta(days=1)
            if last
            else None,
            "are_in_the_way": self.are_in_the_way,
            "columns": [_("Début"), _("Fin"), _("Médecin"), _("Heures honorées"), _("État"), ""],
        }
        return super().get_context_data(**kwargs) | context
