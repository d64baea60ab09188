"""« Organisation du cercle »: what a circle has decided, its zones, its units and its shifts."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, TemplateView

from bhod.enums import GuardCategory
from bhod.forms.circles import OrganisationForm, ShiftForm, ZoneForm
from bhod.models import GuardZone, Shift
from bhod.permissions import Capability
from bhod.selectors import circle_parts
from bhod.selectors.circles import organisation_of
from bhod.services import circles, shifts
from bhod.templatetags.guards import hours
from bhod.views.common import CapabilityRequiredMixin
from bhod_portal.core import clock
from bhod_portal.core.overtaken_forms import Compared, OvertakenForm
from bhod_portal.core.refusals import add_refusal, refusal_codes
from bhod_portal.core.ui import Task

# Which field mends which refusal.
FIELDS = {
    "zone_name_taken": "name",
    "zone_without_population": "population",
    "unit_name_taken": "name",
    "zone_of_another_circle": "zone",
    "unit_has_guards_after": "closed_from",
    "shift_overlaps": "starts",
}


class CircleView(CapabilityRequiredMixin, TemplateView):
    required_capability = Capability.MANAGE_GUARDS
    template_name = "bhod/circle.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at = clock.now(self.portal_request.world)
        page = circle_parts.circle_page(self.enterprise_id, at=at)
        context = {"page": page, "first_steps": [] if page.is_begun else _first_steps(page)}
        return super().get_context_data(**kwargs) | self.page_context() | context


def _first_steps(page: circle_parts.CirclePage) -> list[Task]:
    """What a new circle does first, in order."""
    shifts = _("Les plages de garde, si vos gardes ne durent pas tout un jour ou toute une nuit")
    to_do, at_choice = (_("à faire"), "warning"), (_("au choix"), "neutral")
    steps = [
        (_("Une zone et sa population"), "zone_add", page.has_zones, to_do),
        (_("Au moins une unité de garde"), "unit_add", page.has_units, to_do),
        (shifts, "shift_add", page.has_shifts, at_choice),
        (_("Les médecins inscrits dans le cercle"), "doctor_enrol", page.has_doctors, to_do),
        (_("Les gardes, dans la grille du mois"), "guard_month", page.has_guards, to_do),
    ]
    return [
        Task(label, "", _("fait"), "success") if is_done else Task(label, reverse(f"bhod:{name}"), *state)
        for label, name, is_done, state in steps
    ]


class CircleActView(CapabilityRequiredMixin, FormView):
    """An act upon the organisation: its form, one call of a service, and back to the page of the circle."""

    required_capability = Capability.MANAGE_GUARDS
    done: str | Promise

    def save(self, form: Any, act: dict[str, Any]) -> bool:
        """Do it with who acts and when; tells whether anything changed."""
        raise NotImplementedError

    def values(self) -> dict[str, Any]:
        """How things stand now, as the form compares them; nothing for what is new."""
        return {}

    def is_there_already(self, form: Any) -> bool:
        """Whether what was refused is there, the same in all: it was sent twice."""
        return False

    def get_initial(self) -> dict[str, Any]:
        now = self.values()
        return {**now, "seen": now} if now else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        compared: list[Compared] = []
        return {"meanwhile": compared} | super().get_context_data(**kwargs) | self.page_context()

    def form_valid(self, form: forms.Form) -> HttpResponse:
        request = self.portal_request
        try:
            changed = self.save(form, {"by": request.user, "at": clock.now(request.world)})
        except ValidationError as refusal:
            return self.refused(form, refusal)
        if changed:
            messages.success(self.request, str(self.done))
            self.warn(form)
        else:
            messages.info(self.request, _("Les données sont restées les mêmes : rien n'a changé."))
        return redirect("bhod:circle")

    def refused(self, form: forms.Form, refusal: ValidationError) -> HttpResponse:
        codes = refusal_codes(refusal)
        if "gone" in codes:
            messages.info(self.request, " ".join(refusal.messages))
            return redirect("bhod:circle")
        if self.is_there_already(form):
            messages.info(self.request, _("C'est déjà enregistré : rien n'a été ajouté une seconde fois."))
            return redirect("bhod:circle")
        add_refusal(form, refusal, FIELDS)
        if "changed_meanwhile" in codes and isinstance(form, OvertakenForm):
            self.load()
            compared = form.look_again(self.values())
            return self.render_to_response(self.get_context_data(form=form, meanwhile=compared))
        return self.form_invalid(form)

    def warn(self, form: Any) -> None:
        """Say what the reader should know of what he has just done."""


class RemovalMixin(CircleActView):
    """Removing a part; a second click finds it gone, and says so."""

    form_class = forms.Form

    def part(self) -> Any:
        """The part, or None when it is gone."""
        raise NotImplementedError

    def load(self) -> None:
        super().load()
        self.removed = self.part()
        if self.removed is None:
            if self.request.method != "POST":
                raise Http404
            messages.info(self.request, _("Il n'y a plus rien à supprimer : c'est déjà fait."))
            self.refusal = redirect("bhod:circle")


class CircleEditView(CircleActView):
    form_class = OrganisationForm
    template_name = "bhod/circle_edit.html"
    done = gettext_lazy("Les décisions de votre cercle sont enregistrées.")

    def values(self) -> dict[str, Any]:
        return circle_parts.organisation_values(self.enterprise_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"weeknights_ahead": self.weeknights_ahead} | super().get_context_data(**kwargs)

    def save(self, form: OrganisationForm, act: dict[str, Any]) -> bool:
        return circles.change_organisation(enterprise=self.circle, **form.cleaned_data, **act)

    @property
    def weeknights_ahead(self) -> int:
        at = clock.now(self.portal_request.world)
        return circle_parts.weeknights_ahead(self.enterprise_id, at=at)

    def warn(self, form: OrganisationForm) -> None:
        ahead = 0 if form.cleaned_data["organises_weeknights"] else self.weeknights_ahead
        if ahead:
            text = ngettext(
                "%(number)d nuit de semaine est encore planifiée : elle reste une garde, et elle est honorée si elle a lieu. "
                "Annulez-la si elle ne se fait plus.",
                "%(number)d nuits de semaine sont encore planifiées : elles restent des gardes, et elles sont honorées si "
                "elles ont lieu. Annulez celles qui ne se font plus.",
                ahead,
            )
            messages.warning(self.request, text % {"number": ahead})


class ZoneAddView(CircleActView):
    form_class = ZoneForm
    template_name = "bhod/zone_add.html"
    done = gettext_lazy("La zone est ajoutée.")

    def save(self, form: ZoneForm, act: dict[str, Any]) -> bool:
        circles.add_zone(enterprise=self.circle, **typed(form), **act)
        return True

    def is_there_already(self, form: ZoneForm) -> bool:
        return circle_parts.zones_of(self.enterprise_id).filter(**typed(form)).exists()


class ZoneEditView(CircleActView):
    form_class = ZoneForm
    template_name = "bhod/zone_edit.html"
    done = gettext_lazy("La zone est modifiée.")

    def load(self) -> None:
        super().load()
        zones = circle_parts.zones_of(self.enterprise_id)
        self.zone = get_object_or_404(zones, pk=self.kwargs["zone_pk"])

    def values(self) -> dict[str, Any]:
        return circle_parts.zone_values(self.zone)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"zone": self.zone}

    def save(self, form: ZoneForm, act: dict[str, Any]) -> bool:
        return circles.change_zone(zone=self.zone, **form.cleaned_data, **act)


class ZoneRemoveView(RemovalMixin):
    template_name = "bhod/zone_remove.html"
    done = gettext_lazy("La zone est supprimée.")

    def part(self) -> GuardZone | None:
        return circle_parts.zones_of(self.enterprise_id).filter(pk=self.kwargs["zone_pk"]).first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        units = list(self.removed.units.order_by("name"))
        return super().get_context_data(**kwargs) | {"zone": self.removed, "units": units}

    def save(self, form: forms.Form, act: dict[str, Any]) -> bool:
        circles.remove_zone(zone=self.removed, **act)
        return True


class ShiftActView(CircleActView):
    """What adding and changing a shift have in common."""

    form_class = ShiftForm

    def warn(self, form: ShiftForm) -> None:
        shift = Shift(**typed(form))
        if unpaid := circle_parts.unpaid_minutes(shift):
            text = _(
                "%(unpaid)s de cette plage ne sont pas honorées : elles sont hors du week-end, des jours fériés et des "
                "nuits de 19:00 à 08:00. La plage est enregistrée telle quelle."
            )
            messages.warning(self.request, text % {"unpaid": hours(unpaid)})
        if shift.category == GuardCategory.WEEKNIGHT and not self.organises_weeknights:
            text = _(
                "Votre cercle n'organise pas les nuits de semaine : cette plage ne sera proposée que s'il le décide."
            )
            messages.warning(self.request, text)

    @property
    def organises_weeknights(self) -> bool:
        return organisation_of(self.enterprise_id).organises_weeknights


class ShiftAddView(ShiftActView):
    template_name = "bhod/shift_add.html"
    done = gettext_lazy("La plage est ajoutée.")

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("jours", "")
        return {"category": asked} if asked in GuardCategory.values else {}

    def save(self, form: ShiftForm, act: dict[str, Any]) -> bool:
        shifts.add_shift(enterprise=self.circle, **typed(form), **act)
        return True

    def is_there_already(self, form: ShiftForm) -> bool:
        return circle_parts.shifts_of(self.enterprise_id).filter(**typed(form)).exists()


class ShiftEditView(ShiftActView):
    template_name = "bhod/shift_edit.html"
    done = gettext_lazy("La plage est modifiée. Les gardes déjà enregistrées gardent leurs heures.")

    def load(self) -> None:
        super().load()
        known = circle_parts.shifts_of(self.enterprise_id)
        self.shift = get_object_or_404(known, pk=self.kwargs["shift_pk"])

    def values(self) -> dict[str, Any]:
        return circle_parts.shift_values(self.shift)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"shift": self.shift}

    def save(self, form: ShiftForm, act: dict[str, Any]) -> bool:
        return shifts.change_shift(shift=self.shift, **form.cleaned_data, **act)


class ShiftRemoveView(RemovalMixin):
    template_name = "bhod/shift_remove.html"
    done = gettext_lazy("La plage est supprimée. Les gardes déjà enregistrées gardent leurs heures.")

    def part(self) -> Shift | None:
        return circle_parts.shifts_of(self.enterprise_id).filter(pk=self.kwargs["shift_pk"]).first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"shift": self.removed}

    def save(self, form: forms.Form, act: dict[str, Any]) -> bool:
        shifts.remove_shift(shift=self.removed, **act)
        return True


def typed(form: forms.Form) -> dict[str, Any]:
    """What was typed of a new part: there is nothing that its author could have seen before."""
    return {name: value for name, value in form.cleaned_data.items() if name != "seen"}
