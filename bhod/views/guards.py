from datetime import date, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from bhod.eligibility import DAY_STARTS, NIGHT_STARTS, category_of
from bhod.enums import GuardCategory
from bhod.forms import GuardCancelForm, GuardFilterForm, GuardForm, is_ambiguous
from bhod.models import Guard
from bhod.permissions import Capability
from bhod.selectors.doctors import doctors_to_choose
from bhod.selectors.guards import GuardLine, beginning_in, guard_line, guards_of, units_of
from bhod.services import guards as services
from bhod.templatetags.guards import categories, hours
from bhod.views.common import CapabilityRequiredMixin
from bhod.views.month import MonthMixin
from bhod_portal.core import clock
from bhod_portal.core.refusals import add_refusal, refusal_codes
from bhod_portal.core.ui import Column
from prosante_login.models import CareProvider

PER_PAGE = 25
# Which field mends which refusal.
FIELDS = {
    "guard_out_of_order": "end_day",
    "guard_too_long": "end_day",
    "guard_too_old": "end_day",
    "guard_overlap": "provider",
    "guard_overlap_elsewhere": "provider",
    "acquired_rights_required": "provider",
    "unit_closed": "unit",
    "unit_not_allowed": "unit",
    "guard_too_far": "start_day",
    "candidate_and_supervisor": "provider",
    "not_enrolled": "provider",
    "not_eligible_code": "provider",
    "supervisor_required": "provider",
}


class GuardListView(MonthMixin, TemplateView):
    """The guards that begin in a month, cancelled ones too, by unit and by doctor."""

    template_name = "bhod/guard_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = GuardFilterForm(
            self.request.GET,
            units=units_of(self.enterprise_id),
            providers=doctors_to_choose(self.enterprise_id, on=self.month.start),
        )
        form.is_valid()
        unit, provider = form.cleaned_data.get("unite"), form.cleaned_data.get("medecin")
        guards = beginning_in(guards_of(self.enterprise_id), self.month)
        if unit:
            guards = guards.filter(unit=unit)
        if provider:
            guards = guards.filter(provider=provider)
        page = Paginator(guards, PER_PAGE).get_page(self.request.GET.get("page"))
        asked = {"mois": f"{self.month.start:%Y-%m}", "unite": unit, "medecin": provider}
        columns: list[Any] = [_("Début"), _("Fin"), _("Unité"), _("Médecin"), _("Heures honorées")]
        if self.can_see_finances:
            columns.append(Column(_("Montant")))
        context = {
            "filters": form,
            "page_obj": page,
            "lines": [guard_line(guard, self.tariffs) for guard in page],
            "columns": [*columns, _("État"), ""],
            "query": urlencode({name: value for name, value in asked.items() if value}),
        }
        return super().get_context_data(**kwargs) | self.page_context() | self.month_context() | context


class GuardFormView(CapabilityRequiredMixin, FormView):
    """What adding and changing a guard have in common."""

    required_capability = Capability.MANAGE_GUARDS
    form_class = GuardForm
    guard: Guard | None = None

    def load(self) -> None:
        super().load()
        self.units = list(units_of(self.enterprise_id))
        self.providers: list[CareProvider] = doctors_to_choose(
            self.enterprise_id, on=clock.today(self.portal_request.world)
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"units": self.units, "providers": self.providers}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"has_units": bool(self.units), "has_doctors": bool(self.providers)}
        return super().get_context_data(**kwargs) | self.page_context() | context

    def save(self, values: dict[str, Any]) -> Guard:
        raise NotImplementedError

    def form_valid(self, form: GuardForm) -> HttpResponse:
        values = dict(form.cleaned_data)
        try:
            guard = self.save(values)
        except ValidationError as refusal:
            if "guard_overlap" in refusal_codes(refusal) and self.is_there_already(values):
                messages.info(self.request, _("Cette garde est déjà enregistrée."))
                return redirect(month_url(clock.day_of(values["starts_at"])))
            add_refusal(form, refusal, FIELDS)
            return self.form_invalid(form)
        self.say_what_counts(guard_line(guard, None))
        return redirect(month_url(clock.day_of(guard.starts_at)))

    def is_there_already(self, values: dict[str, Any]) -> bool:
        """Whether the refused guard is one that stands, the same in all: it was sent twice."""
        return self.guard is None and guards_of(self.enterprise_id).standing().filter(**values).exists()

    def say_what_counts(self, line: GuardLine) -> None:
        guard = line.guard
        facts = {
            "doctor": guard.provider.person.last_name,
            "unit": guard.unit.name,
            "start": f"{localtime(guard.starts_at):%d/%m/%Y %H:%M}",
            "end": f"{localtime(guard.ends_at):%d/%m/%Y %H:%M}",
            "counts": categories(line.eligible),
        }
        text = _(
            "Garde enregistrée : Dr %(doctor)s, %(unit)s, du %(start)s au %(end)s. Elle compte : %(counts)s."
        )
        messages.success(self.request, text % facts)
        unpaid = int((guard.ends_at - guard.starts_at).total_seconds()) // 60 - line.eligible.minutes
        if unpaid:
            text = _(
                "%(unpaid)s de cette garde ne sont pas honorées : elles sont hors du week-end, des jours fériés et des "
                "nuits de 19:00 à 08:00, ou se répètent au changement d'heure."
            )
            messages.warning(self.request, text % {"unpaid": hours(unpaid)})
        if is_ambiguous(guard.starts_at) or is_ambiguous(guard.ends_at):
            text = _(
                "Cette nuit-là, l'horloge passe deux fois de 02:00 à 03:00 : l'heure indiquée est la première des deux."
            )
            messages.info(self.request, text)


