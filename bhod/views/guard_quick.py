import json
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import HiddenInput
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView

from bhod.forms import named
from bhod.forms.guards import OWN_HOURS, QuickGuardForm, read_day
from bhod.models import Guard, GuardQuerySet
from bhod.rules.standing import unpaid_minutes
from bhod.selectors.circles import organisation_of
from bhod.selectors.doctors import doctors_to_choose
from bhod.selectors.guards import beginning_in, guard_line, guards_of, month_of
from bhod.services import guards as services
from bhod.templatetags.guards import hours
from bhod.templatetags.month import cell_name, grid_summary, render_month_rows
from bhod.views.guard_check import Look, entry_of, look_at
from bhod.views.guards import is_there_already, say_what_counts, what_counts
from bhod.views.month import BY_DOCTOR, GridMixin
from bhod_portal.core import clock
from bhod_portal.core.periods import Period
from bhod_portal.core.refusals import add_refusal
from prosante_login.models import CareProvider

# Which field mends which refusal; all others speak of the doctor.
FIELDS = {
    "guard_out_of_order": "shift",
    "guard_too_long": "shift",
    "guard_too_old": "shift",
    "guard_too_far": "shift",
}
AT_UNIT = {"unit_closed", "unit_not_allowed"}


class GuardQuickView(GridMixin, FormView):
    """What one enters in a cell of the grid: `jour`, and `unite` or `medecin`; what they don't say is asked.

    For htmx a part of the grid's page, which answers an entry with the row; otherwise a page of its own.
    """

    form_class = QuickGuardForm

    def load(self) -> None:
        super().load()
        asked = self.request.GET
        self.today = clock.today(self.portal_request.world)
        read = read_day(asked.get("jour", ""))
        self.day: date = read or self.today
        self.day_not_understood = read is None
        self.providers: list[CareProvider] = doctors_to_choose(self.enterprise_id, on=self.today)
        self.unit = next((each for each in self.units if str(each.pk) == asked.get("unite")), None)
        self.provider = next((each for each in self.providers if str(each.pk) == asked.get("medecin")), None)
        self.shifts = organisation_of(self.enterprise_id).shifts_on(self.day)
        self.by_doctor = self.provider is not None
        self.with_cancelled = asked.get("annulees") == "1"
        self.is_part = self.request.headers.get("HX-Request") == "true"

    def get_template_names(self) -> list[str]:
        return ["bhod/_guard_quick.html" if self.is_part else "bhod/guard_quick.html"]

    def get_form_kwargs(self) -> dict[str, Any]:
        # Of a cell of a closed unit the rules say why not.
        units = [unit for unit in self.units if unit.is_open_on(self.day) or unit == self.unit]
        given = {"day": self.day, "shifts": self.shifts, "units": units, "providers": self.providers}
        return super().get_form_kwargs() | given

    def get_form(self, form_class: Any = None) -> QuickGuardForm:
        """Without what the cell says already."""
        form: QuickGuardForm = super().get_form(form_class)
        for name in ("doctor",) if self.provider else ("unit",) if self.unit else ():
            form.fields[name].widget = HiddenInput()
        return form

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {"shift": "0" if self.shifts else OWN_HOURS}
        if self.unit:
            initial["unit"] = self.unit.pk
        if self.provider:
            initial["doctor"] = named(self.provider)
        # What one began to type in the cell.
        elif typed := self.request.GET.get("debut", ""):
            initial["doctor"] = typed[:1]
        return initial

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        grid_url = reverse("bhod:guard_month")
        context = {
            "day": self.day,
            "day_not_understood": self.day_not_understood,
            "unit": self.unit,
            "provider": self.provider,
            "entry_url": f"{reverse('bhod:guard_quick')}?{urlencode(self._place())}",
            "grid_url": f"{grid_url}?{urlencode(self._view())}",
            "has_units": bool(self.units),
            "has_doctors": bool(self.providers),
            "names": [named(each) for each in self.providers],
            "here": [guard_line(each, None) for each in self._in_cell()],
            "is_part": self.is_part,
            "look": None,
            "uses_htmx": True,
        }
        return context | super().get_context_data(**kwargs) | self.page_context()

    def form_valid(self, form: QuickGuardForm) -> HttpResponse:
        if "verifier" in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form, look=self.look(form)))
        request = self.portal_request
        try:
            guard = services.register_guard(**form.wanted, by=request.user, at=clock.now(request.world))
        except ValidationError as refusal:
            if not is_there_already(self.enterprise_id, form.wanted, refusal):
                add_refusal(form, refusal, FIELDS | dict.fromkeys(AT_UNIT, "unit"))
                return self.form_invalid(form)
            text = _("Cette garde est déjà enregistrée.")
            if self.is_part:
                return self.answer_with_row(text)
            messages.info(request, text)
            return redirect(f"{reverse('bhod:guard_month')}?{urlencode(self._view())}")
        if self.is_part:
            return self.answer_with_row(self.said(guard))
        say_what_counts(request, guard_line(guard, None))
        return redirect(f"{reverse('bhod:guard_month')}?{urlencode(self._view())}")

    def look(self, form: QuickGuardForm) -> Look:
        request = self.portal_request
        entry = entry_of(form.wanted)
        return look_at(entry, enterprise_id=self.enterprise_id, by=request.user, at=clock.now(request.world))

    def said(self, guard: Guard) -> str:
        line = guard_line(guard, None)
        unpaid = unpaid_minutes(guard.starts_at, guard.ends_at)
        warning = _("%(unpaid)s ne sont pas honorées.") % {"unpaid": hours(unpaid)} if unpaid else ""
        return f"{what_counts(line)} {warning}".strip()

    def answer_with_row(self, text: str) -> HttpResponse:
        """The row of the cell as it is now, in the place of the old one; the script reads the rest from the header."""
        grid = self.grid(month_of(self.day), by_doctor=self.by_doctor, with_cancelled=self.with_cancelled)
        key = self.provider if self.provider else self.unit
        row = next((each for each in grid.rows if key is not None and each.pk == key.pk), None)
        if row is None:
            response = HttpResponse()
            response["HX-Refresh"] = "true"
            return response
        kind = "medecin" if self.by_doctor else "unite"
        response = HttpResponse(render_month_rows(grid, [row]))
        response["HX-Retarget"] = f"#{kind}-{row.pk}"
        response["HX-Reswap"] = "outerHTML"
        told = {
            "row": f"{kind}-{row.pk}",
            "day": self.day.isoformat(),
            "text": f"{text} {cell_name(grid, row, self.day)}",
            "summary": grid_summary(grid),
        }
        response["HX-Trigger-After-Settle"] = json.dumps({"guardEntered": told})
        return response

    def _place(self) -> dict[str, str]:
        place = {"jour": self.day.isoformat()}
        if self.unit:
            place["unite"] = str(self.unit.pk)
        if self.provider:
            place["medecin"] = str(self.provider.pk)
        return place | ({"annulees": "1"} if self.with_cancelled else {})

    def _view(self) -> dict[str, str]:
        view = {"mois": f"{self.day:%Y-%m}"} | ({"vue": BY_DOCTOR} if self.by_doctor else {})
        return view | ({"annulees": "1"} if self.with_cancelled else {})

    def _in_cell(self) -> GuardQuerySet:
        """What begins on the day already."""
        found = beginning_in(guards_of(self.enterprise_id).standing(), Period(self.day, self.day))
        if self.provider:
            return found.filter(provider=self.provider)
        return found.filter(unit=self.unit) if self.unit else found.none()