class GuardCreateView(GuardFormView):
    template_name = "bhod/guard_create.html"

    def get_initial(self) -> dict[str, Any]:
        """The cell of the grid from which one comes, with the hours that are paid on that day."""
        initial: dict[str, Any] = {}
        if (unit := self.request.GET.get("unite", "")) in {str(each.pk) for each in self.units}:
            initial["unit"] = unit
        try:
            day = date.fromisoformat(self.request.GET.get("jour", ""))
            following = day + timedelta(days=1)
        except (ValueError, OverflowError):
            return initial
        is_night = category_of(day) == GuardCategory.WEEKNIGHT
        return initial | {
            "start_day": day,
            "start_time": NIGHT_STARTS if is_night else DAY_STARTS,
            "end_day": following,
            "end_time": DAY_STARTS,
        }

    def save(self, values: dict[str, Any]) -> Guard:
        request = self.portal_request
        return services.register_guard(**values, by=request.user, at=clock.now(request.world))


class GuardEditView(GuardFormView):
    template_name = "bhod/guard_edit.html"
    guard: Guard

    def load(self) -> None:
        super().load()
        self.guard = get_object_or_404(
            guards_of(self.enterprise_id).select_related("registered_by", "cancelled_by"),
            pk=self.kwargs["guard_pk"],
        )
        if self.guard.provider not in self.providers:
            self.providers = [*self.providers, self.guard.provider]

    def get_initial(self) -> dict[str, Any]:
        starts_at, ends_at = localtime(self.guard.starts_at), localtime(self.guard.ends_at)
        return {
            "unit": self.guard.unit_id,
            "provider": self.guard.provider_id,
            "start_day": starts_at.date(),
            "start_time": time(starts_at.hour, starts_at.minute),
            "end_day": ends_at.date(),
            "end_time": time(ends_at.hour, ends_at.minute),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"line": guard_line(self.guard, self.tariffs)}
        return super().get_context_data(**kwargs) | context

    def save(self, values: dict[str, Any]) -> Guard:
        request = self.portal_request
        return services.change_guard(guard=self.guard, **values, by=request.user, at=clock.now(request.world))


class GuardCancelView(CapabilityRequiredMixin, FormView):
    required_capability = Capability.MANAGE_GUARDS
    form_class = GuardCancelForm
    template_name = "bhod/guard_cancel.html"

    def load(self) -> None:
        super().load()
        self.guard = get_object_or_404(guards_of(self.enterprise_id), pk=self.kwargs["guard_pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"line": guard_line(self.guard, self.tariffs)}
        return super().get_context_data(**kwargs) | self.page_context() | context

    def form_valid(self, form: GuardCancelForm) -> HttpResponse:
        request = self.portal_request
        try:
            services.cancel_guard(
                guard=self.guard,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=clock.now(request.world),
            )
        except ValidationError as refusal:
            # The only one that the form lets through: someone, or the first of two clicks, was faster.
            messages.info(self.request, " ".join(refusal.messages))
        else:
            messages.success(self.request, _("La garde est annulée."))
        return redirect(month_url(clock.day_of(self.guard.starts_at)))


def month_url(day: date) -> str:
    return f"{reverse('bhod:guard_month')}?mois={day:%Y-%m}"
